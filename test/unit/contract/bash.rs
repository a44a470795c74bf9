//! What is said of a script's syntax is what bash says: `bash -n` is asked each time.
//!
//! bash 5.2 ends with 0 after some errors in `[[`, of which it has told; those count as errors. Warnings do not.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use resource_postgres::shell::parse;

use crate::resource;

/// What is put into scripts to break them, or not.
const TOKENS: [&str; 36] = [
    "if", "then", "fi", "do", "done", "esac", "case", "in", "{", "}", "(", ")", "((", "))", "[[", "]]", "\"",
    "'", "`", "$(", "${", "$((", ";", ";;", "&", "&&", "|", "||", "<", ">", "<<X", "#", "\\", "\n", "=(",
    "!",
];

/// Whether bash can read a script; none where there is no bash.
fn bash_reads(text: &[u8], file: &Path) -> Option<bool> {
    fs::write(file, text).unwrap();
    let output = Command::new("bash").arg("-n").arg(file).env_clear().stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    Some(output.status.success() && said.lines().all(|it| it.contains("warning:")))
}

/// The scripts on which we and bash differ.
#[expect(clippy::print_stdout, reason = "it is said why a test was skipped")]
fn differing(scripts: &[(String, Vec<u8>)]) -> Option<Vec<String>> {
    let dir = tempfile::TempDir::new().unwrap();
    let file = dir.path().join("script.sh");
    let mut differing = Vec::new();
    for (name, text) in scripts {
        let Some(bashs) = bash_reads(text, &file) else {
            println!("skipped: no bash");
            return None;
        };
        let ours = parse(text);
        if ours.is_ok() != bashs {
            differing.push(format!("{name}: bash {bashs}, ours {ours:?}", ours = ours.map(drop)));
        }
    }
    Some(differing)
}

/// Shell scripts below a folder.
fn scripts_below(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type().is_ok_and(|it| it.is_dir()) {
            true => scripts_below(&path, found),
            false => found.extend(Some(path).filter(|it| it.extension().is_some_and(|it| it == "sh"))),
        }
    }
}

/// The scripts of this machine, and of this project.
fn scripts() -> Vec<(String, Vec<u8>)> {
    let mut paths = Vec::new();
    for dir in ["/usr/share", "/usr/lib", "/etc", "/usr/local"] {
        scripts_below(Path::new(dir), &mut paths);
    }
    for dir in ["lib", "config", "test"] {
        scripts_below(&resource(dir), &mut paths);
    }
    paths.sort();
    let read = |it: PathBuf| Some((it.display().to_string(), fs::read(it).ok()?));
    paths.into_iter().filter_map(read).collect()
}

#[test]
fn every_shell_script_of_this_machine_is_judged_as_bash_does() {
    let scripts = scripts();
    assert!(scripts.len() > 10, "{}", scripts.len());
    if let Some(differing) = differing(&scripts) {
        assert!(differing.is_empty(), "{} of {}:\n{}", differing.len(), scripts.len(), differing.join("\n"));
    }
}

#[test]
fn every_construct_is_judged_as_bash_does() {
    let cases = fs::read_to_string(resource("test/fixtures/shell/cases.txt")).unwrap();
    let scripts: Vec<(String, Vec<u8>)> =
        cases.lines().map(|it| (it.to_owned(), it.replace('¬', "\n").into_bytes())).collect();
    assert!(scripts.len() > 700);
    if let Some(differing) = differing(&scripts) {
        assert!(differing.is_empty(), "{}", differing.join("\n"));
    }
}

#[test]
fn scripts_that_are_broken_at_random_are_judged_as_bash_does() {
    let mut random = StdRng::seed_from_u64(20_261_124);
    let all: Vec<(String, Vec<u8>)> = scripts().into_iter().filter(|(_, it)| it.len() < 6000).collect();
    let mut broken = Vec::new();
    for number in 0..600 {
        let Some((name, text)) = all.choose(&mut random) else { return };
        let mut text = text.clone();
        let at = random.random_range(0..=text.len());
        match random.random_range(0..4) {
            0 => text.truncate(at),
            1 => drop(text.drain(at..(at + 1).min(text.len()))),
            _ => {
                let token = TOKENS.choose(&mut random).unwrap();
                text.splice(at..at, token.bytes());
            }
        }
        broken.push((format!("{number}: {name}, changed at {at}"), text));
    }
    if let Some(differing) = differing(&broken) {
        let mut out = std::io::stderr().lock();
        differing.iter().for_each(|it| writeln!(out, "{it}").unwrap());
        assert!(differing.is_empty());
    }
}
