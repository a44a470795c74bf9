//! Backups of what is being written: each is one moment's.

use std::process::{Child, Command, Stdio};

use resource_postgres::runtime::Kind;

use super::moments::{archived, now};
use super::{in_shop, shop};
use crate::support::{Room, eventually};

/// How often it is tried. In containers it takes five times as long, and tries the same code.
fn times(room: &Room) -> usize {
    match room.kind {
        Kind::Native => 10,
        Kind::Docker => 3,
    }
}

/// Money goes from account to account, and every movement is in its branch's and its teller's sum as well.
const MOVE: &str = "\\set account random(1, 1000)\n\\set branch random(1, 3)\n\\set teller random(1, 9)\n\\set delta random(-500, 500)\n\
    BEGIN;\nUPDATE accounts SET balance = balance + :delta WHERE id = :account;\n\
    UPDATE tellers SET balance = balance + :delta WHERE id = :teller;\n\
    UPDATE branches SET balance = balance + :delta WHERE id = :branch;\nCOMMIT;\n";
const SUMS: &str = "SELECT a = t AND t = b AND moved FROM (SELECT (SELECT sum(balance) FROM accounts) a, \
    (SELECT sum(balance) FROM tellers) t, (SELECT sum(balance) FROM branches) b, \
    (SELECT count(*) > 0 FROM accounts WHERE balance <> 0) moved) it";

/// Who moves money, until this is dropped.
struct Writer(Child);

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Writer {
    /// Begins in `shop`, or else the test is skipped.
    fn begin_or_skip(room: &Room) -> Option<Self> {
        let pgbench = room.programs().join("pgbench");
        if !pgbench.exists() {
            println!("skipped: no pgbench");
            return None;
        }
        for table in ["accounts", "tellers", "branches"] {
            let rows = format!("INSERT INTO {table} SELECT i, 0 FROM generate_series(1, 1000) i");
            in_shop(
                room,
                "main",
                &format!("CREATE TABLE {table} (id int PRIMARY KEY, balance bigint); {rows}"),
            );
        }
        let script = room.file("move.sql", MOVE);
        let port = room.recorded("main", "port");
        let mut writer = Command::new(pgbench);
        writer.args(["--no-vacuum", "--client=2", "--rate=200", "--time=120", "--file", &script]);
        writer.args(["--host=127.0.0.1", "--username=vrooli", "--port", &port, "shop"]);
        writer
            .env("PGPASSWORD", room.recorded("main", "password"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let writer = Self(writer.spawn().unwrap());
        eventually("it writes", || {
            in_shop(room, "main", "SELECT count(*) > 9 FROM accounts WHERE balance <> 0") == "t"
        });
        Some(writer)
    }
}

/// Whether the sums agree in what a restore makes of `main`.
fn sums(room: &Room, restore: &[&str]) -> String {
    room.run([&["content", "restore", "--into", "copy"], restore].concat()).done();
    let sums = in_shop(room, "copy", SUMS);
    room.run(["content", "remove", "--name", "copy", "--force"]).done();
    sums
}

#[test]
fn the_sums_agree_in_every_backup_that_is_taken_while_pgbench_writes() {
    let room = shop();
    let Some(_writer) = Writer::begin_or_skip(&room) else { return };
    let tried: Vec<(String, Option<i32>)> = (0..times(&room))
        .map(|at| {
            let name = format!("b{at}");
            room.run(["content", "backup", "--name", &name, "--database", "shop"]).done();
            let proved = room.run(["content", "verify-backup", &name]).code;
            (sums(&room, &[&name]), proved)
        })
        .collect();
    assert_eq!(tried, vec![("t".to_owned(), Some(0)); times(&room)]);
}

#[test]
fn the_sums_agree_in_every_physical_backup_and_at_every_moment_while_pgbench_writes() {
    let room = archived();
    let Some(_writer) = Writer::begin_or_skip(&room) else { return };
    let tried: Vec<String> = (0..times(&room))
        .map(|at| {
            let name = format!("p{at}");
            room.run(["content", "backup", "--name", &name, "--type", "physical"]).done();
            sums(&room, &["--to", &now(&room)])
        })
        .collect();
    assert_eq!(tried, vec!["t"; times(&room)]);
    assert_eq!(sums(&room, &["p0"]), "t", "and where the backup ended");
}
