//! Shell doorways: every script can be parsed, and shellcheck has nothing to say of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::resource;

/// Every script below a folder. Builds, instances, and fixtures, which are wrong on purpose, are not looked into.
fn scripts(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let skipped = name.starts_with('.') || ["target", "instances", "fixtures"].contains(&name);
        match path.is_dir() {
            true if skipped || path.join("CACHEDIR.TAG").exists() => {}
            true => found.extend(scripts(&path)),
            false => found.extend(Some(path).filter(|it| it.extension().is_some_and(|it| it == "sh"))),
        }
    }
    found
}

/// What bash cannot parse in a script.
fn unparsed(script: &Path) -> Option<String> {
    let output = Command::new("bash").arg("-n").arg(script).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success() || !said.is_empty()).then_some(said)
}

fn all() -> Vec<PathBuf> {
    let mut all = scripts(&resource(""));
    all.push(resource(".ci/run"));
    all
}

#[test]
fn every_script_can_be_parsed() {
    assert!(all().len() > 10, "{:?}", all());
    let said: Vec<String> = all().iter().filter_map(|it| unparsed(it)).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn a_script_that_cannot_be_parsed_is_named_with_its_line() {
    let dir = TempDir::new().unwrap();
    let script = dir.path().join("broken.sh");
    fs::write(&script, "#!/usr/bin/env bash\nif true; then\n").unwrap();
    assert_eq!(scripts(dir.path()), std::slice::from_ref(&script));
    let said = unparsed(&script).unwrap();
    assert!(said.contains("broken.sh: line 3"), "{said}");
}

#[test]
#[expect(clippy::print_stdout, reason = "a test that cannot run here says so")]
fn shellcheck_has_nothing_to_say() {
    let mut shellcheck = Command::new("shellcheck");
    let Ok(output) = shellcheck.arg("--external-sources").args(all()).current_dir(resource("")).output()
    else {
        assert!(std::env::var_os("CI").is_none(), "CI has to have a shellcheck");
        println!("skipped: no shellcheck");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
