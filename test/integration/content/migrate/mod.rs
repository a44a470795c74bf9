//! `content migrate`: scripts that change a database, each once and in order.

mod applying;
mod bad;
mod crowd;
mod drift;
mod files;
pub mod killed;
mod life;
mod plan;
mod statements;
mod upstream;

use std::fs;

use crate::support::{Answer, Room};

/// Writes the files of a folder of the room.
fn files(room: &Room, dir: &str, files: &[(&str, &str)]) {
    fs::create_dir_all(room.path().join(dir)).unwrap();
    for (name, text) in files {
        room.file(&format!("{dir}/{name}"), text);
    }
}

/// So many small migrations, each of which needs the one before, and some SQL in each of them.
fn many(room: &Room, dir: &str, count: usize, more: &str) {
    fs::create_dir_all(room.path().join(dir)).unwrap();
    for number in 1..=count {
        let text = match number {
            1 => "CREATE TABLE log (step int PRIMARY KEY);\nINSERT INTO log VALUES (1);\n".to_owned(),
            _ => format!(
                "INSERT INTO log SELECT max(step) + 1 FROM log HAVING max(step) = {number} - 1;\nALTER TABLE log ADD COLUMN c{number} int;\n"
            ),
        };
        room.file(&format!("{dir}/{number:03}_step.sql"), &(text + more));
    }
}

/// `content migrate` with these words.
fn migrate(room: &Room, words: &str) -> Answer {
    room.run(["content", "migrate"].into_iter().chain(words.split_whitespace()))
        // Times are never the same.
        .hiding(r"(?m) in \d+ ms$", " in N ms")
}

/// A database's schema as `pg_dump` has it; the tables of migrations are part of it.
fn schema(room: &Room, database: &str) -> String {
    dump(room, database, "--schema")
}

/// A database as `pg_dump` has it: its `--schema`, or its `--data` too.
fn dump(room: &Room, database: &str, what: &str) -> String {
    let text = room.run(["content", "get", "--name", database, what]).done().stdout;
    // A key that is another each time, in newer versions.
    text.lines().filter(|it| !it.contains("restrict ")).collect::<Vec<_>>().join("\n")
}

/// The versions that are recorded, in the order in which they were applied.
fn recorded(room: &Room) -> String {
    room.value(
        "main",
        "SELECT string_agg(version, ' ' ORDER BY id) FROM migration_history WHERE success AND action = 'apply'",
    )
}
