//! The documents name tests as evidence: each of them exists.

use std::fs;
use std::path::Path;

use crate::resource;

/// Names of functions in all Rust files below a folder.
fn functions_below(dir: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            functions_below(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(path).unwrap();
            let name = |line: &str| Some(line.trim().strip_prefix("fn ")?.split('(').next()?.to_owned());
            found.extend(text.lines().filter_map(name));
        }
    }
}

/// The words in backquotes that look like a test's name: a sentence of at least four words.
fn tests_named_in(text: &str) -> Vec<&str> {
    let is_name = |it: &&str| it.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    text.split('`').skip(1).step_by(2).filter(is_name).filter(|it| it.matches('_').count() >= 3).collect()
}

#[test]
fn every_test_that_a_document_names_exists() {
    let mut functions = Vec::new();
    functions_below(&resource("src"), &mut functions);
    functions_below(&resource("test"), &mut functions);
    for document in ["PRD.md", "docs/ARCHITECTURE.md"] {
        let text = fs::read_to_string(resource(document)).unwrap();
        let named = tests_named_in(&text);
        assert!(named.len() > 10, "{document} names {named:?}");
        let missing: Vec<&&str> =
            named.iter().filter(|it| !functions.iter().any(|name| name == **it)).collect();
        assert!(missing.is_empty(), "{document} names tests that do not exist: {missing:?}");
    }
}

#[test]
fn a_test_that_does_not_exist_would_be_noticed() {
    assert_eq!(tests_named_in("| x | `not_a_real_test`, `src/a.rs`, `data_dir` |"), ["not_a_real_test"]);
}
