//! Files: the contract's are there, with its permissions, and those of version 1.0 are not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use resource_postgres::contract::load::BUILT_IN;
use serde_yaml::Value;
use tempfile::TempDir;

use crate::resource;

fn section(name: &str) -> Value {
    let root: Value = serde_yaml::from_str(BUILT_IN).unwrap();
    root.get(name).unwrap().clone()
}

fn entries(map: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    let entries = map.and_then(Value::as_mapping).into_iter().flatten();
    entries.filter_map(|(name, about)| Some((name.as_str()?, about)))
}

/// The files that a part of `file_structure` asks for, and whether each must be executable.
fn asked_for(place: &str, files: &Value) -> Vec<(String, bool)> {
    let mut asked = Vec::new();
    for (name, about) in entries(Some(files)) {
        let path = format!("{place}{name}");
        let required = about.get("required_files").and_then(Value::as_sequence).into_iter().flatten();
        asked.extend(required.filter_map(Value::as_str).map(|file| (format!("{path}{file}"), false)));
        asked.extend(about.get("required_structure").iter().flat_map(|below| asked_for(&path, below)));
        if !name.ends_with('/') {
            asked.push((path, about.get("executable").and_then(Value::as_bool).unwrap_or(false)));
        }
    }
    asked
}

/// What a resource's folder lacks of what the contract asks for.
fn lacking(dir: &Path) -> Vec<String> {
    let structure = section("file_structure");
    let mut asked = asked_for("", &structure["required"]);
    // A folder of tests is optional; ours is there, and is to be whole.
    asked.extend(asked_for("test/", &structure["optional"]["test/"]["required_structure"]));
    let executable = |path: &Path| path.metadata().is_ok_and(|it| it.permissions().mode() & 0o100 != 0);
    asked
        .into_iter()
        .filter(|(path, must_run)| match must_run {
            true => !executable(&dir.join(path)),
            false => !dir.join(path).is_file(),
        })
        .map(|(path, _)| path)
        .collect()
}

#[test]
fn every_file_that_the_contract_asks_for_is_there() {
    assert_eq!(lacking(&resource("")), [""; 0]);
}

#[test]
fn a_folder_without_them_is_found_to_lack_each() {
    assert_eq!(
        lacking(TempDir::new().unwrap().path()),
        [
            "cli.sh",
            "lib/core.sh",
            "lib/test.sh",
            "config/defaults.sh",
            "config/schema.json",
            "config/runtime.json",
            "test/run-tests.sh",
            "test/phases/test-smoke.sh",
            "test/phases/test-integration.sh",
            "test/phases/test-unit.sh",
        ]
    );
}

#[test]
fn nothing_is_left_of_version_1() {
    for (name, _) in entries(section("file_structure").get("deprecated")) {
        assert!(!resource(name).exists(), "file_structure.deprecated.{name}: it is there");
    }
}

/// The scripts in a folder, by a pattern such as `lib/*.sh`.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let Some((dir, suffix)) = pattern.split_once('*') else { return vec![resource(pattern)] };
    let entries = fs::read_dir(resource(dir)).unwrap().map(|it| it.unwrap().path());
    entries.filter(|it| it.to_str().is_some_and(|it| it.ends_with(suffix))).collect()
}

/// git keeps whether the owner may execute a file; the rest of its mode is the umask of whoever cloned it.
#[test]
fn every_file_has_the_permissions_of_the_contract() {
    let permissions = section("security");
    for (pattern, mode) in entries(permissions.get("file_permissions")) {
        let wanted = u32::from_str_radix(mode.as_str().unwrap(), 8).unwrap();
        let files = matching(pattern);
        assert!(!files.is_empty(), "security.file_permissions.{pattern} matches nothing");
        for file in files {
            let found = file.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(
                format!("{:o}", found & 0o700),
                format!("{:o}", wanted & 0o700),
                "security.file_permissions.{pattern}: {} has {found:o}, not {wanted:o}",
                file.display()
            );
        }
    }
}
