//! The files below a folder, to see later which have come.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// How deep folders are looked into.
const DEPTH: usize = 16;
/// How many files are remembered.
const FILES: usize = 100_000;

/// All files below a folder that hold something, links not followed; folders of these names are passed over.
pub fn files(folder: &Path, passed_over: &[&str]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    walk(folder, passed_over, 0, &mut found);
    found
}

fn walk(folder: &Path, passed_over: &[&str], depth: usize, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.path().symlink_metadata() else { continue };
        let is_passed_over = entry.file_name().to_str().is_some_and(|it| passed_over.contains(&it));
        if about.is_dir() {
            if depth < DEPTH && !is_passed_over {
                walk(&entry.path(), passed_over, depth + 1, found);
            }
        } else if found.len() < FILES && (!about.is_file() || about.len() > 0) {
            found.insert(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_hold_something_are_found_and_links_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/b")).unwrap();
        fs::create_dir_all(dir.path().join("target")).unwrap();
        for (name, text) in [("a/b/one", "1"), ("a/empty", ""), ("target/two", "2")] {
            fs::write(dir.path().join(name), text).unwrap();
        }
        std::os::unix::fs::symlink("..", dir.path().join("a/up")).unwrap();
        let found = files(dir.path(), &["target"]);
        assert_eq!(found, BTreeSet::from([dir.path().join("a/b/one"), dir.path().join("a/up")]));
    }
}
