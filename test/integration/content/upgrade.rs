//! `content upgrade`.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use resource_postgres::runtime::Kind;

use crate::faults::secrets::{Watch, files_with};
use crate::faults::{complaint, files_below};
use crate::support::{Answer, Room, eventually, kill, later_or_skip, major_of, pids_below};

/// Every point of an upgrade by a dump at which a debug build can be told to kill itself, but for those of backups.
const DUMPED: [&str; 9] = [
    "upgrade-recorded",
    "upgrade-made",
    "upgrade-configured",
    "upgrade-dumped",
    "upgrade-roles",
    "upgrade-database",
    "upgrade-compared",
    "upgrade-settled",
    "upgrade-furnished",
];
/// Those of one by `pg_upgrade`.
const COPIED: [&str; 4] = ["upgrade-configured", "upgrade-stopped", "upgrade-copied", "upgrade-settled"];
/// Those of a confirmation.
const CONFIRMED: [&str; 7] = [
    "confirm-stopped",
    "confirm-forgotten",
    "confirm-recorded",
    "confirm-renamed",
    "confirm-exchanged",
    "confirm-aside",
    "confirm-done",
];

/// All of them.
pub fn steps() -> impl Iterator<Item = &'static str> {
    DUMPED.into_iter().chain(COPIED).chain(CONFIRMED)
}

/// A room with an instance `main` of this machine's version, in which programs of a later one are found.
struct Upgraded {
    room: Room,
    old: u32,
    new: u32,
}

impl Upgraded {
    fn begin_or_skip() -> Option<Self> {
        let mut room = Room::on(Kind::Native);
        let old = major_of(room.programs());
        let later = later_or_skip(old)?;
        let (new, _) = later.last().cloned()?;
        room.run(["up"]).done();
        let path = later.iter().map(|(_, bin)| bin.clone());
        let path =
            std::env::join_paths(path.chain(std::env::split_paths(&std::env::var_os("PATH")?))).unwrap();
        room.set("PATH", path.to_str().unwrap());
        Some(Self { room, old, new })
    }

    fn run(&self, args: &[&str]) -> Answer {
        let to = self.new.to_string();
        let words = ["content", "upgrade", "main", "--to", &to];
        self.shown(self.room.run(words.iter().chain(args)))
    }

    fn confirm(&self, args: &[&str]) -> Answer {
        self.shown(self.room.run(["content", "upgrade", "main", "--confirm"].iter().chain(args)))
    }

    fn killed_at(&mut self, step: &str, args: &[&str]) {
        self.room.set("RESOURCE_POSTGRES_KILL_AT", step);
        let answer = match args {
            ["--confirm", rest @ ..] => self.confirm(rest),
            args => self.run(args),
        };
        assert_eq!(answer.code, None, "{step}: {answer}");
        self.room.unset("RESOURCE_POSTGRES_KILL_AT");
    }

    /// Versions are as they are on each machine.
    fn shown(&self, answer: Answer) -> Answer {
        let [old, new] = [self.old, self.new].map(|it| format!(r"\b{it}\b"));
        answer.hiding(&new, "NEW").hiding(&old, "OLD")
    }

    fn successor(&self) -> String {
        format!("main-{}", self.new)
    }

    fn predecessor(&self) -> String {
        format!("main-{}", self.old)
    }

    fn names(&self) -> Vec<String> {
        let report = self.room.run(["content", "list-instances", "--format", "json"]).done().json();
        let all = report["instances"].as_array().unwrap();
        all.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    }

    fn version(&self, instance: &str) -> u32 {
        self.room.value(instance, "SHOW server_version_num").parse::<u32>().unwrap() / 10_000
    }
}

/// What is in an instance that an upgrade could lose.
const MAIN: &str = "CREATE TABLE kept AS SELECT i AS id, 'row ' || i AS said FROM generate_series(1, 500) i; \
    CREATE ROLE readers; CREATE ROLE boss; GRANT readers TO boss WITH ADMIN OPTION; GRANT USAGE ON SCHEMA public TO boss; \
    SET ROLE boss; GRANT readers TO app; RESET ROLE; ALTER TABLE kept OWNER TO app; \
    ALTER ROLE CURRENT_USER SET app.motto = 'it''s'; ALTER DATABASE postgres SET lock_timeout = '7s'; \
    COMMENT ON DATABASE postgres IS 'nobody''s'; SELECT lo_from_bytea(0, 'large') IS NOT NULL";
const ALL: &str = "SELECT concat_ws(' | ', (SELECT count(*) || ' ' || sum(id) FROM kept), \
    (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'kept'), \
    (SELECT string_agg(rolname || coalesce(md5(rolpassword), ''), ' ' ORDER BY rolname) FROM pg_authid WHERE oid > 16383), \
    (SELECT string_agg(concat_ws(',', datname, datistemplate, datcollate, encoding, shobj_description(oid, 'pg_database')), ' ' ORDER BY datname) \
    FROM pg_database WHERE datname <> 'template0'), \
    (SELECT string_agg(concat_ws(',', datname, setrole::regrole, setconfig), ' ' ORDER BY setconfig) FROM pg_db_role_setting \
    LEFT JOIN pg_database d ON d.oid = setdatabase), \
    (SELECT string_agg(concat_ws('<', roleid::regrole, member::regrole), ' ' ORDER BY member) FROM pg_auth_members WHERE roleid > 16383), \
    (SELECT count(*) FROM pg_largeobject_metadata), current_setting('work_mem'))";

impl Upgraded {
    fn furnish(&self) {
        let room = &self.room;
        room.run(["content", "create-user", "app", "--database", "vrooli"]).done();
        room.run(["content", "execute", MAIN]).done();
        room.run(["content", "execute", "ALTER SYSTEM SET work_mem = '9MB'"]).done();
        room.run(["content", "execute", "SELECT pg_reload_conf()"]).done();
        room.run(["content", "create-database", "mold"]).done();
        room.run(["content", "execute", "ALTER DATABASE mold IS_TEMPLATE true"]).done();
        room.run(["content", "execute", "--database", "template1", "CREATE TABLE in_every ()"]).done();
        room.run(["content", "add", "schema", "--file", &room.file("s.sql", "CREATE TABLE s ()")]).done();
    }

    /// The least that an upgrade may not lose, where it is tried again and again.
    fn keep(&self) {
        self.room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    }

    fn assert_kept(&self) {
        assert_eq!(self.room.value(&self.successor(), "SELECT answer FROM kept"), "42");
    }

    /// Of stored content, what the successor has is applied there as well.
    fn assert_as_main(&self, instance: &str) {
        let room = &self.room;
        assert_eq!(room.value(instance, ALL), room.value("main", ALL));
        let in_template =
            ["content", "execute", "--instance", instance, "--database", "template1", "TABLE in_every"];
        room.run(in_template).done();
        room.run(["content", "get", "--instance", instance, "--as-env", "--user", "app"]).done();
        let listed = room.run(["content", "list", "--format", "json", "--filter", "s.sql"]).done().json();
        let all = listed["content"].as_array().unwrap();
        assert!(all.len() > 1 && all.iter().all(|it| it["state"] == "applied"), "{listed}");
    }

    /// A session in `main` that stays until it is ended.
    fn session(&self) -> std::process::Child {
        let child = self.room.spawn(["content", "execute", "SELECT pg_sleep(50)"]);
        let seen = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(50)'";
        eventually("somebody works in it", || self.room.value("main", seen) == "1");
        child
    }
}

#[test]
fn an_instance_gets_a_successor_that_takes_its_place_when_it_is_told_to() {
    let Some(it) = Upgraded::begin_or_skip() else { return };
    it.furnish();
    let (room, successor) = (&it.room, it.successor());
    let config = |name: &str| room.instance(name).join("config/postgresql.conf");
    let own = format!("include_if_exists = '{}/config/more.conf'\n", room.instance("main").display());
    fs::write(config("main"), fs::read_to_string(config("main")).unwrap() + &own).unwrap();
    let password = room.recorded("main", "password");
    room.run(["content", "backup", "enable-pitr", "--yes"]).done();
    let watch = Watch::begin(&password, Duration::from_millis(1));
    insta::assert_snapshot!(it.run(&[]).done(), @"
    --- stderr
    archive_mode is 'off' in `main-NEW`, which must not act where `main` does
    synchronous_standby_names is '' in `main-NEW`, which must not act where `main` does
    `main-NEW` runs PostgreSQL NEW on port 5434 with what `main` (OLD) had when it was read; what is written there since is not in it
    next: resource-postgres content upgrade main --confirm; or content remove --name main-NEW --force
    [exit 0]
    ");
    it.assert_as_main(&successor);
    assert_eq!((it.version("main"), it.version(&successor)), (it.old, it.new));
    insta::assert_snapshot!(it.run(&[]).failed(), @"
    --- stderr
    error: instance `main-NEW` exists already
    hint: choose another name; `resource-postgres content remove --name main-NEW --force` removes it
    [exit 1]
    ");

    let session = it.session();
    insta::assert_snapshot!(it.confirm(&[]).failed(), @"
    --- stderr
    error: putting `main-NEW` in the place of `main`, without what was written to that since, and ending 1 session needs to be confirmed
    hint: `--yes` does it without asking
    [exit 1]
    ");
    insta::assert_snapshot!(it.confirm(&["--yes"]).done(), @"
    --- stderr
    `main` runs PostgreSQL NEW on port 5433
    `main` is not archived any more: resource-postgres content backup enable-pitr --instance main --yes
    what it was before is kept, stopped, as `main-OLD`: content remove --name main-OLD --force deletes it
    [exit 0]
    ");
    room.wait(session).failed();
    assert_eq!(watch.end(), [].into());
    assert_eq!(files_with(&password, room.path()), "");
    assert_eq!(it.version("main"), it.new);
    assert_eq!(room.recorded("main", "port"), room.port.to_string());
    assert_eq!(room.recorded("main", "password"), password);
    assert_eq!(room.state(&it.predecessor()), "stopped");
    for name in ["main", &it.predecessor()] {
        let place = format!("'{}/config/more.conf'", room.instance(name).display());
        assert!(fs::read_to_string(config(name)).unwrap().contains(&place), "{place}");
    }
    room.run(["start", "--instance", &it.predecessor()]).done();
    assert_eq!(it.version(&it.predecessor()), it.old);
    it.assert_as_main(&it.predecessor());
    insta::assert_snapshot!(it.confirm(&["--yes"]).failed(), @"
    --- stderr
    error: instance `main` cannot be upgraded: there is no successor of it to confirm
    hint: `resource-postgres content upgrade main --to VERSION` makes one
    [exit 1]
    ");
}

#[test]
fn files_are_copied_while_the_old_server_is_stopped_and_it_goes_on_as_it_was() {
    let Some(it) = Upgraded::begin_or_skip() else { return };
    it.furnish();
    let (room, session) = (&it.room, it.session());
    let watch = Watch::begin(&room.recorded("main", "password"), Duration::from_millis(1));
    insta::assert_snapshot!(it.run(&["--method", "pg_upgrade"]).failed(), @"
    --- stderr
    error: stopping `main` while its files are copied, and ending 1 session needs to be confirmed
    hint: `--yes` does it without asking
    [exit 1]
    ");
    assert_eq!(it.names(), ["main"]);
    insta::assert_snapshot!(it.run(&["--method", "pg_upgrade", "--yes"]).done(), @"
    --- stderr
    `main-NEW` runs PostgreSQL NEW on port 5434 with what `main` (OLD) had when it was read; what is written there since is not in it
    next: resource-postgres content upgrade main --confirm; or content remove --name main-NEW --force
    [exit 0]
    ");
    room.wait(session).failed();
    assert_eq!(watch.end(), [].into());
    it.assert_as_main(&it.successor());
    assert_eq!((it.version("main"), it.version(&it.successor())), (it.old, it.new));
    let kept: Vec<PathBuf> = files_below(&room.instance(&it.successor())).into_keys().collect();
    assert!(kept.iter().any(|it| it.ends_with("log/pg_upgrade/pg_upgrade_internal.log")), "{kept:?}");
    assert!(!kept.iter().any(|it| it.ends_with("delete_old_cluster.sh")), "{kept:?}");

    room.run(["manage", "stop"]).done();
    it.run(&["--method", "pg_upgrade", "--as", "other"]).done();
    assert_eq!(room.state("main"), "stopped");
    insta::assert_snapshot!(it.confirm(&["--yes"]).failed(), @"
    --- stderr
    error: instance `main` cannot be upgraded: it has several successors: main-NEW, other
    hint: `--as NAME` says which
    [exit 1]
    ");
}

#[test]
fn what_cannot_be_upgraded_is_told_and_nothing_is_changed() {
    let Some(mut it) = Upgraded::begin_or_skip() else { return };
    it.room.run(["content", "create-instance", "other", "--template", "minimal"]).done();
    let before = files_in_records(&it.room);
    let (old, new) = (it.old.to_string(), it.new.to_string());
    let mut said = String::new();
    let refuse = |it: &Upgraded, args: &[&str]| {
        let answer = it.room.run(["content", "upgrade"].iter().chain(args)).failed();
        format!("{}\n", it.shown(answer).hiding("there are: .*", "there are: [versions]"))
    };
    for args in [
        &["main", "--to", &old][..],
        &["main", "--to", "14"],
        &["main", "--to", "99"],
        &["main"],
        &["main", "--to", &new, "--confirm"],
        &["nobody", "--to", &new],
        &["main", "--to", &new, "--as", "other"],
        &["main", "--to", &new, "--port", "99"],
        &["main", "--to", &new, "--image", "postgres:99"],
        &["main", "--confirm"],
    ] {
        said += &refuse(&it, args);
    }
    it.room.set("POSTGRES_BIN_DIR", &it.room.programs().display().to_string());
    said += &refuse(&it, &["main", "--to", &new])
        .replace(&it.room.programs().display().to_string(), "[programs]");
    it.room.unset("POSTGRES_BIN_DIR");
    it.room.run(["content", "execute", "CREATE DATABASE shut ALLOW_CONNECTIONS false"]).done();
    said += &refuse(&it, &["main", "--to", &new]);
    insta::assert_snapshot!(said);
    assert_eq!(files_in_records(&it.room), before);
}

/// Instances, and what their records say.
fn files_in_records(room: &Room) -> Vec<(PathBuf, String)> {
    let names = fs::read_dir(room.instances()).unwrap().map(|it| it.unwrap().path());
    let record = |dir: &PathBuf| fs::read_to_string(dir.join("config/instance.conf")).unwrap_or_default();
    let mut all: Vec<_> =
        names.filter(|it| !it.ends_with(".locks")).map(|it| (it.clone(), record(&it))).collect();
    all.sort();
    all
}

#[test]
fn an_upgrade_that_fails_or_is_interrupted_leaves_all_as_it_was() {
    let Some(it) = Upgraded::begin_or_skip() else { return };
    let room = &it.room;
    let config = room.instance("main").join("config/postgresql.conf");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}old_snapshot_threshold = 1h\n")).unwrap();
    insta::assert_snapshot!(it.run(&[]).failed().hiding(r"line \d+", "line [line]"), @r#"
    --- stderr
    error: instance `main` cannot be upgraded: PostgreSQL NEW does not take its configuration: unrecognized configuration parameter "old_snapshot_threshold" in file "[room]/instances/main/config/postgresql.conf" line [line]
    hint: change that setting or take it out (`ALTER SYSTEM RESET` where it was set so), and upgrade again
    [exit 1]
    "#);
    fs::write(&config, text).unwrap();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    let broken = "CREATE VIEW writers AS SELECT buffers_backend FROM pg_stat_bgwriter";
    room.run(["content", "execute", broken]).done();
    let before = files_in_records(room);
    insta::assert_snapshot!(it.run(&[]).failed(), @"
    --- stderr
    error: instance `main` cannot be upgraded: pg_restore: could not execute query: ERROR:  column pg_stat_bgwriter.buffers_backend does not exist; LINE 2:  SELECT pg_stat_bgwriter.buffers_backend; ^; Command was: CREATE VIEW public.writers AS
    hint: it is as it was; change or drop what is said, and upgrade again
    [exit 1]
    ");
    insta::assert_snapshot!(it.run(&["--method", "pg_upgrade", "--yes"]).failed(), @"
    --- stderr
    error: instance `main` cannot be upgraded: pg_upgrade: could not execute query: ERROR:  column pg_stat_bgwriter.buffers_backend does not exist
    hint: it is as it was; change or drop what is said, and upgrade again
    [exit 1]
    ");
    room.run(["content", "execute", "DROP VIEW writers; CREATE TABLE functions (f regproc)"]).done();
    insta::assert_snapshot!(it.run(&["--method", "pg_upgrade", "--yes"]).failed(), @"
    --- stderr
    error: instance `main` cannot be upgraded: pg_upgrade: Your installation contains one of the reg* data types in user tables. These data types reference system OIDs that are not preserved by pg_upgrade, so this cluster cannot currently be upgraded. You can drop the problem columns and restart the upgrade. (In database: vrooli; public.functions.f)
    hint: it is as it was; change or drop what is said, and upgrade again
    [exit 1]
    ");
    let computed = "DROP TABLE functions; CREATE FUNCTION version_here() RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT version()'; \
                    CREATE TABLE computed (a int, b text GENERATED ALWAYS AS (version_here()) STORED); INSERT INTO computed VALUES (1)";
    room.run(["content", "execute", computed]).done();
    insta::assert_snapshot!(it.run(&[]).failed(), @"
    --- stderr
    error: instance `main` cannot be upgraded: what came out is not what went in: database `vrooli`: table public.computed has other rows than it had
    hint: it is as it was; `--method pg_upgrade` copies its files instead
    [exit 1]
    ");

    let to = it.new.to_string();
    let child = room.spawn(["content", "upgrade", "main", "--to", &to, "--method", "pg_upgrade", "--yes"]);
    let work = room.instance(&it.successor()).join("run/upgrade");
    eventually("pg_upgrade works", || !pids_below(&work).is_empty());
    kill(child.id().try_into().unwrap(), "INT");
    insta::assert_snapshot!(room.wait(child).failed(), @"
    --- stderr
    error: `content upgrade` was ended by SIGINT: nothing of it is left
    [exit 1]
    ");
    assert_eq!(files_in_records(room), before);
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
    assert_eq!(room.state("main"), "running");
}

#[test]
fn a_killed_upgrade_is_taken_for_nothing_and_made_anew_by_the_next() {
    let Some(mut it) = Upgraded::begin_or_skip() else { return };
    it.keep();
    it.room.run(["manage", "stop"]).done();
    for step in DUMPED {
        it.killed_at(step, &[]);
        let execute = ["content", "execute", "--instance", &it.successor(), "SELECT 1"];
        let (error, hint) = complaint(it.room.run(execute));
        let successor = it.successor();
        assert_eq!(
            error,
            format!("upgrading `main` into `{successor}` was interrupted, or is still going on"),
            "{step}"
        );
        assert_eq!(
            hint,
            format!(
                "the next `resource-postgres content upgrade main` makes it anew, `content remove --name {successor} --force` removes it"
            )
        );
    }
    it.run(&[]).done();
    assert_eq!(it.room.state("main"), "stopped", "as it was before the first");
    assert!(!it.room.instance(&it.successor()).join("dump").exists());
    it.assert_kept();
}

#[test]
fn a_killed_pg_upgrade_leaves_nothing_that_goes_on_and_the_old_server_is_started_again() {
    let Some(mut it) = Upgraded::begin_or_skip() else { return };
    it.keep();
    let by_files = ["--method", "pg_upgrade", "--yes"];
    for step in COPIED {
        it.killed_at(step, &by_files);
    }
    let to = it.new.to_string();
    let words = ["content", "upgrade", "main", "--to", &to].into_iter().chain(by_files);
    let mut child = it.room.spawn(words);
    let work = it.room.instance(&it.successor()).join("run/upgrade");
    eventually("pg_upgrade works", || !pids_below(&work).is_empty());
    child.kill().unwrap();
    child.wait().unwrap();
    it.run(&by_files).done();
    assert_eq!(it.room.state("main"), "running");
    it.assert_kept();
    assert!(pids_below(&work).is_empty());
}

#[test]
fn a_killed_confirmation_loses_nothing_and_is_finished_by_the_next() {
    let Some(mut it) = Upgraded::begin_or_skip() else { return };
    it.furnish();
    it.run(&["--as", "next"]).done();
    for step in CONFIRMED {
        it.killed_at(step, &["--confirm", "--yes"]);
        let mut names = it.names();
        names.retain(|it| it != "main");
        let is_renamed = CONFIRMED.iter().skip(3).any(|it| *it == step);
        let other = if is_renamed { it.predecessor() } else { "next".to_owned() };
        assert_eq!(names, [other], "{step}");
    }
    assert_eq!(it.room.state("main"), "running");
    assert_eq!(it.names(), ["main".to_owned(), it.predecessor()]);
    assert_eq!((it.version("main"), it.room.recorded("main", "port")), (it.new, it.room.port.to_string()));
    it.room.run(["start", "--instance", &it.predecessor()]).done();
    assert_eq!(it.version(&it.predecessor()), it.old);
    it.assert_as_main(&it.predecessor());
}
