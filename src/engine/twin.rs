//! Data made of another instance's, for a server that is to live beside the other's.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::engine::copy::{self, Tally};
use crate::engine::inert::{self, Setting};
use crate::engine::selection::Selection;
use crate::engine::user::ServerUser;
use crate::engine::wal::{self, Range};
use crate::engine::{Site, control, folder};
use crate::error::{Error, IoContext, absent_is_none};
use crate::files;

/// How often a control file is copied that was being written while it was copied.
const CONTROL_TRIES: usize = 20;

/// Whose an instance's files are.
#[derive(Clone, Debug)]
pub struct Owners {
    /// The folders around the data.
    pub around: ServerUser,
    /// The data.
    pub data: ServerUser,
}

/// An instance, and the one that its data is made of.
#[derive(Clone, Debug)]
pub struct Twin {
    /// Whose data is copied.
    pub source: Site,
    /// Whose data is made.
    pub site: Site,
    /// Whose its files are to be.
    pub owners: Owners,
}

/// How the copy of served data becomes whole.
#[derive(Clone, Debug)]
pub struct Replay {
    /// What tells a server where to begin: the text of `backup_label`.
    pub label: String,
    /// The WAL that it replays.
    pub wal: Range,
}

impl Twin {
    /// Refuses data of which a part lies elsewhere, or that follows another server's.
    pub fn check(source: &Site) -> Result<(), Error> {
        let data = source.data();
        let refused = |why: &str, advice: &str| Error::NotCloned {
            name: source.name.clone(),
            why: why.to_owned(),
            advice: advice.to_owned(),
        };
        let spaces = data.join("pg_tblspc");
        for entry in fs::read_dir(&spaces).doing("reading", &spaces)? {
            let entry = entry.doing("reading", &spaces)?;
            if let Ok(place) = fs::read_link(entry.path()) {
                return Err(refused(
                    &format!("it has a tablespace in {}", place.display()),
                    OUT_OF_TABLESPACES,
                ));
            }
        }
        match data.join("standby.signal").exists() {
            true => Err(refused("it is a standby", "take the server that it follows")),
            false => Ok(()),
        }
    }

    /// The error where a tablespace was made while the data was copied.
    pub fn has_tablespaces(source: &Site) -> Error {
        let why = "a tablespace was made while it was copied".to_owned();
        Error::NotCloned { name: source.name.clone(), why, advice: OUT_OF_TABLESPACES.to_owned() }
    }

    /// Makes the instance's folders and copies the data but for its WAL.
    pub fn copy(&self, selection: Selection, tally: &Tally) -> Result<(), Error> {
        let new = folder::prepare(&self.site, &self.owners.around)?;
        copy::copy_some(&self.source.data(), &new, &self.owners.data, selection, tally)
    }

    /// Completes what was copied and puts it in place. Answers the settings that are kept from acting in it.
    pub fn complete(&self, replay: Option<&Replay>) -> Result<Vec<Setting>, Error> {
        let (data, new) = (self.source.data(), self.site.dir.join("data.new"));
        let range = match replay {
            Some(replay) => replay.wal.clone(),
            None => wal::since_checkpoint(&data)?,
        };
        wal::copy(&data, &new, &range, &self.owners.data)?;
        if let Some(Replay { label, .. }) = replay {
            self.copy_whole_control(&data, &new)?;
            self.write(&new.join("backup_label"), label)?;
        }
        for file in ["postgresql.conf", "postgresql.auto.conf"] {
            if let Some(text) = read(&new.join(file))? {
                rewrite(&new.join(file), &self.relocated(&text))?;
            }
        }
        let settings = keep_still(&new, read(&self.source.config_file())?, &new, &self.owners.data)?;
        folder::take_in(&self.site, &new)?;
        Ok(settings)
    }

    /// Gives data that was made anew the settings that the source's data holds. Answers those that are kept from acting in it.
    pub fn carry_settings(&self) -> Result<Vec<Setting>, Error> {
        self.carry(&["postgresql.conf", "postgresql.auto.conf"])?;
        let (data, own) = (self.source.data(), read(&self.source.config_file())?);
        keep_still(&self.site.data(), own, &data, &self.owners.data)
    }

    /// Gives data that was made anew what the source's data says of who may come in, and how.
    pub fn carry_access(&self) -> Result<(), Error> {
        self.carry(&["pg_hba.conf", "pg_ident.conf"])
    }

    fn carry(&self, files: &[&str]) -> Result<(), Error> {
        let (data, new) = (self.source.data(), self.site.data());
        for file in files {
            if let Some(text) = read(&data.join(file))? {
                rewrite(&new.join(file), &self.relocated(&text))?;
            }
        }
        Ok(())
    }

    /// The source's own configuration with the instance's folder in place of its own; none where it has it in its data.
    pub fn configuration(&self) -> Result<Option<String>, Error> {
        Ok(read(&self.source.config_file())?.map(|text| self.relocated(&text)))
    }

    fn relocated(&self, text: &str) -> String {
        relocated(text, &self.source.dir, &self.site.dir)
    }

    fn copy_whole_control(&self, data: &Path, new: &Path) -> Result<(), Error> {
        let target = new.join("global/pg_control");
        for _ in 0..CONTROL_TRIES {
            if control::is_whole(new).doing("reading", &target)? {
                return Ok(());
            }
            fs::copy(data.join("global/pg_control"), &target).doing("copying to", &target)?;
        }
        // Giving it an identity will say what is wrong with it.
        Ok(())
    }

    fn write(&self, file: &Path, text: &str) -> Result<(), Error> {
        let made = File::options().write(true).create_new(true).mode(0o600).open(file);
        made.and_then(|mut it| it.write_all(text.as_bytes())).doing("writing", file)?;
        self.owners.data.own(file)
    }
}

/// Puts an instance's folder in the place of the one that its own configuration speaks of, in its data and beside it.
///
/// It may be killed meanwhile, and somebody may start the server then: each file is as it was or as it is to be.
pub fn resettle(site: &Site, from: &Path, to: &Path) -> Result<(), Error> {
    let data = site.data();
    let files = [site.config_file(), data.join("postgresql.conf"), data.join("postgresql.auto.conf")];
    for file in files {
        let Some(text) = read(&file)? else { continue };
        let new = relocated(&text, from, to);
        if new != text {
            files::rewrite(&file, new.as_bytes())?;
        }
    }
    Ok(())
}

/// A text in which an instance's folder stands in the place of another.
pub fn relocated(text: &str, from: &Path, to: &Path) -> String {
    let folder = |dir: &Path| format!("{}/", dir.display());
    text.replace(&folder(from), &folder(to))
}

/// What to do about a source with tablespaces.
const OUT_OF_TABLESPACES: &str = "move what is in it back (`ALTER DATABASE ... SET TABLESPACE pg_default`, `ALTER TABLE ALL IN TABLESPACE ...`) and drop it";

/// Keeps settings from acting in data that must not do what the server does that it is made of, and answers them. They may
/// be in its `configuration`, in the data if it has none, or in what it subscribes to, as `subscribed` has it.
pub(super) fn keep_still(
    data: &Path,
    configuration: Option<String>,
    subscribed: &Path,
    owner: &ServerUser,
) -> Result<Vec<Setting>, Error> {
    let file = data.join("postgresql.auto.conf");
    let own = match configuration {
        Some(text) => Some(text),
        None => read(&data.join("postgresql.conf"))?,
    };
    let texts = [own, read(&file)?].map(Option::unwrap_or_default);
    let mut settings = inert::of(&texts.each_ref().map(String::as_str));
    settings.extend(inert::of_subscriptions(subscribed));
    if !settings.is_empty() {
        append(&file, &inert::lines(&settings), owner)?;
    }
    Ok(settings)
}

/// Adds to a file, which is the server's.
fn append(file: &Path, text: &str, owner: &ServerUser) -> Result<(), Error> {
    let opened = File::options().append(true).create(true).mode(0o600).open(file);
    opened.and_then(|mut it| it.write_all(text.as_bytes())).doing("writing", file)?;
    owner.own(file)
}

/// A file that may not be there. Bytes that are no text are left to the server.
fn read(file: &Path) -> Result<Option<String>, Error> {
    match absent_is_none(fs::read_to_string(file)) {
        Err(err) if err.kind() == io::ErrorKind::InvalidData => Ok(None),
        read => read.doing("reading", file),
    }
}

/// Writes a file in place, so that it stays its owner's.
fn rewrite(file: &Path, text: &str) -> Result<(), Error> {
    fs::write(file, text).doing("writing", file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::runtime::Container;

    #[test]
    fn a_configuration_moves_with_its_folder_and_stays_who_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let site = |name: &str| Site::at(name, dir.path().join(name), Container::default());
        let (here, there) = (site("main"), site("main-15"));
        for folder in ["config", "data"] {
            fs::create_dir_all(here.dir.join(folder)).unwrap();
        }
        let text = format!("include '{0}/a'\nx = '{0}-15/a'\n", here.dir.display());
        fs::write(here.config_file(), &text).unwrap();
        fs::set_permissions(here.config_file(), fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(here.data().join("postgresql.auto.conf"), "work_mem = '9MB'\n").unwrap();
        for _ in 0..2 {
            resettle(&here, &here.dir, &there.dir).unwrap();
            let moved = fs::read_to_string(here.config_file()).unwrap();
            assert_eq!(moved, format!("include '{0}/a'\nx = '{0}/a'\n", there.dir.display()));
        }
        assert_eq!(fs::metadata(here.config_file()).unwrap().permissions().mode() & 0o777, 0o644);
        let auto = fs::read_to_string(here.data().join("postgresql.auto.conf")).unwrap();
        assert_eq!(auto, "work_mem = '9MB'\n");
    }
}
