//! Backups of what is being written: each is one moment's.

use std::process::{Command, Stdio};

use resource_postgres::runtime::Kind;

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

#[test]
fn the_sums_agree_in_every_backup_that_is_taken_while_pgbench_writes() {
    let room = shop();
    for table in ["accounts", "tellers", "branches"] {
        in_shop(
            &room,
            "main",
            &format!(
                "CREATE TABLE {table} (id int PRIMARY KEY, balance bigint); INSERT INTO {table} SELECT i, 0 FROM generate_series(1, 1000) i"
            ),
        );
    }
    let pgbench = room.programs().join("pgbench");
    if !pgbench.exists() {
        println!("skipped: no pgbench");
        return;
    }
    let script = room.file("move.sql", MOVE);
    let mut writer = Command::new(pgbench)
        .args([
            "--no-vacuum",
            "--client=2",
            "--time=120",
            "--file",
            &script,
            "--host=127.0.0.1",
            "--username=vrooli",
        ])
        .args(["--port", &room.recorded("main", "port"), "shop"])
        .env("PGPASSWORD", room.recorded("main", "password"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    eventually("it writes", || {
        in_shop(&room, "main", "SELECT count(*) > 9 FROM accounts WHERE balance <> 0") == "t"
    });
    let tried: Vec<(String, Option<i32>)> = (0..times(&room))
        .map(|at| {
            let name = format!("b{at}");
            room.run(["content", "backup", "--name", &name, "--database", "shop"]).done();
            let proved = room.run(["content", "verify-backup", &name]).code;
            room.run(["content", "restore", &name, "--into", "copy"]).done();
            let sums = in_shop(&room, "copy", SUMS);
            room.run(["content", "remove", "--name", "copy", "--force"]).done();
            (sums, proved)
        })
        .collect();
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert_eq!(tried, vec![("t".to_owned(), Some(0)); times(&room)]);
}
