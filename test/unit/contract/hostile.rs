//! Resources that nobody would write by accident: there is a verdict every time.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::contract::resource::{clean, judge, write};

#[test]
fn an_empty_directory_breaks_what_is_required_and_nothing_else() {
    let dir = tempfile::TempDir::new().unwrap();
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
    let found = judge(dir.path()).findings;
    assert!(found.is_empty(), "{found:#?}");
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
