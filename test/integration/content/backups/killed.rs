//! Backups and restores that are killed: nothing half is seen, and the next command cleans up.

use super::moments::archived;
use super::{assert_whole, backed_up, below, in_shop, passing_databases, shop};
use crate::support::{Room, tried};

/// Every point of a backup at which a debug build can be told to kill itself.
const TAKEN: [&str; 5] =
    ["backup-begun", "backup-roles", "backup-database", "backup-written", "backup-published"];
/// Those of a restore in place.
const IN_PLACE: [&str; 3] = ["restore-defined", "restore-beside", "restore-exchanged"];
/// Those of a restore into a new instance.
const INTO_NEW: [&str; 3] = ["restore-created", "restore-roles", "restore-database"];
/// That of a drill.
const DRILLED: [&str; 1] = ["drill-restored"];

/// That of a physical backup, beside those of all.
const COPIED: [&str; 1] = ["backup-copied"];
/// Those of a restore of one, up to a moment.
const REVIVED: [&str; 4] = ["revive-recorded", "revive-copied", "revive-placed", "revive-recovered"];
/// Those that a creation has too.
const CREATED: [&str; 3] = ["spawned", "booted", "secured"];
/// Those of archiving.
const ARCHIVED: [&str; 2] = ["archiving-recorded", "archiving-stopped"];

/// All of them.
pub fn steps() -> impl Iterator<Item = &'static str> {
    let logical = TAKEN.into_iter().chain(IN_PLACE).chain(INTO_NEW).chain(DRILLED);
    logical.chain(COPIED).chain(REVIVED).chain(ARCHIVED)
}

impl Room {
    /// Runs a command that is killed at the step.
    fn kill_at(&mut self, step: &str, command: &[&str]) {
        self.set("RESOURCE_POSTGRES_KILL_AT", step);
        let answer = self.run(command);
        assert_eq!(answer.code, None, "{step}: {answer}");
        self.unset("RESOURCE_POSTGRES_KILL_AT");
    }
}

#[test]
fn a_backup_that_was_killed_is_not_there_and_the_next_one_clears_up() {
    let mut room = shop();
    for step in tried(&TAKEN, &["backup-database", "backup-published"]) {
        room.kill_at(step, &["content", "backup", "--name", step]);
        let report = room.run(["content", "list-backups", "--format", "json"]).done().json();
        let names: Vec<&str> =
            report["backups"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names, if step == "backup-published" { vec![step] } else { vec![] });
    }
    room.run(["content", "backup", "--name", "b"]).done();
    let left = below(&room.path().join("backups"));
    assert!(!left.iter().any(|it| it.file_name().unwrap().as_encoded_bytes().starts_with(b".")), "{left:?}");
    room.run(["content", "verify-backup", "--all"]).done();
}

#[test]
fn a_restore_that_was_killed_has_replaced_all_or_nothing() {
    let mut room = backed_up();
    for step in tried(&IN_PLACE, &["restore-beside"]) {
        in_shop(&room, "main", "DELETE FROM kept WHERE id > 10");
        room.kill_at(step, &["content", "restore", "b", "--yes"]);
        let rows = in_shop(&room, "main", "SELECT count(*) FROM kept");
        assert_eq!(rows, if step == "restore-exchanged" { "500" } else { "10" }, "{step}");
        room.run(["content", "restore", "b", "--yes"]).done();
        assert_whole(&room, "main");
        assert_eq!(passing_databases(&room, "main"), "0", "{step}");
    }
}

#[test]
fn an_instance_whose_restore_was_killed_is_nobodys_and_the_next_restore_makes_it() {
    let mut room = backed_up();
    for step in tried(&INTO_NEW, &["restore-roles"]) {
        room.kill_at(step, &["content", "restore", "b", "--into", "copy"]);
        for args in [
            ["content", "execute", "--instance", "copy", "SELECT 1"].as_slice(),
            &["manage", "start", "--instance", "copy"],
        ] {
            let used = room.run(args).failed();
            insta::allow_duplicates! {
                insta::assert_snapshot!(used, @r"
                --- stderr
                error: restoring backup `b` of `main` into `copy` was interrupted, or is still going on
                hint: `resource-postgres content restore b --instance main --into copy` makes it anew, `content remove --name copy --force` removes it
                [exit 1]
                ");
            }
        }
        room.run(["content", "restore", "b", "--into", "copy"]).done();
        assert_whole(&room, "copy");
        room.run(["content", "remove", "--name", "copy", "--force"]).done();
    }
}

#[test]
fn the_instance_of_a_drill_that_was_killed_is_taken_away_by_the_next() {
    let mut room = backed_up();
    for step in DRILLED {
        room.kill_at(step, &["content", "verify-backup", "b"]);
        assert!(room.run(["content", "list-instances"]).stdout.contains("drill-"), "{step}");
        room.run(["content", "verify-backup", "b"]).done();
        assert!(!room.run(["content", "list-instances"]).done().stdout.contains("drill-"), "{step}");
    }
}

#[test]
fn a_physical_backup_that_was_killed_is_not_there_and_the_next_one_clears_up() {
    let mut room = shop();
    let command = ["content", "backup", "--type", "physical", "--name", "p"];
    room.kill_at(COPIED[0], &command);
    assert_eq!(room.run(["content", "list-backups"]).done().stdout, "no backups\n");
    room.run(command).done();
    assert_eq!(below(&room.backups("main")).iter().filter(|it| it.ends_with("backup_manifest")).count(), 1);
}

#[test]
fn an_instance_whose_replay_was_killed_is_nobodys_and_the_next_restore_makes_it() {
    let mut room = archived();
    let restore = ["content", "restore", "--to", "latest", "--into", "copy"];
    // Without a container, with one that replays, and with the one that stays.
    let in_containers = ["revive-placed", "spawned", "booted"];
    for step in tried(&[REVIVED.as_slice(), &CREATED].concat(), &in_containers) {
        room.kill_at(step, &restore);
        let used = room.run(["content", "execute", "--instance", "copy", "SELECT 1"]).failed();
        insta::allow_duplicates! {
            insta::assert_snapshot!(used, @r"
            --- stderr
            error: restoring `main` up to the latest into `copy` was interrupted, or is still going on
            hint: `resource-postgres content restore --instance main --to latest --into copy` makes it anew, `content remove --name copy --force` removes it
            [exit 1]
            ");
        }
    }
    room.run(restore).done();
    assert_whole(&room, "copy");
}

#[test]
fn archiving_whose_beginning_was_killed_begins_with_the_next_command() {
    for step in tried(&ARCHIVED, &["archiving-stopped"]) {
        let mut room = shop();
        let enable = ["content", "backup", "enable-pitr", "--yes"];
        room.kill_at(step, &enable);
        room.run(["start"]).done();
        room.run(enable).done();
        assert_eq!(room.value("main", "SHOW archive_mode"), "on");
        assert_whole(&room, "main");
        room.run(["content", "restore", "--to", "latest", "--into", "copy"]).done();
    }
}
