//! Backups: whole or not there, restored beside what is there, and proved.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Room;

mod damaged;
mod faults;
pub mod killed;
mod moments;
mod physical;
mod restored;
mod scheduled;
mod taken;
mod timers;
mod unreached;
mod upstreams;
mod writing;

/// What makes a database worth a backup: rows, a role that owns them, settings, privileges, and a large object.
const SHOP: &str = "CREATE TABLE kept (id int PRIMARY KEY, said text); INSERT INTO kept SELECT i, 'row ' || i FROM generate_series(1, 500) i; \
    CREATE TABLE \"odd '\"\" name\" (row text); INSERT INTO \"odd '\"\" name\" VALUES (NULL), (''), ('x'); \
    ALTER TABLE kept OWNER TO alice; GRANT SELECT ON kept TO PUBLIC; ALTER DATABASE shop SET work_mem = '5MB'; \
    REVOKE TEMPORARY ON DATABASE shop FROM CURRENT_USER, PUBLIC; GRANT CREATE ON DATABASE shop TO alice WITH GRANT OPTION; \
    ALTER DATABASE shop SET app.motto = '{it''s} = so'; ALTER ROLE alice IN DATABASE shop SET search_path = \"a,b\"\"c\", public; \
    COMMENT ON DATABASE shop IS 'it''s {a} shop'; SELECT lo_from_bytea(0, 'large') IS NOT NULL";

impl Room {
    /// The folder of an instance's backups.
    fn backups(&self, instance: &str) -> PathBuf {
        self.path().join("backups").join(instance)
    }
}

/// A room with `main` up, a database `shop` in it, and a place for backups.
fn shop() -> Room {
    let mut room = Room::new();
    let backups = room.path().join("backups").display().to_string();
    room.set("POSTGRES_BACKUP_DIR", &backups);
    room.run(["up"]).done();
    room.run(["content", "create-database", "shop"]).done();
    room.run(["content", "create-user", "alice", "--database", "shop"]).done();
    room.run(["content", "execute", "--database", "shop", SHOP]).done();
    room
}

/// The same with a backup `b`.
fn backed_up() -> Room {
    let room = shop();
    room.run(["content", "backup", "--name", "b"]).done();
    room
}

/// What a query answers in `shop`.
fn in_shop(room: &Room, instance: &str, sql: &str) -> String {
    let args = ["content", "execute", "--instance", instance, "--database", "shop", "--tuples-only", sql];
    room.run(args).done().stdout.trim().to_owned()
}

/// What there is of `shop` that a restore must bring back.
const ALL: &str = "SELECT concat_ws(' | ', (SELECT count(*) || ' ' || sum(id) FROM kept), (SELECT count(*) FROM \"odd '\"\" name\"), \
    (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'kept'), current_setting('work_mem'), \
    has_table_privilege('public', 'kept', 'SELECT'), (SELECT count(*) FROM pg_largeobject_metadata), \
    (SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'shop'), \
    (SELECT string_agg(it, ' ') FROM pg_db_role_setting, unnest(setconfig) it WHERE setrole <> 0), current_setting('app.motto'), \
    (SELECT string_agg(it::text, ' ' ORDER BY it::text) FROM pg_database, unnest(datacl) it WHERE datname = 'shop'))";
const WHOLE: &str = "500 125250 | 3 | alice | 5MB | t | 1 | it's {a} shop | search_path=\"a,b\"\"c\", public | {it's} = so | \
    =c/vrooli alice=C*Tc/vrooli vrooli=Cc/vrooli";

#[track_caller]
fn assert_whole(room: &Room, instance: &str) {
    assert_eq!(in_shop(room, instance, ALL), WHOLE);
}

/// All files and folders below one, hidden ones too.
fn below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        found.push(entry.path());
        if entry.path().is_dir() {
            found.extend(below(&entry.path()));
        }
    }
    found
}

/// The databases of an instance that are there for a moment only.
fn passing_databases(room: &Room, instance: &str) -> String {
    room.value(instance, "SELECT count(*) FROM pg_database WHERE datname ~ '^(restoring|replaced)-'")
}
