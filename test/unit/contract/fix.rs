//! `contract validate --fix` mends what is safe to mend, shows it first, and nothing else.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

use crate::contract::resource::{clean, judge, write};

/// Code, and what was written on both streams, with the resource's directory as `thing`.
struct Told {
    code: i32,
    stdout: String,
    stderr: String,
}

fn fix(dir: &Path, flags: &[&str]) -> Told {
    let mut command = Command::new(cargo_bin!("resource-postgres"));
    told(dir, command.args(["contract", "validate", "--fix"]).args(flags).arg(dir))
}

fn told(dir: &Path, command: &mut Command) -> Told {
    let output = command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", dir).output().unwrap();
    let (path, name) = (dir.display().to_string(), dir.file_name().unwrap().to_str().unwrap());
    let text = |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace(&path[1..], "thing").replace(name, "thing")
    };
    Told { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn remove(dir: &Path, path: &str) {
    match path.ends_with('/') {
        true => fs::remove_dir_all(dir.join(path)).unwrap(),
        false => fs::remove_file(dir.join(path)).unwrap(),
    }
}

fn set_mode(dir: &Path, path: &str, mode: u32) {
    fs::set_permissions(dir.join(path), fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(dir: &Path, path: &str) -> u32 {
    fs::metadata(dir.join(path)).unwrap().permissions().mode() & 0o777
}

/// All files and folders with their permissions and bytes.
fn all(dir: &Path) -> Vec<(String, u32, Vec<u8>)> {
    let output = Command::new("find").arg(dir).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut paths: Vec<&str> = text.lines().collect();
    paths.sort_unstable();
    let file = |it: &&str| (it.to_string(), mode(Path::new("/"), it), fs::read(it).unwrap_or_default());
    paths.iter().map(file).collect()
}

#[test]
fn what_lacks_a_file_or_a_permission_is_clean_afterwards() {
    let breaks: [(&str, Option<u32>); 19] = [
        ("cli.sh", Some(0o644)),
        ("cli.sh", Some(0o775)),
        ("lib/core.sh", Some(0o666)),
        ("lib/test.sh", Some(0o755)),
        ("config/defaults.sh", Some(0o755)),
        ("test/run-tests.sh", Some(0o644)),
        ("test/run-tests.sh", Some(0o600)),
        ("lib/", None),
        ("lib/core.sh", None),
        ("lib/test.sh", None),
        ("config/", None),
        ("config/defaults.sh", None),
        ("config/schema.json", None),
        ("config/runtime.json", None),
        ("test/run-tests.sh", None),
        ("test/phases/", None),
        ("test/phases/test-smoke.sh", None),
        ("test/phases/test-integration.sh", None),
        ("test/phases/test-unit.sh", None),
    ];
    for (path, mode) in breaks {
        let dir = clean();
        match mode {
            Some(mode) => set_mode(dir.path(), path, mode),
            None => remove(dir.path(), path),
        }
        assert!(!judge(dir.path()).findings.is_empty(), "{path} {mode:?} breaks nothing");
        let told = fix(dir.path(), &["--strict"]);
        assert_eq!(judge(dir.path()).findings, [], "{path} {mode:?}: {}", told.stdout);
        assert_eq!((told.code, told.stderr.as_str()), (0, ""), "{path}");
        let before = all(dir.path());
        let again = fix(dir.path(), &["--strict"]);
        assert_eq!((again.code, again.stdout.contains("diff ")), (0, false), "{}", again.stdout);
        assert_eq!(all(dir.path()), before, "{path}");
    }
}

#[test]
fn a_diff_says_what_is_done() {
    let dir = clean();
    set_mode(dir.path(), "cli.sh", 0o644);
    for path in ["config/runtime.json", "config/schema.json", "test/phases/test-unit.sh", "lib/"] {
        remove(dir.path(), path);
    }
    let told = fix(dir.path(), &[]);
    let (diff, _) = told.stdout.split_once("RESOURCE ").unwrap();
    insta::assert_snapshot!(format!("{diff}--- stderr\n{}[exit {}]", told.stderr, told.code), @r#"
    diff --git a/thing/cli.sh b/thing/cli.sh
    old mode 100644
    new mode 100755
    diff --git a/thing/config/runtime.json b/thing/config/runtime.json
    new file mode 100644
    --- /dev/null
    +++ b/thing/config/runtime.json
    @@ -0,0 +1,9 @@
    +{
    +  "$comment": "stub: `contract validate --fix` wrote this, and what it is for has yet to be written",
    +  "dependencies": [],
    +  "priority": "medium",
    +  "recovery_attempts": 3,
    +  "startup_order": 500,
    +  "startup_time_estimate": "15-60s",
    +  "startup_timeout": 60
    +}
    diff --git a/thing/config/schema.json b/thing/config/schema.json
    new file mode 100644
    --- /dev/null
    +++ b/thing/config/schema.json
    @@ -0,0 +1,4 @@
    +{
    +  "$comment": "stub: `contract validate --fix` wrote this, and what it is for has yet to be written",
    +  "type": "object"
    +}
    new folder thing/lib/
    diff --git a/thing/lib/core.sh b/thing/lib/core.sh
    new file mode 100644
    --- /dev/null
    +++ b/thing/lib/core.sh
    @@ -0,0 +1,2 @@
    +#!/usr/bin/env bash
    +# stub: `contract validate --fix` wrote this, and what it is for has yet to be written
    diff --git a/thing/lib/test.sh b/thing/lib/test.sh
    new file mode 100644
    --- /dev/null
    +++ b/thing/lib/test.sh
    @@ -0,0 +1,2 @@
    +#!/usr/bin/env bash
    +# stub: `contract validate --fix` wrote this, and what it is for has yet to be written
    diff --git a/thing/test/phases/test-unit.sh b/thing/test/phases/test-unit.sh
    new file mode 100755
    --- /dev/null
    +++ b/thing/test/phases/test-unit.sh
    @@ -0,0 +1,4 @@
    +#!/usr/bin/env bash
    +# stub: `contract validate --fix` wrote this, and what it is for has yet to be written
    +printf 'error: %s is a stub\n' "$0" >&2
    +exit 1

    thing (/thing)
      nothing found
      12 skipped: the resource does not have it
      3 skipped: the framework's own function handles it, or one that is not known

    --- stderr
    [exit 0]
    "#);
}

#[test]
fn what_cannot_be_guessed_stays_a_finding() {
    let dir = clean();
    remove(dir.path(), "cli.sh");
    write(dir.path(), "config/runtime.json", "{", 0o644);
    remove(dir.path(), "lib/");
    fs::write(dir.path().join("lib"), "a file").unwrap();
    let before = all(dir.path());
    let told = fix(dir.path(), &[]);
    assert_eq!(
        (told.code, told.stdout.contains("diff "), told.stderr.as_str()),
        (1, false, ""),
        "{}",
        told.stdout
    );
    assert_eq!(all(dir.path()), before);
}

#[test]
fn no_link_is_followed() {
    let (dir, outside) = (clean(), TempDir::new().unwrap());
    remove(dir.path(), "lib/");
    symlink(outside.path(), dir.path().join("lib")).unwrap();
    let door = outside.path().join("door.sh");
    fs::rename(dir.path().join("cli.sh"), &door).unwrap();
    set_mode(outside.path(), "door.sh", 0o644);
    symlink(&door, dir.path().join("cli.sh")).unwrap();
    let before = all(outside.path());
    let told = fix(dir.path(), &[]);
    insta::assert_snapshot!(told.stderr, @"
    not mended: /thing/cli.sh: its path may lead elsewhere
    not mended: /thing/lib/core.sh: its path may lead elsewhere
    not mended: /thing/lib/test.sh: its path may lead elsewhere
    ");
    assert_eq!((told.code, told.stdout.contains("diff ")), (1, false), "{}", told.stdout);
    assert_eq!(all(outside.path()), before);
    for clause in ["security.file_permissions.cli.sh", "file_structure.required.lib/.core.sh"] {
        assert!(told.stdout.contains(clause), "{}", told.stdout);
    }
}

#[test]
fn what_cannot_be_written_is_said_and_the_rest_is_mended() {
    let dir = clean();
    remove(dir.path(), "lib/core.sh");
    set_mode(dir.path(), "cli.sh", 0o644);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" contract validate --fix \"$1\""]);
    let told = told(dir.path(), command.arg(cargo_bin!("resource-postgres")).arg(dir.path()));
    let wanted = "not mended: /thing/lib/core.sh: File too large (os error 27)\n";
    assert_eq!((told.code, told.stderr.as_str()), (1, wanted));
    assert!(!dir.path().join("lib/core.sh").exists(), "half of a file is left");
    assert_eq!(mode(dir.path(), "cli.sh"), 0o755);
    let clauses: Vec<String> = judge(dir.path()).findings.into_iter().map(|it| it.clause).collect();
    assert_eq!(clauses, ["file_structure.required.lib/.core.sh"]);
}

#[test]
fn a_report_for_programs_has_stdout_to_itself() {
    for format in ["json", "junit", "sarif", "tap"] {
        let dir = clean();
        set_mode(dir.path(), "cli.sh", 0o644);
        let told = fix(dir.path(), &["--format", format]);
        assert!(!told.stdout.contains("old mode"), "{format}: {}", told.stdout);
        let wanted = "diff --git a/thing/cli.sh b/thing/cli.sh\nold mode 100644\nnew mode 100755\n";
        assert_eq!((told.code, told.stderr.as_str()), (0, wanted), "{format}");
    }
}

#[test]
fn only_the_clauses_that_are_asked_for_are_mended() {
    let dir = clean();
    remove(dir.path(), "lib/core.sh");
    set_mode(dir.path(), "cli.sh", 0o644);
    assert_eq!(fix(dir.path(), &["--section", "security"]).code, 0);
    assert_eq!((mode(dir.path(), "cli.sh"), dir.path().join("lib/core.sh").exists()), (0o755, false));
}

#[test]
fn nothing_is_mended_by_a_command_that_is_refused() {
    let dir = clean();
    set_mode(dir.path(), "cli.sh", 0o644);
    for flags in [["--layer", "3"], ["--clause", "nonsense"], ["--sample", "/nowhere"]] {
        let told = fix(dir.path(), &flags);
        assert_eq!((told.code, told.stdout.as_str()), (1, ""), "{flags:?}: {}", told.stderr);
        assert_eq!(mode(dir.path(), "cli.sh"), 0o644, "{flags:?}");
    }
}
