//! Resources that nobody would write by accident: there is a verdict every time.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use resource_postgres::contract::finding::Judgment;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::contract::resource::{clean, judge, write};
use crate::living::Judge;

#[test]
fn an_empty_directory_breaks_what_is_required_and_nothing_else() {
    let dir = TempDir::new().unwrap();
    let found: Vec<String> = judge(dir.path()).findings.into_iter().map(|it| it.clause).collect();
    assert_eq!(found, ["cli.sh", "config/", "lib/"].map(|it| format!("file_structure.required.{it}")));
}

#[test]
fn links_that_lead_back_to_where_they_are_are_not_followed_for_ever() {
    let dir = clean();
    symlink("..", dir.path().join("lib/up")).unwrap();
    symlink("self", dir.path().join("lib/self")).unwrap();
    symlink(dir.path(), dir.path().join("again")).unwrap();
    assert!(judge(dir.path()).findings.is_empty());
}

#[test]
fn a_binary_that_is_called_a_script_is_told_so() {
    let dir = clean();
    write(dir.path(), "lib/program.sh", "\u{7f}ELF\0\0\0\u{1}", 0o644);
    let found = judge(dir.path()).findings;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].seen, "this is no text but a binary file");
}

#[test]
fn a_file_of_a_hundred_megabytes_is_not_read() {
    let dir = clean();
    let file = fs::File::create(dir.path().join("lib/large.sh")).unwrap();
    file.set_len(100 << 20).unwrap();
    let judgment = judge(dir.path());
    assert!(judgment.findings.is_empty(), "{judgment:#?}");
    let unseen: Vec<&str> = judgment.unseen.iter().map(|it| it.file.as_str()).collect();
    assert_eq!(unseen, ["lib/large.sh"]);
}

#[test]
fn names_of_any_bytes_are_read_like_others_and_written_as_text() {
    let dir = clean();
    fs::write(dir.path().join(OsStr::from_bytes(b"lib/\xff\xfe\n.sh")), "if").unwrap();
    let found = judge(dir.path()).findings;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].place.file.as_deref(), Some("lib/\\xff\\xfe\n.sh"));
}

#[test]
fn deep_folders_end_no_walk() {
    let dir = clean();
    fs::create_dir_all(dir.path().join("a/".repeat(200))).unwrap();
    assert!(judge(dir.path()).findings.is_empty());
}

#[test]
fn a_byte_that_is_no_text_hides_nothing_in_its_script() {
    let dir = clean();
    fs::write(dir.path().join("lib/core.sh"), b"# caf\xe9\nmain() { echo caf\xe9; }\n").unwrap();
    let found = judge(dir.path()).findings;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].place.line, found[0].seen.as_str()), (Some(2), "`main() { echo caf?; }`"));
}

#[test]
fn commands_that_stand_in_each_other_without_end_are_given_up() {
    let dir = clean();
    write(dir.path(), "lib/deep.sh", &"(".repeat(100_000), 0o644);
    write(dir.path(), "lib/deeper.sh", &"$(".repeat(100_000), 0o644);
    write(dir.path(), "lib/braces.sh", &format!("echo {}", "${a:-".repeat(100_000)), 0o644);
    let found = judge(dir.path()).findings;
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found.iter().all(|it| it.clause == "validation.layer1_syntax.checks.2"), "{found:#?}");
}

#[test]
fn a_link_to_what_keeps_its_readers_waiting_keeps_nobody_waiting() {
    let dir = clean();
    symlink("/proc/kmsg", dir.path().join("lib/messages.sh")).unwrap();
    symlink("/dev/zero", dir.path().join("lib/zeros.sh")).unwrap();
    fs::remove_file(dir.path().join("config/schema.json")).unwrap();
    symlink("/proc/kmsg", dir.path().join("config/schema.json")).unwrap();
    judge(dir.path());
}

/// A door that does the same whatever it is asked.
fn with_door(script: &str) -> TempDir {
    let dir = clean();
    write(dir.path(), "cli.sh", script, 0o755);
    dir
}

/// What the second layer finds, with a second for every command.
fn behavior(dir: &Path) -> Judgment {
    let mut judge = Judge::new();
    let contract = &mut judge.loaded.contract;
    contract.performance.command_response_time.values_mut().for_each(|it| *it = 1);
    contract.commands.values_mut().for_each(|it| it.timeout_seconds = it.timeout_seconds.and(Some(1)));
    judge.behavior(dir, dir)
}

#[test]
fn a_door_that_never_answers_gets_a_verdict_in_the_time_of_its_commands() {
    let begun = Instant::now();
    let dir = with_door("#!/bin/bash\ntrap '' TERM INT\nwhile :; do sleep 10; done\n");
    let found = behavior(dir.path()).findings;
    let clauses: BTreeSet<&str> = found.iter().map(|it| it.clause.as_str()).collect();
    let late = ["commands.logs.timeout_seconds", "commands.status.timeout_seconds"];
    let late = late
        .into_iter()
        .chain(["performance.command_response_time.help", "performance.command_response_time.other"]);
    assert_eq!(clauses, late.collect(), "{found:#?}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn a_door_that_writes_or_forks_without_end_gets_a_verdict() {
    for script in ["#!/bin/bash\nyes\n", "#!/bin/bash\nf() { f | f & }\nf\nsleep 30\n"] {
        let (begun, dir) = (Instant::now(), with_door(script));
        let found = behavior(dir.path()).findings;
        assert!(found.iter().any(|it| it.clause == "validation.layer2_behavioral.checks.1"), "{found:#?}");
        assert!(begun.elapsed() < Duration::from_secs(45), "{:?}", begun.elapsed());
    }
}

#[test]
fn a_door_that_is_no_program_gets_a_verdict() {
    for script in
        ["\u{7f}ELF\0\0\0\u{1}", "", "#!/no/such/shell\n", "#!/bin/bash\nprintf '\\xff\\x00\\xfe'\n"]
    {
        let found = behavior(with_door(script).path()).findings;
        assert!(!found.is_empty(), "{script:?}");
    }
    let dir = clean();
    fs::remove_file(dir.path().join("cli.sh")).unwrap();
    fs::create_dir(dir.path().join("cli.sh")).unwrap();
    assert!(behavior(dir.path()).findings.is_empty(), "that it is no file is found in its files");
}

#[test]
fn a_judging_that_is_interrupted_ends_what_it_ran() {
    let dir = with_door(
        "#!/bin/bash\necho \"$$\" >>\"${0%/*}/pids\"\ntrap '' TERM INT HUP\nsleep 600 & sleep 600\n",
    );
    let mut command = Command::new(cargo_bin!("resource-postgres"));
    command.args(["contract", "validate", "--layer", "2"]).arg(dir.path());
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let pids = || fs::read_to_string(dir.path().join("pids")).unwrap_or_default();
    let begun = Instant::now();
    while !pids().ends_with('\n') {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing was run");
        std::thread::sleep(Duration::from_millis(10));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: judging was ended by SIGINT: what ran was killed\n"
    );
    assert_eq!(output.status.code(), Some(1));
    for pid in pids().lines() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        assert!(stat.is_empty() || stat.contains(") Z "), "{stat}");
    }
}
