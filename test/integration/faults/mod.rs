//! Faults: what the world does to servers, files and commands, and what must come of it. One file per group.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Answer;

mod config;
mod crowd;
pub mod data;
mod disk_full;
pub mod killed;
pub mod places;
mod port_taken;
mod races;
mod refused;
mod refusing;
pub mod secrets;

/// The error and the hint of a command that failed with one line of each.
#[track_caller]
pub fn complaint(answer: Answer) -> (String, String) {
    let answer = answer.failed();
    let lines: Vec<&str> = answer.stderr.lines().collect();
    let [error, hint] = lines.as_slice() else { panic!("not one line and a hint: {answer}") };
    let words = |line: &str, before: &str| line.strip_prefix(before).map(str::to_owned);
    words(error, "error: ").zip(words(hint, "hint: ")).unwrap_or_else(|| panic!("{answer}"))
}

/// Every file below a folder with what is in it.
pub fn files_below(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for path in fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()) {
            if path.is_dir() {
                dirs.push(path);
            } else if path.is_file() {
                let bytes = fs::read(&path).unwrap();
                found.insert(path, bytes);
            }
        }
    }
    found
}
