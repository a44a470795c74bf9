//! Tables that upstream's programs have left behind: read, extended in place, and no row of them lost.

use super::{files, migrate};
use crate::support::Room;

/// What upstream's `migrate` makes.
const PLAIN: &str = "CREATE TABLE schema_migrations (version VARCHAR(255) PRIMARY KEY, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
                     INSERT INTO schema_migrations (version) VALUES ('001_a'), ('002_b');";
/// What its `migrate-init` makes.
const FULL: &str = "CREATE TABLE schema_migrations (version VARCHAR(255) PRIMARY KEY, description TEXT, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
                        applied_by VARCHAR(255) DEFAULT CURRENT_USER, execution_time_ms INTEGER, checksum VARCHAR(64), rollback_sql TEXT);
                    CREATE INDEX idx_schema_migrations_applied_at ON schema_migrations (applied_at);
                    CREATE TABLE migration_history (id SERIAL PRIMARY KEY, version VARCHAR(255) NOT NULL, action VARCHAR(20) NOT NULL,
                        applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, applied_by VARCHAR(255) DEFAULT CURRENT_USER,
                        execution_time_ms INTEGER, success BOOLEAN DEFAULT TRUE, error_message TEXT);
                    INSERT INTO schema_migrations (version, description, execution_time_ms, checksum, rollback_sql) VALUES
                        ('001_a', 'The first', 7, encode(sha256('CREATE TABLE a (x int);'::bytea), 'hex'), 'DROP TABLE a;'),
                        ('002_b', '', 8, encode(sha256('something else'::bytea), 'hex'), '');
                    INSERT INTO migration_history (version, action) VALUES ('001_a', 'apply'), ('002_b', 'apply');";

fn room(tables: &str) -> Room {
    let room = Room::up();
    room.run(["content", "execute", &format!("CREATE TABLE a (x int); CREATE TABLE b (x int); {tables}")])
        .done();
    files(
        &room,
        "migrations",
        &[
            ("001_a.sql", "CREATE TABLE a (x int);"),
            ("002_b.sql", "CREATE TABLE b (x int);"),
            ("003_c.sql", "CREATE TABLE c (x int);"),
        ],
    );
    room
}

#[test]
fn the_plain_table_is_read_as_it_is_and_extended_in_place() {
    let room = room(PLAIN);
    let pending = migrate(&room, "status --format json").done().json();
    assert_eq!((&pending["applied"], &pending["pending"]), (&2.into(), &1.into()));
    migrate(&room, "up").done();
    let rows = "SELECT string_agg(version || ' ' || scope || ' ' || (checksum IS NULL), ', ' ORDER BY version) FROM schema_migrations";
    assert_eq!(room.value("main", rows), "001_a default true, 002_b default true, 003 default false");
    insta::assert_snapshot!(migrate(&room, "repair").done(), @"
    --- stderr
    001 has a checksum now: it was recorded without one
    002 has a checksum now: it was recorded without one
    [exit 0]
    ");
    migrate(&room, "status --exit-code").done();
}

#[test]
fn the_full_table_is_believed_what_it_says_of_checksums_and_ways_back() {
    let room = room(FULL);
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    error: the migrations in migrations: `002` changed after being applied
    hint: put the old text back and write another migration, or `content migrate repair --accept-changed` takes the new text for what was applied
    [exit 1]
    ");
    migrate(&room, "repair --accept-changed").done();
    migrate(&room, "up").done();
    assert_eq!(room.value("main", "SELECT count(*) FROM schema_migrations"), "3");
    let history = "SELECT string_agg(version || ' ' || action, ', ' ORDER BY id) FROM migration_history";
    assert_eq!(room.value("main", history), "001_a apply, 002_b apply, 002 repair, 003 apply");
    migrate(&room, "down --only 1 --out-of-order allow").done();
    assert_eq!(room.value("main", "SELECT to_regclass('a') IS NULL"), "t");
    assert_eq!(room.value("main", "SELECT count(*) FROM schema_migrations WHERE version = '001_a'"), "0");
}

#[test]
fn a_table_of_the_same_name_that_is_another_programs_is_left_alone() {
    let room = room("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
    insta::assert_snapshot!(migrate(&room, "up").failed(), @"
    --- stderr
    error: database `vrooli`: its `public.schema_migrations` is another program's
    hint: migrate with that program, or rename its table
    [exit 1]
    ");
    assert_eq!(
        room.value("main", "SELECT to_regclass('c') IS NULL AND to_regclass('migration_history') IS NULL"),
        "t"
    );
}
