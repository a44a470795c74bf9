//! Reports for programs can be read by them, whatever is in a resource.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use resource_postgres::contract::finding::{Finding, Judgment};
use resource_postgres::contract::report::Format;
use serde_json::{Value, json};

use crate::contract::resource::{clean, fill, judge, told, write};
use crate::{resource, skipped};

/// Text that is something else in one of the formats.
const HOSTILE: &str = "a \u{1b}[31m\u{0}\u{7f}\u{85}\u{9b} # SKIP \\# ]]> <&>\"' 𝄞 \u{202e}\u{2028}\u{feff}\u{fffe}\u{1fffe}\t\r\n...\n  ---\nb: 2026-11-24 | -";

/// A resource with findings of all kinds, and another that has none.
fn judgments() -> Vec<Judgment> {
    let room = tempfile::TempDir::new().unwrap();
    let name = [b"thing \xff", HOSTILE.replace(['\0', '/'], "").as_bytes()].concat();
    let dir = room.path().join(OsStr::from_bytes(&name));
    fill(&dir);
    write(&dir, "lib/core.sh", "#!/usr/bin/env bash\nmain() { echo '\u{1b}[31m ]]> 𝄞'; }\n", 0o644);
    write(&dir, "lib/a b#%\u{1b}\n𝄞.sh", "if <&>\"\n", 0o644);
    fs::write(dir.join(OsStr::from_bytes(b"lib/\xff.sh")), "if").unwrap();
    fs::remove_file(dir.join("config/schema.json")).unwrap();
    let mut found = judge(&dir);
    hostile(&mut found, HOSTILE);
    vec![found, judge(clean().path())]
}

/// Adds findings that hold a text wherever they hold any.
fn hostile(judgment: &mut Judgment, text: &str) {
    let told = |it: Finding| it.expected(text).seen(text).mend(text);
    let clause = format!("commands.{text}");
    judgment.fail(told(Finding::in_command("commands.status.exit_codes.0", &format!("cli.sh {text}"))));
    judgment.fail(told(Finding::in_file(&clause, text, Some(3))));
    judgment.fail(told(Finding::in_file(&clause, text, Some(4)).advice()));
    judgment.fail(Finding::in_file("commands.plain", "", None).advice());
    judgment.skip(&format!("file_structure.{text}"), text);
    judgment.sort();
}

/// A line of TAP.
#[derive(Debug, PartialEq)]
struct Point {
    is_ok: bool,
    name: String,
    skipped: Option<String>,
    findings: Value,
}

/// Reads TAP 14 as strictly as its specification allows.
fn read_tap(text: &str) -> Vec<Point> {
    let mut lines = text.strip_suffix('\n').unwrap().split('\n').peekable();
    assert_eq!(lines.next(), Some("TAP version 14"));
    let count: usize = lines.next().unwrap().strip_prefix("1..").unwrap().parse().unwrap();
    let mut points = Vec::new();
    while let Some(line) = lines.next() {
        let (is_ok, rest) = match line.strip_prefix("not ok ") {
            Some(rest) => (false, rest),
            None => (true, line.strip_prefix("ok ").unwrap()),
        };
        let (number, rest) = rest.split_once(" - ").unwrap();
        assert_eq!(number, (points.len() + 1).to_string());
        let (name, directive) = unescaped(rest);
        let skipped = directive.map(|it| it.strip_prefix("# SKIP ").unwrap().to_owned());
        let mut yaml = String::new();
        if lines.next_if_eq(&"  ---").is_some() {
            loop {
                match lines.next().unwrap() {
                    "  ..." => break,
                    "" => yaml.push('\n'),
                    line => yaml += &format!("{}\n", line.strip_prefix("  ").unwrap()),
                }
            }
        }
        let findings: Value = serde_yaml::from_str(&yaml).unwrap();
        points.push(Point { is_ok, name, skipped, findings });
    }
    assert_eq!(points.len(), count);
    points
}

/// A description without its backslashes, and the directive behind it.
fn unescaped(text: &str) -> (String, Option<&str>) {
    let (mut name, mut rest) = (String::new(), text.char_indices());
    while let Some((at, it)) = rest.next() {
        match it {
            '#' => return (name.trim_end().to_owned(), text.get(at..)),
            '\\' => {
                let (_, escaped) = rest.next().unwrap();
                assert!(matches!(escaped, '\\' | '#'), "{text:?}");
                name.push(escaped);
            }
            it => name.push(it),
        }
    }
    (name, None)
}

/// What TAP should say of judgments: each outcome, and each finding as JSON has it.
fn expected_points(judgments: &[Judgment]) -> Vec<(bool, bool, Value)> {
    let json: Value = serde_json::from_str(&told(judgments, Format::Json)).unwrap();
    let of = |judgment: &Value| {
        let findings = judgment["findings"].as_array().unwrap().clone();
        let outcomes = judgment["outcomes"].as_object().unwrap().clone();
        outcomes.into_iter().map(move |(clause, outcome)| {
            let about: Vec<&Value> = findings.iter().filter(|it| it["clause"] == clause.as_str()).collect();
            let findings = if about.is_empty() { Value::Null } else { json!({"findings": about}) };
            (outcome != "failed", outcome.is_object(), findings)
        })
    };
    json["resources"].as_array().unwrap().iter().flat_map(of).collect()
}

fn assert_is_tap(judgments: &[Judgment]) {
    let text = told(judgments, Format::Tap);
    let points = read_tap(&text);
    let told: Vec<(bool, bool, Value)> =
        points.into_iter().map(|it| (it.is_ok, it.skipped.is_some(), it.findings)).collect();
    assert_eq!(told, expected_points(judgments));
}

#[test]
fn tap_is_read_by_a_strict_reader_and_says_what_json_says() {
    assert_is_tap(&judgments());
}

#[test]
fn nothing_that_a_resource_holds_reaches_a_terminal_as_more_than_text() {
    for format in [Format::Text, Format::Tap, Format::Junit, Format::Json, Format::Sarif] {
        let text = told(&judgments(), format);
        let is_hidden = |it: &char| match format {
            Format::Text | Format::Junit => *it != '\n' && it.is_control() || *it == '\u{202e}',
            Format::Tap => *it != '\n' && it.is_control(),
            // JSON may hold what is no ASCII as it is.
            Format::Json | Format::Sarif => *it != '\n' && *it < ' ',
        };
        assert_eq!(text.chars().find(is_hidden), None, "{format:?}");
    }
}

/// What a JSON schema, which is in a file, has against a value.
fn against(schema: &Path, value: &Value) -> Option<String> {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.enable_format_assertions();
    let schema = compiler.compile(schema.to_str().unwrap(), &mut schemas).unwrap();
    schemas.validate(value, schema).err().map(|it| format!("{it:#}"))
}

/// A schema that others have made, where it has been fetched.
fn fetched(name: &str) -> Option<PathBuf> {
    let dir = env::var_os("RESOURCE_POSTGRES_TEST_SCHEMAS");
    match dir {
        Some(dir) => Some(Path::new(&dir).join(name)),
        None => {
            skipped("RESOURCE_POSTGRES_TEST_SCHEMAS is not set: test/fixtures/schemas/fetch.sh fetches them")
        }
    }
}

/// What an XML schema, which is in a file, has against a document; none where nobody can say.
fn against_xml(schema: &Path, document: &str) -> Option<Result<(), String>> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), document).unwrap();
    let arguments = ["--nonet", "--noout", "--schema"];
    match Command::new("xmllint").args(arguments).arg(schema).arg(file.path()).output() {
        Ok(it) if it.status.success() => Some(Ok(())),
        Ok(it) => Some(Err(String::from_utf8_lossy(&it.stderr).into_owned())),
        Err(err) => skipped(&format!("no xmllint: {err}")),
    }
}

#[test]
fn json_is_valid_by_the_schema_that_is_given_away_with_it() {
    let schema = resource("contract/report.schema.json");
    let mut report: Value = serde_json::from_str(&told(&judgments(), Format::Json)).unwrap();
    assert_eq!(against(&schema, &report), None);
    report["resources"][0]["findings"][0]["line"] = json!(0);
    assert!(against(&schema, &report).is_some());
}

#[test]
fn sarif_is_valid_by_its_own_schema() {
    let Some(schema) = fetched("sarif-2.1.0.json") else { return };
    let mut report: Value = serde_json::from_str(&told(&judgments(), Format::Sarif)).unwrap();
    assert_eq!(against(&schema, &report), None);
    report["runs"][0]["results"][0]["level"] = json!("fatal");
    assert!(against(&schema, &report).is_some());
}

#[test]
fn junit_is_valid_by_the_schema_of_jenkins() {
    let Some(schema) = fetched("junit-10.xsd") else { return };
    let report = told(&judgments(), Format::Junit);
    let Some(lint) = against_xml(&schema, &report) else { return };
    assert_eq!(lint, Ok(()));
    let other = report.replace("<failure ", "<failed ").replace("</failure>", "</failed>");
    assert!(against_xml(&schema, &other).unwrap().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_text_leaves_tap_as_it_should_be(text in "(?s)[\\PC\\x00-\\x1f#\\\\|>: -]{0,40}") {
        let mut judgment = Judgment::new("thing", "thing");
        hostile(&mut judgment, &text);
        assert_is_tap(&[judgment]);
    }
}
