//! Comparing: where do the command line and the contract differ? Each answer is the clause, and what is wrong.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction};
use resource_postgres::cli::COMMANDS_BEYOND;
use resource_postgres::contract::commands::{Command, Flag, Kind};
use resource_postgres::contract::load::Contract;
use resource_postgres::output::BEYOND;

/// A clause that the program does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where it stands, such as `commands.manage.start.flags.--timeout.default`.
    pub clause: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.clause, self.what)
    }
}

/// Every clause that the clap tree does not keep, and everything of the tree that neither the contract has nor we
/// say is our own.
pub fn differences(contract: &Contract, tree: &clap::Command) -> Vec<Finding> {
    let mut root = tree.clone();
    root.build();
    let place = Place { root: &root, words: Vec::new() };
    let mut found = place.commands(&root, &contract.commands.iter().collect::<Vec<_>>());
    found.extend(place.other_flags(&root, &BTreeMap::new()));
    found.extend(unused_beyond(&root));
    found
}

/// A command's place in the tree.
struct Place<'a> {
    root: &'a clap::Command,
    words: Vec<&'a str>,
}

impl<'a> Place<'a> {
    fn at(&self, word: &'a str) -> Self {
        Self { root: self.root, words: self.words.iter().copied().chain([word]).collect() }
    }

    fn finding(&self, part: &str, what: impl Into<String>) -> Finding {
        let words: Vec<&str> = ["commands"].iter().chain(&self.words).copied().collect();
        Finding { clause: format!("{}{part}", words.join(".")), what: what.into() }
    }

    fn commands(&self, here: &'a clap::Command, known: &[(&'a String, &'a Command)]) -> Vec<Finding> {
        let mut found = self.other_commands(here, known);
        for (name, wanted) in known {
            let place = self.at(name);
            match here.get_subcommands().find(|it| it.get_name() == name.as_str()) {
                None => found.push(place.finding("", "the command line has no such command")),
                Some(command) => {
                    found.extend(place.flags(command, wanted));
                    found.extend(place.commands(command, &wanted.subcommands.iter().collect::<Vec<_>>()));
                }
            }
        }
        found
    }

    fn other_commands(&self, here: &'a clap::Command, known: &[(&'a String, &'a Command)]) -> Vec<Finding> {
        // clap gives every group a `help` of its own.
        let of_clap = |name: &str| !self.words.is_empty() && name == "help";
        let ours = |name: &'a str| COMMANDS_BEYOND.contains(&self.at(name).words.join(" ").as_str());
        here.get_subcommands()
            .map(clap::Command::get_name)
            .filter(|name| known.iter().all(|(it, _)| it != name) && !of_clap(name) && !ours(name))
            .map(|name| self.at(name).finding("", "is in neither the contract nor COMMANDS_BEYOND"))
            .collect()
    }

    fn flags(&self, command: &clap::Command, wanted: &Command) -> Vec<Finding> {
        let mut found = self.other_flags(command, &wanted.flags);
        for (name, flag) in &wanted.flags {
            match command.get_arguments().find(|arg| written(arg) == *name) {
                None => found.push(self.finding(&format!(".flags.{name}"), "the command has no such flag")),
                Some(arg) => found.extend(self.flag(wanted, name, flag, arg)),
            }
        }
        found
    }

    fn other_flags(&self, command: &clap::Command, known: &BTreeMap<String, Flag>) -> Vec<Finding> {
        let of_clap = |arg: &&Arg| ["help", "version"].contains(&arg.get_id().as_str());
        let wrong = |arg: &Arg| {
            let name = written(arg);
            let what = match (known.contains_key(&name), arg.get_help_heading() == Some(BEYOND)) {
                (true, false) | (false, true) => return None,
                (true, true) => format!("is the contract's, and its help stands under `{BEYOND}`"),
                (false, false) => format!("is not the contract's, and its help is not under `{BEYOND}`"),
            };
            Some(self.finding(&format!(".flags.{name}"), what))
        };
        command.get_arguments().filter(|arg| !of_clap(arg)).filter_map(wrong).collect()
    }

    fn flag(&self, command: &Command, name: &str, wanted: &Flag, arg: &Arg) -> Vec<Finding> {
        let finding = |part: &str, wanted: String, is: String| match wanted == is {
            true => None,
            false => Some(self.finding(
                &format!(".flags.{name}.{part}"),
                format!("is {is}, and the contract says {wanted}"),
            )),
        };
        if let Some(other) = finding("type", format!("{:?}", Some(wanted.kind)), format!("{:?}", kind(arg))) {
            // The rest of a flag of another type would differ as well.
            return vec![other];
        }
        let required = self.is_required(command, name);
        [
            finding("default", format!("{:?}", default_wanted(wanted)), format!("{:?}", default(arg))),
            finding("values", format!("{:?}", sorted(wanted.values.clone())), format!("{:?}", values(arg))),
            finding("required", wanted.required.to_string(), required.to_string()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Whether leaving a flag out, and giving all others that are required, is a usage error that names the flag. A
    /// positional argument may stand in for it, so that clap's own mark would not tell.
    fn is_required(&self, command: &Command, name: &str) -> bool {
        let others = command.flags.iter().filter(|(other, flag)| flag.required && *other != name);
        let words = self.words.iter().copied();
        let line = ["resource-postgres"].into_iter().chain(words);
        let line = line.chain(others.flat_map(|(other, _)| [other.as_str(), "1"]));
        let Err(err) = self.root.clone().try_get_matches_from(line) else { return false };
        let Some(ContextValue::Strings(missing)) = err.get(ContextKind::InvalidArg) else { return false };
        err.kind() == ErrorKind::MissingRequiredArgument
            && missing.iter().any(|it| it.split(' ').next() == Some(name))
    }
}

/// `--flag`, or `<word>` for a positional argument.
fn written(arg: &Arg) -> String {
    arg.get_long().map_or_else(|| format!("<{}>", arg.get_id()), |long| format!("--{long}"))
}

fn kind(arg: &Arg) -> Option<Kind> {
    let parsed = arg.get_value_parser().type_id();
    let integers = [
        TypeId::of::<u8>(),
        TypeId::of::<u16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<usize>(),
    ];
    match arg.get_action() {
        ArgAction::SetTrue => Some(Kind::Boolean),
        ArgAction::Set if integers.iter().any(|it| parsed == *it) => Some(Kind::Integer),
        ArgAction::Set | ArgAction::Append => Some(Kind::String),
        _ => None,
    }
}

fn default(arg: &Arg) -> Option<String> {
    arg.get_default_values().first().map(|it| it.to_string_lossy().into_owned())
}

/// A boolean flag that is not given is false, whether the contract says so or not.
fn default_wanted(flag: &Flag) -> Option<String> {
    let unsaid = (flag.kind == Kind::Boolean).then(|| "false".to_owned());
    let plain = |value: &serde_yaml::Value| serde_yaml::to_string(value).unwrap().trim().to_owned();
    flag.default.as_ref().map(plain).or(unsaid)
}

fn values(arg: &Arg) -> Vec<String> {
    match arg.get_action() {
        ArgAction::SetTrue => Vec::new(),
        _ => sorted(arg.get_possible_values().iter().map(|it| it.get_name().to_owned()).collect()),
    }
}

fn sorted(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values
}

/// Names in `COMMANDS_BEYOND` that the tree does not have.
fn unused_beyond(root: &clap::Command) -> Vec<Finding> {
    let exists = |name: &str| {
        let mut words = name.split(' ');
        words.try_fold(root, |at, word| at.get_subcommands().find(|it| it.get_name() == word)).is_some()
    };
    COMMANDS_BEYOND
        .iter()
        .filter(|name| !exists(name))
        .map(|name| Finding {
            clause: format!("COMMANDS_BEYOND.{name}"),
            what: "the command line has no such command".to_owned(),
        })
        .collect()
}
