//! What `contract validate` shows on a terminal, and nowhere else.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::contract::resource::{clean, write};
use crate::skipped;

/// The variables of a usual terminal.
const XTERM: &[(&str, &str)] = &[("TERM", "xterm")];

/// Clean but for an error and a piece of advice.
fn broken() -> tempfile::TempDir {
    let dir = clean();
    write(dir.path(), "lib/core.sh", "#!/usr/bin/env bash\nmain() { :; }\n", 0o644);
    write(dir.path(), "lib/test.sh", "if\n", 0o644);
    dir
}

/// What judging a resource writes to a real terminal, standard output and error together; none where none can be had.
fn on_terminal(dir: &Path, args: &str, variables: &[(&str, &str)]) -> Option<String> {
    let program = assert_cmd::cargo::cargo_bin!("resource-postgres");
    let line = format!("'{}' contract validate '{}' {args}", program.display(), dir.display());
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &line, "/dev/null"]).stdin(Stdio::null());
    match script.env_clear().env("PATH", "/usr/bin:/bin").envs(variables.iter().copied()).output() {
        Ok(it) => Some(String::from_utf8(it.stdout).unwrap().replace("\r\n", "\n")),
        Err(err) => skipped(&format!("no script, which makes terminals: {err}")),
    }
}

/// The same with standard output and error as pipes.
fn in_pipes(dir: &Path, args: &[&str]) -> String {
    let program = assert_cmd::cargo::cargo_bin!("resource-postgres");
    let mut command = Command::new(program);
    command.args(["contract", "validate"]).arg(dir).args(args).env_clear().envs(XTERM.iter().copied());
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    String::from_utf8(output.stdout).unwrap()
}

/// What a terminal shows in the end: what is written after a carriage return takes the place of what was there.
fn seen(shown: &str) -> String {
    let codes = ["31", "33", "32", "1", "0"].map(|it| format!("\u{1b}[{it}m"));
    let plain = codes.iter().fold(shown.to_owned(), |text, code| text.replace(code, ""));
    let over = |under: String, it: &str| {
        it.chars().chain(under.chars().skip(it.chars().count())).collect::<String>()
    };
    plain.lines().map(|line| format!("{}\n", line.split('\r').fold(String::new(), over).trim_end())).collect()
}

#[test]
fn a_terminal_shows_colors_and_the_same_words() {
    let dir = broken();
    let Some(shown) = on_terminal(dir.path(), "", XTERM) else { return };
    for text in [
        "  \u{1b}[31merror\u{1b}[0m \u{1b}[1mvalidation.layer1_syntax.checks.2\u{1b}[0m\n",
        "  \u{1b}[33mwarning\u{1b}[0m \u{1b}[1mdeprecated_patterns.functions.main()\u{1b}[0m\n",
        "  \u{1b}[31mfailed\u{1b}[0m   1       1  ",
    ] {
        assert!(shown.contains(text), "{shown:?}");
    }
    assert_eq!(seen(&shown), in_pipes(dir.path(), &[]));
    let shown = on_terminal(clean().path(), "", XTERM).unwrap();
    assert!(shown.contains("\u{1b}[32mnothing found\u{1b}[0m\n"), "{shown:?}");
    assert!(shown.contains("  \u{1b}[32mpassed\u{1b}[0m   0       0  "), "{shown:?}");
}

#[test]
fn nothing_else_shows_colors() {
    let dir = broken();
    let file = dir.path().join("report.txt");
    let to_file = format!("--report '{}'", file.display());
    for (args, variables) in [
        ("", &[("TERM", "xterm"), ("NO_COLOR", "1")][..]),
        ("", &[("TERM", "dumb")]),
        ("", &[]),
        ("--format tap", XTERM),
        (&to_file, XTERM),
    ] {
        let Some(shown) = on_terminal(dir.path(), args, variables) else { return };
        assert!(!shown.contains('\u{1b}'), "{args} {variables:?}: {shown:?}");
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), in_pipes(dir.path(), &[]));
}

#[test]
fn strict_makes_errors_of_advice_in_every_format() {
    let dir = clean();
    write(dir.path(), "lib/core.sh", "#!/usr/bin/env bash\nmain() { :; }\n", 0o644);
    for (format, advised, insisted) in [
        ("text", "  passed   0       1   ", "  failed   1       0   "),
        ("json", "\"severity\":\"warning\"", "\"severity\":\"error\""),
        ("junit", " failures=\"0\"", " failures=\"1\""),
        ("sarif", "\"level\":\"warning\"", "\"level\":\"error\""),
        ("tap", "\n  - clause: deprecated_patterns.functions.main()\n    severity: warning", "\nnot ok "),
    ] {
        let text = in_pipes(dir.path(), &["--format", format]);
        assert!(text.contains(advised), "{format}: {text}");
        let text = in_pipes(dir.path(), &["--format", format, "--strict"]);
        assert!(text.contains(insisted), "{format}: {text}");
    }
}

#[test]
fn what_takes_long_is_shown_on_a_terminal_until_it_is_over_and_nowhere_else() {
    let dir = broken();
    // Of so many commands even a fast machine reads for longer than the line waits.
    write(dir.path(), "lib/long.sh", &":\n".repeat(700_000), 0o644);
    let Some(shown) = on_terminal(dir.path(), "", XTERM) else { return };
    let name = dir.path().file_name().unwrap().to_str().unwrap();
    let line = format!("\r[----------] resource 1 of 1: {name}, 1 s");
    assert!(shown.starts_with(&line), "{:?}", shown.get(..200));
    assert_eq!(seen(&shown), in_pipes(dir.path(), &[]));
}
