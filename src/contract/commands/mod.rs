//! The `commands` section: what every resource must answer to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::contract::finding::{Finding, Judgment};
use crate::contract::subject::Subject;
use crate::contract::subject::surface::Style;
use crate::contract::trial::{Trial, ending, shown};

mod codes;
mod content;
mod credentials;
mod flags;
mod formats;
mod info;
mod logs;
mod must_include;
mod status;

/// The commands that only read.
pub(crate) const READS: [&str; 6] = ["help", "info", "status", "logs", "credentials", "content list"];

/// A command, or a group of them.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Command {
    /// What it is for.
    pub description: String,
    /// Whether every resource must have it.
    pub required: bool,
    /// Its subcommands; `help` and `info` say `[]`.
    #[serde(default)]
    pub subcommands: Subcommands,
    /// Its flags, by name with dashes.
    #[serde(default)]
    pub flags: BTreeMap<String, Flag>,
    /// What its exit codes mean.
    #[serde(default)]
    pub exit_codes: BTreeMap<u8, String>,
    /// How long it may take.
    #[serde(default)]
    pub timeout_seconds: Option<u64>,
    /// What its output must hold.
    #[serde(default)]
    pub output: Option<Output>,
    /// How it is to be built.
    #[serde(default)]
    pub implementation_note: Option<String>,
    /// What it must delegate to.
    #[serde(default)]
    pub implementation_requirement: Option<String>,
}

/// Subcommands by name; an empty list means none.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(untagged)]
pub enum Subcommands {
    /// By name.
    Some(BTreeMap<String, Command>),
    /// `[]`
    None([(); 0]),
}

/// A flag of a command.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Flag {
    /// Type of its value.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What it does.
    #[serde(default)]
    pub description: Option<String>,
    /// Its value where it is not given.
    #[serde(default)]
    pub default: Option<serde_yaml::Value>,
    /// The values it allows; empty if any.
    #[serde(default)]
    pub values: Vec<String>,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
}

/// The type of a flag's value.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Given or not.
    Boolean,
    /// A whole number.
    Integer,
    /// Text.
    String,
}

/// What a command's output must hold.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Output {
    /// Each of these, in words or literally.
    pub must_include: Vec<String>,
}

impl Default for Subcommands {
    fn default() -> Self {
        Self::None([])
    }
}

impl Subcommands {
    /// The subcommands in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Command)> {
        let map = match self {
            Self::Some(map) => Some(map),
            Self::None(_) => None,
        };
        map.into_iter().flatten()
    }
}

/// A command by its full name, such as `manage start`.
pub(crate) fn find<'a>(commands: &'a BTreeMap<String, Command>, name: &str) -> Option<&'a Command> {
    match name.split_once(' ') {
        None => commands.get(name),
        Some((group, sub)) => {
            commands.get(group)?.subcommands.iter().find(|(name, _)| *name == sub).map(|(_, it)| it)
        }
    }
}

/// The clause on a command.
pub(crate) fn clause(name: &str) -> String {
    format!("commands.{}", name.replace(' ', "."))
}

/// Judges what the commands answer that only read, and what is told of the others.
pub(crate) fn behave(trial: &mut Trial<'_>) {
    for name in READS {
        let Some(command) = trial.command(name) else { continue };
        if !is_there(name, command, trial) {
            trial.skip_below(&clause(name), "the resource does not offer it");
            continue;
        }
        codes::behave(name, trial);
        must_include::behave(name, command, trial);
        formats::behave(name, trial);
    }
    info::behave(trial);
    status::behave(trial);
    logs::behave(trial);
    credentials::behave(trial);
    content::behave(trial);
    flags::behave(trial);
}

/// Whether a command is there. A compiled program's commands show only now.
fn is_there(name: &str, command: &Command, trial: &mut Trial<'_>) -> bool {
    let (clause, is_there) = (clause(name), trial.offers(name));
    match (is_there, command.required) {
        (true, _) => trial.judgment.pass(&clause),
        (false, false) => trial.judgment.skip(&clause, "the resource does not offer it"),
        (false, true) if trial.judgment.is_failed(&clause) => {}
        (false, true) => trial.judgment.fail(
            Finding::in_command(&clause, &shown(name))
                .expected(format!("a command `{name}`: {}", command.description))
                .seen("it is answered like a command that there is not"),
        ),
    }
    is_there
}

/// Whether a command that only reads takes a flag: it ends as without it. One of several spellings is enough.
fn accepts(name: &str, flag: &str, spellings: &[&str], trial: &mut Trial<'_>) -> bool {
    let Some(plain) = trial.ask(name) else { return false };
    let own = format!("{}.flags.{flag}", clause(name));
    let code = plain.code().unwrap_or_default();
    if let Some(why) = incomparable(name, code, trial) {
        trial.judgment.skip(&own, why);
        return false;
    }
    let lines = spellings.iter().map(|it| format!("{name} {it}"));
    let answers: Vec<_> = lines.filter_map(|it| Some((trial.provoke(&it)?, it))).collect();
    let Some((ran, line)) = answers.first() else { return false };
    trial.judgment.hold(answers.iter().any(|(it, _)| it.code() == plain.code()), || {
        Finding::in_command(&own, &shown(line))
            .expected(format!("code {code}, as without the flag"))
            .seen(ending(ran))
    })
}

/// Why an answer with this code is nothing that others could be compared with.
fn incomparable(name: &str, code: i32, trial: &Trial<'_>) -> Option<&'static str> {
    let is_wrong = trial.judgment.is_failed(&format!("{}.exit_codes.{code}", clause(name)));
    is_wrong.then_some("the code is not what it means, so that there is nothing to compare with")
}

/// Judges which commands a resource's files offer.
pub(crate) fn read(commands: &BTreeMap<String, Command>, subject: &Subject, judgment: &mut Judgment) {
    for (name, command) in commands {
        offered(name, command, subject, judgment);
        for (sub, command) in command.subcommands.iter() {
            offered(&format!("{name} {sub}"), command, subject, judgment);
        }
    }
}

/// Whether a command is offered, and by a function that there is.
fn offered(name: &str, command: &Command, subject: &Subject, judgment: &mut Judgment) {
    let clause = clause(name);
    delegated(&clause, name, command, subject, judgment);
    if !subject.has("cli.sh") {
        // That it must be there is a clause of the file structure.
        return judgment.skip(&clause, "there is no cli.sh");
    }
    match (subject.surface.commands.get(name), subject.surface.style) {
        (Some(offer), _) if subject.surface.lacks_handler(offer) => {
            let handler = offer.handler.clone().unwrap_or_default();
            judgment.fail(
                Finding::in_file(&clause, &offer.file, Some(offer.line))
                    .expected(format!("`{name}` is handled by a function"))
                    .seen(format!("`{handler}`, which is defined nowhere"))
                    .mend(format!("define `{handler}`, or name the function that is meant")),
            );
        }
        (Some(_), _) => judgment.pass(&clause),
        (None, Style::Compiled) => {
            judgment.skip(&clause, "a compiled program shows its commands only when it is run")
        }
        (None, _) if !command.required => judgment.skip(&clause, "the resource does not offer it"),
        (None, _) => judgment.fail(
            Finding::in_file(&clause, "cli.sh", None)
                .expected(format!("a command `{name}`: {}", command.description))
                .seen("it is registered nowhere")
                .mend(format!("register `{name}` with the framework")),
        ),
    }
}

/// Whether a command hands over to the script that it has to hand over to, as far as that can be read.
fn delegated(clause: &str, name: &str, command: &Command, subject: &Subject, judgment: &mut Judgment) {
    let Some(requirement) = &command.implementation_requirement else { return };
    let Some(script) = requirement.split_whitespace().find(|it| it.ends_with(".sh")) else { return };
    let clause = format!("{clause}.implementation_requirement");
    let Some(offer) = subject.surface.commands.get(name) else {
        return judgment.skip(&clause, "it cannot be read how the command is handled");
    };
    match offer.handler.as_ref().and_then(|it| subject.surface.mentions(subject, it, script)) {
        Some(mentions) => drop(judgment.hold(mentions, || {
            Finding::in_file(&clause, &offer.file, Some(offer.line))
                .expected(requirement.clone())
                .seen(format!("`{}` does not run {script}", offer.handler.clone().unwrap_or_default()))
                .mend(format!("let it run {script}"))
        })),
        None => judgment.skip(&clause, "the framework's own function handles it, or one that is not known"),
    }
}
