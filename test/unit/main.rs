//! Unit: is each part right by itself? Nothing here starts a server.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop where it stands"
)]

mod capabilities;
mod clauses;
mod command_line;
mod contract;
mod delegation;
mod documents;
mod door;
mod doorways;
mod exit_codes;
mod floors;
mod limits;
#[path = "../support/living.rs"]
mod living;
mod output;
mod room;
mod script;
mod settings;

use std::fs;
use std::path::{Path, PathBuf};

use resource_postgres::contract::load::{BUILT_IN, Contract};
use serde_yaml::Value;

/// What is done to a contract to see whether a comparison notices.
#[derive(Clone, Copy, Debug)]
enum Edit {
    /// The entry is taken out.
    Drop,
    /// The entry is made, or replaced by this YAML.
    Set(&'static str),
}

/// A file or folder of this resource.
fn resource(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Says why a test cannot run here, which CI has to let it.
#[expect(clippy::print_stdout, reason = "it is said why a test was skipped")]
fn skipped<T>(why: &str) -> Option<T> {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    println!("skipped: {why}");
    None
}

/// A JSON file of this resource.
fn read_json(path: &str) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(resource(path)).unwrap()).unwrap()
}

/// A JSON value as an environment variable would hold it.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The contract as this program keeps it.
fn contract() -> Contract {
    Contract::parse(BUILT_IN).unwrap()
}

/// The contract with one clause changed, such as `commands.manage.start.flags.--timeout.default`.
fn edited_contract(clause: &str, edit: Edit) -> Contract {
    let mut root: Value = serde_yaml::from_str(BUILT_IN).unwrap();
    // A clause's name leaves out what every subcommand's has.
    let grouped = |path: String, group| {
        path.replacen(&format!("commands.{group}."), &format!("commands.{group}.subcommands."), 1)
    };
    let path = ["manage", "test", "content"].into_iter().fold(clause.to_owned(), grouped);
    let (above, key) = path.rsplit_once('.').unwrap();
    let above = above.split('.').fold(&mut root, |at, key| at.get_mut(numbered(key)).unwrap());
    let above = above.as_mapping_mut().unwrap();
    match edit {
        Edit::Drop => drop(above.remove(numbered(key)).unwrap()),
        Edit::Set(yaml) => drop(above.insert(numbered(key), serde_yaml::from_str(yaml).unwrap())),
    }
    Contract::parse(&serde_yaml::to_string(&root).unwrap()).unwrap()
}

/// What a comparison found after a change that it had not found before, so that each defect fails one test alone.
fn newly<T: PartialEq>(found: Vec<T>, before: &[T]) -> Vec<T> {
    found.into_iter().filter(|it| !before.contains(it)).collect()
}

/// Exit codes are numbers in the file, every other key is text.
fn numbered(key: &str) -> Value {
    key.parse::<u8>().map_or_else(|_| key.into(), Value::from)
}
