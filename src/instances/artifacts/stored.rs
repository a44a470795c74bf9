//! An artifact on disk: its bytes, its earlier revisions, and the file of what is known of it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::checksum::Checksum;
use crate::error::{Error, IoContext, absent_is_fine, absent_is_none};
use crate::files::{make_dir, sweep_unwritten, write_bytes};
use crate::instances::artifacts::Artifact;
use crate::instances::artifacts::meta::{Found, Meta};
use crate::instances::store::Held;
use crate::moment;

/// A file that is written as a whole.
#[derive(Debug)]
struct Write {
    file: PathBuf,
    bytes: Vec<u8>,
}

impl Artifact {
    /// What is stored; `None` if nothing is.
    pub fn read(&self) -> Result<Option<Vec<u8>>, Error> {
        read(&self.path)
    }

    /// The bytes of a revision; `None` if there is or was none of this number.
    pub fn read_revision(&self, number: u32) -> Result<Option<Vec<u8>>, Error> {
        let Some(meta) = self.known()? else { return Ok(None) };
        match meta.revision(number) {
            None => Ok(None),
            Some(it) if *it == meta.current => self.read(),
            Some(_) => {
                let file = self.revision_file(number);
                fs::read(&file).doing("reading", &file).map(Some)
            }
        }
    }

    /// What is known of it; `None` if nothing is stored. The bytes decide: what was stored without metadata, or changed in
    /// its place, or recorded by a command that was killed half way, is taken as it is.
    pub fn known(&self) -> Result<Option<Meta>, Error> {
        let Some(found) = self.found()? else { return Ok(None) };
        match self.recorded()? {
            None => self.adopted(found).map(Some),
            Some(meta) => Ok(Some(meta.revised(found))),
        }
    }

    /// Makes sure that it can be stored, as far as that can be known before.
    pub fn prepare(&self, _held: &Held) -> Result<(), Error> {
        for file in [&self.path, &self.meta_file()] {
            let Some(dir) = file.parent() else { continue };
            make_dirs(&self.content, dir)?;
            sweep_unwritten(dir);
            // Of the error only its kind: it would name the temporary file.
            let written = tempfile::tempfile_in(dir).map_err(|err| io::Error::from(err.kind()));
            written.doing("writing to", dir)?;
        }
        Ok(())
    }

    /// Stores bytes and what is known of them. Whenever this is interrupted, [`Artifact::known`] finds out how far it came.
    pub fn store(&self, held: &Held, bytes: &[u8], meta: &Meta) -> Result<(), Error> {
        self.prepare(held)?;
        self.writes(bytes, meta)?.iter().try_for_each(|it| it.done(&self.content))?;
        self.delete_copies()
    }

    /// Writes what is known of it, which includes what was known otherwise before.
    pub fn record(&self, held: &Held, meta: &Meta) -> Result<(), Error> {
        self.prepare(held)?;
        self.recording(meta)?.done(&self.content)?;
        self.delete_copies()
    }

    /// What storing writes, in an order in which every write may be the last. The bytes that are replaced are kept first, and
    /// what is known of the new ones goes last. Where a command was killed between the two, nothing but the bytes themselves
    /// tells of its revision: that is recorded before other bytes take their place, or its number would be given twice.
    fn writes(&self, bytes: &[u8], meta: &Meta) -> Result<Vec<Write>, Error> {
        let old = self.read()?;
        let mut writes = Vec::new();
        if let (Some(old), Some(known)) = (&old, self.known()?)
            && old != bytes
        {
            if self.recorded()?.as_ref() != Some(&known) {
                writes.push(self.recording(&known)?);
            }
            writes.push(Write { file: self.revision_file(known.current.revision), bytes: old.clone() });
        }
        if old.as_deref() != Some(bytes) {
            writes.push(Write { file: self.path.clone(), bytes: bytes.to_owned() });
        }
        writes.push(self.recording(meta)?);
        Ok(writes)
    }

    fn recording(&self, meta: &Meta) -> Result<Write, Error> {
        let file = self.meta_file();
        let mut bytes = serde_json::to_vec_pretty(meta).map_err(io::Error::other).doing("writing", &file)?;
        bytes.push(b'\n');
        Ok(Write { file, bytes })
    }

    /// What its metadata file says; `None` if there is none.
    fn recorded(&self) -> Result<Option<Meta>, Error> {
        let file = self.meta_file();
        let Some(text) = read(&file)? else { return Ok(None) };
        Meta::parse(&text).map(Some).map_err(|why| Error::BrokenMeta { file, why })
    }

    /// Deletes it with all that is known of it: added again, it is new. Its bytes go last, so that a deletion that was
    /// interrupted can be repeated.
    pub fn delete(&self, _held: &Held) -> Result<(), Error> {
        self.delete_copies()?;
        absent_is_fine(fs::remove_file(self.meta_file())).doing("deleting", &self.meta_file())?;
        let dir = self.revisions_dir();
        absent_is_fine(fs::remove_dir_all(&dir)).doing("deleting", &dir)?;
        absent_is_fine(fs::remove_file(&self.path)).doing("deleting", &self.path)
    }

    fn meta_file(&self) -> PathBuf {
        self.content.join(".meta").join(self.kind.word()).join(format!("{}.json", self.name.as_str()))
    }

    fn revisions_dir(&self) -> PathBuf {
        self.content.join(".revisions").join(self.kind.word()).join(self.name.as_str())
    }

    fn revision_file(&self, number: u32) -> PathBuf {
        self.revisions_dir().join(number.to_string())
    }

    /// The bytes that are there, which need not fit in memory.
    fn found(&self) -> Result<Option<Found>, Error> {
        let read = File::open(&self.path).and_then(Checksum::of_file);
        let read = absent_is_none(read).doing("reading", &self.path)?;
        let Some((sha256, size_bytes)) = read else { return Ok(None) };
        Ok(Some(Found { sha256, size_bytes, stored: modified(&self.path)? }))
    }

    fn adopted(&self, found: Found) -> Result<Meta, Error> {
        let applied = self.copies().into_iter().map(|it| it.application(&found)).collect::<Result<_, _>>()?;
        Ok(Meta { applied, ..Meta::first(found) })
    }
}

impl Write {
    fn done(&self, content: &Path) -> Result<(), Error> {
        make_dirs(content, self.file.parent().unwrap_or(content))?;
        write_bytes(&self.file, &self.bytes)
    }
}

/// When a file was written last.
pub(super) fn modified(path: &Path) -> Result<String, Error> {
    let at = fs::metadata(path).and_then(|it| it.modified()).doing("reading", path)?;
    jiff::Timestamp::try_from(at).map(moment::told).map_err(io::Error::other).doing("reading", path)
}

fn read(file: &Path) -> Result<Option<Vec<u8>>, Error> {
    absent_is_none(fs::read(file)).doing("reading", file)
}

/// Makes a folder below the one of all content; all of them are their owner's only.
fn make_dirs(content: &Path, dir: &Path) -> Result<(), Error> {
    let mut missing: Vec<&Path> = dir.ancestors().take_while(|it| it.starts_with(content)).collect();
    missing.reverse();
    missing.into_iter().try_for_each(|it| make_dir(it, 0o700))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instances::artifacts::{ArtifactName, Kind};
    use crate::instances::name::Name;
    use crate::instances::store::Store;
    use crate::wait::Waiting;

    fn in_a_store(test: impl FnOnce(&Artifact, &Held)) {
        let dir = tempfile::tempdir().unwrap();
        let (store, main) = (Store::new(dir.path().into()), Name::main());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let held = runtime.block_on(store.hold(&main, "content add", &Waiting::default())).unwrap();
        let name: ArtifactName = "a.sql".parse().unwrap();
        test(&Artifact::at(&store.dir(&main), Kind::Query, &name), &held);
    }

    /// As `content add` does.
    fn add(artifact: &Artifact, held: &Held, bytes: &[u8]) {
        let found = Found::now(bytes);
        let meta = match artifact.known().unwrap() {
            Some(meta) => meta.revised(found),
            None => Meta::first(found),
        };
        artifact.store(held, bytes, &meta).unwrap();
    }

    #[test]
    fn what_is_written_is_listed_found_and_read_back() {
        in_a_store(|artifact, held| {
            assert_eq!(artifact.known().unwrap(), None);
            add(artifact, held, b"SELECT 1");
            let instance = artifact.content.parent().unwrap();
            assert_eq!(Artifact::list(instance).unwrap(), std::slice::from_ref(artifact));
            assert_eq!(Artifact::find(instance, "a.sql", None).unwrap().as_ref(), Some(artifact));
            assert_eq!(artifact.read().unwrap().unwrap(), b"SELECT 1");
            assert_eq!(artifact.known().unwrap().unwrap().current.revision, 1);
            artifact.delete(held).unwrap();
            assert_eq!(artifact.known().unwrap(), None);
        });
    }

    #[test]
    fn a_command_that_was_killed_before_it_recorded_has_stored_a_revision_all_the_same() {
        in_a_store(|artifact, held| {
            add(artifact, held, b"one");
            let meta = fs::read(artifact.meta_file()).unwrap();
            add(artifact, held, b"two");
            fs::write(artifact.meta_file(), meta).unwrap();
            assert_eq!(artifact.known().unwrap().unwrap().current.revision, 2);
            add(artifact, held, b"three");
            let revisions = [1, 2, 3].map(|it| artifact.read_revision(it).unwrap().unwrap());
            assert_eq!(revisions, [&b"one"[..], b"two", b"three"]);
            assert_eq!(artifact.read_revision(4).unwrap(), None);
        });
    }

    /// `content add`, killed after some of its writes.
    fn add_killed_after(artifact: &Artifact, held: &Held, bytes: &[u8], writes: usize) {
        artifact.prepare(held).unwrap();
        let found = Found::now(bytes);
        let meta = match artifact.known().unwrap() {
            Some(meta) => meta.revised(found),
            None => Meta::first(found),
        };
        let all = artifact.writes(bytes, &meta).unwrap();
        all.iter().take(writes).for_each(|it| it.done(&artifact.content).unwrap());
    }

    #[test]
    fn no_revision_that_was_ever_served_is_lost_by_adds_that_are_killed_one_after_another() {
        // The third is what was there before.
        let texts = [&b"one"[..], b"two", b"one"];
        // Storing has four writes at most, so that five stops are all there are.
        for stops in 0..5_usize.pow(3) {
            in_a_store(|artifact, held| {
                let mut served: Vec<Vec<u8>> = Vec::new();
                let stop = |round: usize| stops / 5_usize.pow(u32::try_from(round).unwrap()) % 5;
                for (round, bytes) in texts.iter().enumerate() {
                    add_killed_after(artifact, held, bytes, stop(round));
                    let now = artifact.read().unwrap();
                    served.extend(now.filter(|it| served.last() != Some(it)));
                }
                add(artifact, held, b"last");
                served.push(b"last".to_vec());
                let last = artifact.known().unwrap().unwrap().current.revision;
                let kept: Vec<_> =
                    (1..=last).map(|it| artifact.read_revision(it).unwrap().unwrap()).collect();
                assert_eq!(kept, served, "killed after {:?} writes", [0, 1, 2].map(stop));
            });
        }
    }

    #[test]
    fn bytes_that_were_changed_in_their_place_are_a_revision() {
        in_a_store(|artifact, held| {
            add(artifact, held, b"one");
            fs::write(&artifact.path, "two").unwrap();
            add(artifact, held, b"three");
            assert_eq!(artifact.read_revision(2).unwrap().unwrap(), b"two");
            let lost = artifact.read_revision(1).unwrap_err().line();
            assert!(lost.contains(".revisions/query/a.sql/1"), "{lost}");
        });
    }

    #[test]
    fn what_a_killed_writer_left_is_swept() {
        in_a_store(|artifact, held| {
            artifact.prepare(held).unwrap();
            let left = artifact.path.with_file_name(".new-Ab1");
            fs::write(&left, "half").unwrap();
            add(artifact, held, b"one");
            assert!(!left.exists());
        });
    }

    #[test]
    fn damaged_metadata_is_named_and_its_content_is_read_all_the_same() {
        in_a_store(|artifact, held| {
            add(artifact, held, b"one");
            fs::write(artifact.meta_file(), "{").unwrap();
            let told = artifact.known().unwrap_err().line();
            assert!(told.contains("content/.meta/query/a.sql.json cannot be used: EOF"), "{told}");
            assert_eq!(artifact.read().unwrap().unwrap(), b"one");
        });
    }
}
