//! The settings with which a server archives its WAL, or replays another's archive.
//!
//! Each segment is a file `NAME.gz`, or whatever `pgbackrest` makes of it: an archive that it keeps has its configuration in
//! it. The commands are for a shell, which every image has that has an entrypoint.

use std::path::Path;

use crate::engine::Site;
use crate::engine::user::ServerUser;
use crate::error::Error;
use crate::files::make_dir;
use crate::replay::{ENDING, Replay, Until};

/// The configuration in an archive that `pgbackrest` keeps.
pub const PGBACKREST: &str = "pgbackrest.conf";
/// What the instance is called there: each archive has one.
pub const STANZA: &str = "main";
/// How long a segment that is not full may wait until it is archived, in seconds: what is lost at most with the machine.
const ARCHIVE_TIMEOUT_SECONDS: u32 = 300;

/// The settings of a site's server, which sees its folders as `seen` says.
pub fn settings(site: &Site, seen: impl Fn(&Path) -> String) -> Vec<(&'static str, String)> {
    let mut settings = Vec::new();
    if let Some(archive) = &site.archive {
        settings.push(("archive_mode", "on".to_owned()));
        settings.push(("archive_command", keeping(archive, &seen(archive))));
        settings.push(("archive_timeout", ARCHIVE_TIMEOUT_SECONDS.to_string()));
    }
    if let Some(Replay { archive, until }) = &site.replay {
        settings.push(("restore_command", fetching(archive, &seen(archive), site)));
        settings.push(("recovery_target_action", "promote".to_owned()));
        // Nobody gets in before it is a server of its own.
        settings.push(("hot_standby", "off".to_owned()));
        settings.extend(match until {
            Until::Time(at) => Some(("recovery_target_time", at.strftime("%F %T%.6f+00").to_string())),
            Until::Lsn(at) => Some(("recovery_target_lsn", at.to_string())),
            Until::Name(name) => Some(("recovery_target_name", name.clone())),
            Until::Latest => None,
        });
    }
    settings
}

/// Makes the archive's folder anew where somebody has removed it: without it a container would not start.
pub fn ensure(archive: &Path, owner: &ServerUser) -> Result<(), Error> {
    match archive.exists() {
        true => Ok(()),
        false => make_dir(archive, 0o700).and_then(|()| owner.own(archive)),
    }
}

fn keeping(archive: &Path, seen: &str) -> String {
    match archive.join(PGBACKREST).exists() {
        true => format!("{} archive-push \"%p\"", pgbackrest(seen)),
        false => kept(seen),
    }
}

/// `pgbackrest` takes a relative path for one in the data that its configuration speaks of, which is another server's.
fn fetching(archive: &Path, seen: &str, site: &Site) -> String {
    let data = word(&format!("--pg1-path={}", site.data().display()));
    match archive.join(PGBACKREST).exists() {
        true => format!("{} {data} archive-get %f \"%p\"", pgbackrest(seen)),
        false => fetched(seen),
    }
}

fn pgbackrest(archive: &str) -> String {
    format!("pgbackrest {} --stanza={STANZA}", word(&format!("--config={archive}/{PGBACKREST}")))
}

/// Writes a file that is whole and on the disk, or not there. One that is there already is as good if it is the same: a
/// server that crashed may not know that it has archived it.
fn kept(archive: &str) -> String {
    let archive = word(archive);
    format!(
        "umask 077; to={archive}/%f{ENDING}; \
         if [ -e \"$to\" ]; then gzip -dc \"$to\" | cmp -s - \"%p\"; \
         else gzip -1c \"%p\" > \"$to.new\" && sync \"$to.new\" && mv \"$to.new\" \"$to\" && sync {archive}; fi"
    )
}

fn fetched(archive: &str) -> String {
    let archive = word(archive);
    format!("[ -e {archive}/%f{ENDING} ] && gzip -dc {archive}/%f{ENDING} > \"%p\"")
}

/// One word of a shell's command in which the server replaces `%p`, `%f` and `%%`.
fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''").replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Container;
    use crate::replay::Lsn;

    fn site() -> Site {
        Site::at("shop", "/instances/shop".into(), Container::default())
    }

    fn same(path: &Path) -> String {
        path.display().to_string()
    }

    #[test]
    fn a_server_without_an_archive_is_told_nothing_of_it() {
        assert!(settings(&site(), same).is_empty());
    }

    #[test]
    fn a_folder_is_one_word_for_the_server_and_for_the_shell() {
        assert_eq!(
            fetched("/50% it's"),
            "[ -e '/50%% it'\\''s'/%f.gz ] && gzip -dc '/50%% it'\\''s'/%f.gz > \"%p\""
        );
    }

    #[test]
    fn what_pgbackrest_keeps_is_asked_of_it_with_the_data_that_wants_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(PGBACKREST), "").unwrap();
        let place = dir.path().display().to_string();
        assert_eq!(
            keeping(dir.path(), &place),
            format!("pgbackrest '--config={place}/pgbackrest.conf' --stanza=main archive-push \"%p\"")
        );
        assert_eq!(
            fetching(dir.path(), &place, &site()),
            format!(
                "pgbackrest '--config={place}/pgbackrest.conf' --stanza=main '--pg1-path=/instances/shop/data' archive-get %f \"%p\""
            )
        );
    }

    #[test]
    fn a_replay_ends_where_it_is_to_end() {
        let of = |until: Until| {
            let replay = Some(Replay { archive: "/archive".into(), until });
            let all = settings(&Site { replay, ..site() }, same);
            all.into_iter()
                .find(|(name, _)| name.starts_with("recovery_target_") && !name.ends_with("action"))
        };
        let time = Until::Time("2026-11-23T10:00:00.25Z".parse().unwrap());
        assert_eq!(of(time), Some(("recovery_target_time", "2026-11-23 10:00:00.250000+00".to_owned())));
        assert_eq!(of(Until::Lsn(Lsn(0x20))), Some(("recovery_target_lsn", "0/20".to_owned())));
        assert_eq!(of(Until::Name("a".to_owned())), Some(("recovery_target_name", "a".to_owned())));
        assert_eq!(of(Until::Latest), None);
    }
}
