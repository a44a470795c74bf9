//! Output holds what the contract says it must, and what is meant for programs can be read by them.

use std::path::Path;

use assert_cmd::assert::Assert;
use clap::CommandFactory;
use predicates::prelude::*;
use predicates::str::{contains, is_empty, is_match};
use resource_postgres::cli::Cli;
use serde_json::Value;
use tempfile::TempDir;

use crate::{contract, resource};

/// The program in a folder without instances; of the environment it sees that alone.
fn run_in(dir: &Path, args: &[&str]) -> Assert {
    let program = assert_cmd::cargo::cargo_bin!("resource-postgres");
    let mut command = assert_cmd::Command::new(program);
    command.env_clear().env("POSTGRES_INSTANCES_DIR", dir.join("instances")).args(args).assert()
}

fn run(args: &[&str]) -> Assert {
    run_in(TempDir::new().unwrap().path(), args)
}

fn stdout(answer: &Assert) -> String {
    String::from_utf8(answer.get_output().stdout.clone()).unwrap()
}

/// What the contract says that a command's output must hold.
fn must_include(command: &str) -> Vec<String> {
    contract().commands.get(command).unwrap().output.clone().unwrap().must_include
}

#[test]
fn help_has_every_heading_of_the_contract_and_names_every_command() {
    let help = run(&["help"]).success().stderr(is_empty());
    for heading in must_include("help") {
        let whole_line = is_match(format!("(?mi)^{heading}:$")).unwrap();
        assert!(whole_line.eval(&stdout(&help)), "commands.help.output.must_include: {heading}");
    }
    for (name, _) in contract().leaves() {
        assert!(contains(format!("\n  {name} ")).eval(&stdout(&help)), "commands.{name} is not in the help");
    }
}

#[test]
fn every_command_answers_help_of_its_own() {
    let mut root = Cli::command();
    root.build();
    for command in root.get_subcommands() {
        run(&[command.get_name(), "--help"]).success().stdout(contains("Usage:")).stderr(is_empty());
        for sub in command.get_subcommands().filter(|it| it.get_name() != "help") {
            let answer = run(&[command.get_name(), sub.get_name(), "--help"]).success();
            answer.stdout(contains("Usage:")).stderr(is_empty());
        }
    }
}

#[test]
fn info_tells_every_fact_of_the_contract_as_text_and_as_json() {
    let text = run(&["info"]).success().stderr(is_empty());
    let json = run(&["info", "--json"]).success().stderr(is_empty());
    let json: Value = serde_json::from_str(&stdout(&json)).unwrap();
    for key in must_include("info") {
        let clause = format!("commands.info.output.must_include: {key}");
        assert!(is_match(format!("(?m)^{key}: .")).unwrap().eval(&stdout(&text)), "{clause}");
        assert!(json.get(&key).is_some_and(|it| !it.is_null()), "{clause}");
    }
    let file = std::fs::read_to_string(resource("config/runtime.json")).unwrap();
    assert_eq!(json, serde_json::from_str::<Value>(&file).unwrap());
}

/// What the contract asks of `status`, in its words, and how ours answers it.
const STATUS: &[(&str, &str)] = &[
    ("Whether the service is running or stopped", "(?m)^. Running: (Yes|No)$"),
    ("Whether it is healthy", "(?m)^. Healthy: (Yes|No)$"),
    (
        "The port or endpoint to reach it at",
        r"(?m)^Port: 5433 .*\nEndpoint: postgresql://localhost:5433/vrooli$",
    ),
];

#[test]
fn status_tells_whether_it_runs_whether_it_is_healthy_and_where() {
    let asked: Vec<&str> = STATUS.iter().map(|(asked, _)| *asked).collect();
    assert_eq!(must_include("status"), asked, "commands.status.output.must_include");
    let status = run(&["status"]).code(2);
    for (asked, answer) in STATUS {
        let clause = format!("commands.status.output.must_include: {asked}\n{}", stdout(&status));
        assert!(is_match(*answer).unwrap().eval(&stdout(&status)), "{clause}");
    }
}

/// Callers of upstream's `status` rely on this order.
const STATUS_KEYS: &str = "name category description installed running healthy health_message total_instances \
    running_instances healthy_instances port database user connection_string image max_instances \
    port_range_start port_range_end";

#[test]
fn status_as_json_opens_with_upstreams_keys_in_upstreams_order() {
    for args in [&["status", "--format", "json"][..], &["status", "--json"], &["status", "--json", "--fast"]]
    {
        let answer = run(args).code(2).stderr(is_empty());
        let answer = stdout(&answer);
        assert_eq!(answer.lines().count(), 1, "{answer}");
        let report: Value = serde_json::from_str(&answer).unwrap();
        let keys: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(keys.join(" ").starts_with(STATUS_KEYS), "{keys:?}");
    }
}

#[test]
fn what_is_meant_for_programs_can_be_read_and_comes_without_talk() {
    for (command, code) in
        [("status", 2), ("status --verbose", 2), ("content list", 0), ("content list-instances", 0)]
    {
        for format in ["json", "yaml"] {
            let line = format!("{command} --format {format}");
            let answer = run(&line.split(' ').collect::<Vec<_>>()).code(code).stderr(is_empty());
            let read: Value = match format {
                "json" => serde_json::from_str(&stdout(&answer)).unwrap(),
                _ => serde_yaml::from_str(&stdout(&answer)).unwrap(),
            };
            assert!(read.is_object(), "{line}: {read}");
        }
    }
    run(&["credentials", "--format", "env"]).code(2).stdout(is_empty()).stderr(is_empty());
}

#[test]
fn credentials_as_json_are_a_whole_report_even_where_there_are_none() {
    let answer = run(&["credentials", "--format", "json"]).code(2).stderr(is_empty());
    let report = r#"{"resource":"postgres","status":"stopped","connections":[]}"#;
    answer.stdout(format!("{report}\n"));
}

/// A command line that cannot be meant, and what its message names.
const UNUSABLE: &[(&str, &str)] = &[
    ("", "a command is missing"),
    ("sweep", "'sweep'"),
    ("manage", "a command is missing"),
    ("manage pause", "'pause'"),
    ("manage start --quick", "'--quick'"),
    ("manage start --timeout soon", "--timeout"),
    ("manage start --timeout 0", "--timeout"),
    ("manage stop --timeout 3600", "--timeout"),
    ("manage stop --instance a/b", "--instance"),
    ("status --format xml", "--format"),
    ("logs --tail -1", "'-1'"),
    ("logs --tail many", "--tail"),
    ("logs --since soon", "--since"),
    ("content get", "--name"),
    ("content remove --force", "--name"),
    ("content list --format csv", "--format"),
    ("content create-instance a/b", "a/b"),
    ("content create-instance shop --port 99999", "--port"),
    ("credentials --format yaml", "--format"),
];

/// The words of a line that name a command, each with a space behind it.
fn command_in(line: &str) -> String {
    let mut at = &Cli::command();
    let mut name = String::new();
    for word in line.split_whitespace() {
        let Some(command) = at.get_subcommands().find(|it| it.get_name() == word) else { break };
        name.push_str(&format!("{word} "));
        at = command;
    }
    name
}

#[test]
fn a_command_line_that_cannot_be_meant_is_a_failure_of_one_line_and_a_hint() {
    for (line, named) in UNUSABLE {
        let dir = TempDir::new().unwrap();
        let args: Vec<&str> = line.split_whitespace().collect();
        let answer = run_in(dir.path(), &args).code(1).stdout(is_empty()).stderr(contains(*named));
        let said = String::from_utf8_lossy(&answer.get_output().stderr).into_owned();
        let lines: Vec<&str> = said.lines().collect();
        assert!(
            said.contains(&format!("hint: see `resource-postgres {}--help`", command_in(line))),
            "`{line}`:\n{said}"
        );
        assert!(
            matches!(lines[..], [error, hint] if error.starts_with("error: ") && hint.starts_with("hint: ")),
            "`{line}`:\n{said}"
        );
        assert!(dir.path().read_dir().unwrap().next().is_none(), "`{line}` made something");
    }
}
