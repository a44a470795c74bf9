//! The command line is the contract's: every command, flag, type, default, value and required mark, both ways.

use clap::{Arg, Command, CommandFactory};
use resource_postgres::cli::Cli;
use resource_postgres::contract::load::Contract;
use resource_postgres::output::BEYOND;

use crate::Edit::{Drop, Set};
use crate::clauses::differences;
use crate::{Edit, contract, edited_contract, newly};

/// The clauses that a changed contract or command line breaks.
fn newly_broken(contract: &Contract, tree: &Command) -> Vec<String> {
    let before = differences(&crate::contract(), &Cli::command());
    newly(differences(contract, tree), &before).into_iter().map(|it| it.clause).collect()
}

#[test]
fn the_command_line_has_what_the_contract_has_and_marks_the_rest_as_beyond_it() {
    let found: Vec<String> =
        differences(&contract(), &Cli::command()).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "clauses that are not kept:\n{}", found.join("\n"));
}

/// Changes to the contract, each of which breaks the clause it is made to, and no other.
const BROKEN: &[(&str, Edit)] = &[
    ("commands.manage.start.flags.--wait", Drop),
    ("commands.manage.start.flags.--wait.type", Set("string")),
    ("commands.manage.start.flags.--timeout.default", Set("61")),
    ("commands.manage.start.flags.--timeout.default", Drop),
    ("commands.manage.stop.flags.--quick", Set("{type: boolean}")),
    ("commands.manage.stop.flags.--timeout.type", Set("string")),
    ("commands.manage.stop.flags.--timeout.required", Set("true")),
    ("commands.manage.restart", Drop),
    ("commands.manage.pause", Set("{description: x, required: true}")),
    ("commands.content.add.flags.--file.default", Set("x")),
    ("commands.content.get.flags.--name.required", Set("false")),
    ("commands.content.remove.flags.--name.required", Drop),
    ("commands.content.list.flags.--format.default", Set("json")),
    ("commands.status.flags.--format.values", Set("[text, json]")),
    ("commands.status.flags.--format.values", Set("[text, json, yaml, xml]")),
    ("commands.status.flags.--format.values", Drop),
    ("commands.logs.flags.--since.type", Set("integer")),
    ("commands.logs.flags.--tail.default", Set("100")),
    ("commands.credentials.flags.--show-secrets.default", Set("true")),
    ("commands.credentials", Drop),
    ("commands.backup", Set("{description: x, required: true}")),
];

#[test]
fn a_contract_that_differs_in_one_clause_is_found_to_differ_in_that_clause_alone() {
    for (clause, edit) in BROKEN {
        let found = newly_broken(&edited_contract(clause, *edit), &Cli::command());
        assert_eq!(found, [*clause], "after {edit:?}");
    }
}

/// A change to one command of the tree.
fn changed(command: &'static str, change: impl FnOnce(Command) -> Command) -> Command {
    Cli::command().mut_subcommand(command, change)
}

/// A change to the flag `logs --since`.
fn since(change: fn(Arg) -> Arg) -> Command {
    changed("logs", |it| it.mut_arg("since", change))
}

#[test]
fn a_command_line_with_something_of_its_own_is_found_out() {
    let flag = |name| Arg::new(name).long(name);
    for (clause, tree) in [
        ("commands.flags.--loud", Cli::command().arg(flag("loud"))),
        ("commands.sweep", Cli::command().subcommand(Command::new("sweep"))),
        ("commands.manage.sweep", changed("manage", |it| it.subcommand(Command::new("sweep")))),
        ("commands.manage.flags.--dry", changed("manage", |it| it.arg(flag("dry")))),
        ("commands.status.flags.--quick", changed("status", |it| it.arg(flag("quick")))),
        ("commands.info.flags.<word>", changed("info", |it| it.arg(Arg::new("word")))),
        ("commands.logs.flags.--since.required", since(|it| it.required(true))),
        ("commands.logs.flags.--since", since(|it| it.help_heading(BEYOND))),
        ("commands.rise", changed("up", |it| it.name("rise"))),
        ("COMMANDS_BEYOND.up", changed("up", |it| it.name("rise"))),
    ] {
        let found = newly_broken(&contract(), &tree);
        assert!(found.contains(&clause.to_owned()), "{clause} is not among {found:?}");
    }
}

#[test]
fn our_own_commands_may_have_any_flags() {
    let tree = changed("up", |it| it.arg(Arg::new("quick").long("quick")));
    assert_eq!(newly_broken(&contract(), &tree), [""; 0]);
}
