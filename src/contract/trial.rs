//! `Trial`: a resource's commands, run in a clean room, each command line once at most.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::contract::clause::Judged;
use crate::contract::commands::{self, Command, Flag};
use crate::contract::file_structure;
use crate::contract::finding::{Finding, Judgment};
use crate::contract::load::{Contract, Loaded};
use crate::contract::security;
use crate::contract::subject::Subject;
use crate::contract::subject::surface::Style;
use crate::contract::validation;
use crate::engine::docker::census::{Stored, stored};
use crate::engine::docker::client::Client;
use crate::room::run::{Bounds, Ended, Ran, Sweep};
use crate::room::{Room, Stop};

/// How long all commands of a resource may take together; what has not been run by then is not judged.
const BUDGET: Duration = Duration::from_secs(300);
/// What stands for a room's home in the values of variables.
const HOME: &str = "{home}";
/// What no resource has a command, a flag or a value of the name of.
pub const UNKNOWN: &str = "no-such-thing";
/// The groups of commands.
const GROUPS: [&str; 3] = ["manage", "test", "content"];

/// What the commands of a resource are run with.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// Where programs are looked for.
    pub path: Vec<PathBuf>,
    /// Variables beside those that a room gives by itself.
    pub env: Vec<(String, String)>,
    /// By which the user ends it all.
    pub stop: Stop,
    /// The Docker engine in which resources may leave something, if there is one.
    pub engine: Option<Engine>,
}

/// A Docker engine, and what questions to it run on.
#[derive(Clone, Debug)]
pub struct Engine {
    /// The way to it.
    pub client: Client,
    /// What they run on.
    pub runtime: Handle,
}

impl Engine {
    /// What the engine keeps; nothing if it does not answer.
    pub(crate) fn stored(&self) -> Vec<Stored> {
        self.runtime.block_on(stored(&self.client)).unwrap_or_default()
    }
}

impl Setting {
    /// A room for a resource.
    pub(crate) fn room(&self, subject: &Subject) -> io::Result<Room> {
        let mut room = Room::new(&subject.dir.canonicalize()?, &self.path, self.stop.clone())?;
        for (name, value) in &self.env {
            room.set(name, value.replace(HOME, &room.home().to_string_lossy()));
        }
        Ok(room)
    }
}

/// A resource on trial: its commands, each of which is run once at most.
pub(crate) struct Trial<'a> {
    /// What it is judged by.
    pub contract: &'a Contract,
    /// What is found out.
    pub judgment: &'a mut Judgment,
    loaded: &'a Loaded,
    subject: &'a Subject,
    room: &'a Room,
    sweep: Sweep,
    door: PathBuf,
    until: Instant,
    answers: BTreeMap<String, Option<Rc<Ran>>>,
    late: BTreeSet<String>,
    honors_help: OnceCell<bool>,
}

impl<'a> Trial<'a> {
    /// In a room. `sweep` says what of it is killed behind each command.
    pub fn new(
        loaded: &'a Loaded,
        subject: &'a Subject,
        room: &'a Room,
        sweep: Sweep,
        judgment: &'a mut Judgment,
    ) -> Self {
        Self {
            contract: &loaded.contract,
            judgment,
            loaded,
            subject,
            room,
            sweep,
            door: subject.door(),
            until: Instant::now() + BUDGET,
            answers: BTreeMap::new(),
            late: BTreeSet::new(),
            honors_help: OnceCell::new(),
        }
    }

    /// What the contract says of a command.
    pub fn command(&self, name: &str) -> Option<&'a Command> {
        commands::find(&self.contract.commands, name)
    }

    /// What it says of a command's flag.
    pub fn flag(&self, name: &str, flag: &str) -> Option<&'a Flag> {
        self.command(name)?.flags.get(flag)
    }

    /// What a command line answers, if it ends with a code that its entry names.
    pub fn ask(&mut self, line: &str) -> Option<Rc<Ran>> {
        let ran = self.provoke(line)?;
        let (name, code) = (name_of(line), ran.code()?);
        let codes = &self.command(&name)?.exit_codes;
        let is_named = codes.keys().any(|it| i32::from(*it) == code);
        // Of a command that cannot but succeed, its only code says all.
        let clause = match codes.len() {
            1 => format!("{}.exit_codes.0", commands::clause(&name)),
            _ => validation::CODES.to_owned(),
        };
        let named = codes.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let is_kept = self.judgment.hold(is_named, || {
            Finding::in_command(&clause, &shown(line))
                .expected(format!("one of the codes {named}"))
                .seen(ending(&ran))
        });
        is_kept.then_some(ran)
    }

    /// What a command line answers, whatever its code, if it ends in time and by itself.
    pub fn provoke(&mut self, line: &str) -> Option<Rc<Ran>> {
        if let Some(known) = self.answers.get(line) {
            return known.clone();
        }
        let ran = self.run(line).map(Rc::new);
        self.answers.insert(line.to_owned(), ran.clone());
        ran
    }

    fn run(&mut self, line: &str) -> Option<Ran> {
        let name = name_of(line);
        if self.late.contains(&name) || self.until <= Instant::now() {
            return None;
        }
        // Help is given at once, whatever it is about.
        let timed = if line.ends_with("--help") { "help" } else { &name };
        let (clause, limit) = self.contract.limit(timed);
        let ran = self.run_within(line, limit);
        let (expected, seen) = match &ran.ended {
            Ended::Code(126 | 127) => {
                let finding = Finding::in_command(file_structure::ROUTING, &shown(line))
                    .expected("the code behind the command is run")
                    .seen(format!("there is none{}", said(&ran)));
                self.judgment.fail(finding);
                return None;
            }
            Ended::Code(_) => {
                self.contract.limits(timed).for_each(|(clause, _)| self.judgment.pass(&clause));
                self.judgment.pass(validation::RUNS);
                self.judgment.pass(file_structure::ROUTING);
                return Some(ran);
            }
            Ended::OutOfTime => {
                self.late.insert(name);
                let finding = Finding::in_command(&clause, &shown(line))
                    .expected(format!("an answer within {} s", limit.as_secs()))
                    .seen("there was none");
                self.judgment.fail(finding);
                return None;
            }
            Ended::Signal(signal) => ("it ends by itself", format!("signal {signal} ended it")),
            Ended::Overflow => ("an answer of some size", "it wrote without end, and was killed".to_owned()),
            Ended::Crowd => ("a few processes", "it had hundreds of processes, and was killed".to_owned()),
            Ended::Glut => ("some memory at most", "it took gigabytes, and was killed".to_owned()),
            Ended::Unstarted(why) => ("it can be run", why.clone()),
            Ended::Stopped => return None,
        };
        self.late.insert(name);
        let finding = Finding::in_command(validation::RUNS, &shown(line)).expected(expected).seen(seen);
        self.judgment.fail(finding);
        None
    }

    fn run_within(&self, line: &str, limit: Duration) -> Ran {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.room.run(&self.door, &words, &Bounds { sweep: self.sweep, ..Bounds::reading(limit) })
    }

    /// Runs a command for a moment, whether or not it ends by itself.
    pub fn glimpse(&self, line: &str, moment: Duration) -> Ran {
        self.run_within(line, moment)
    }

    /// Whether a resource has a command, as far as its files say, or else as it answers.
    pub fn offers(&mut self, name: &str) -> bool {
        match self.subject.surface.style {
            Style::Framework | Style::Cases => self.subject.surface.commands.contains_key(name),
            Style::Compiled | Style::Unknown => self.answers_to(name),
        }
    }

    /// Whether it has the command that a command line is for, or the line is for none.
    pub fn offers_command_of(&mut self, line: &str) -> bool {
        let name = name_of(line);
        self.command(&name).is_none() || self.offers(&name)
    }

    /// Whether a command is answered otherwise than one that there is not.
    fn answers_to(&mut self, name: &str) -> bool {
        let reads = commands::READS.contains(&name);
        let line = if reads { name.to_owned() } else { format!("{name} --help") };
        if !reads && !self.honors_help() {
            return true;
        }
        let other = match name.split_once(' ') {
            Some((group, _)) => format!("{group} {UNKNOWN}"),
            None => UNKNOWN.to_owned(),
        };
        let other = if reads { other } else { format!("{other} --help") };
        let (Some(answer), Some(refusal)) = (self.provoke(&line), self.provoke(&other)) else { return true };
        let word = name.rsplit(' ').next().unwrap_or(name);
        let is_alike = |left: &str, right: &str| left.replace(word, UNKNOWN) == right.replace(word, UNKNOWN);
        let is_refused = answer.code() != Some(0)
            && answer.code() == refusal.code()
            && is_alike(&answer.stderr, &refusal.stderr)
            && is_alike(&answer.stdout, &refusal.stdout);
        !is_refused
    }

    /// Whether `--help` behind a command is answered with help and does nothing else: tried on what only reads, before
    /// anything is asked so that would do its work otherwise.
    pub fn honors_help(&mut self) -> bool {
        if let Some(known) = self.honors_help.get() {
            return *known;
        }
        let mut honors = true;
        for command in ["status", "content list"] {
            let (plain, help) = (self.provoke(command), self.provoke(&format!("{command} --help")));
            let text = help.as_ref().map(|it| it.stdout.to_ascii_lowercase()).unwrap_or_default();
            let is_help = ["usage", "options", "commands"].iter().any(|it| text.contains(it));
            let differs = plain.zip(help).is_some_and(|(plain, help)| plain.stdout != help.stdout);
            honors &= is_help && differs;
        }
        *self.honors_help.get_or_init(|| honors)
    }

    /// Says of all clauses below one, of which nothing is known yet, why that is so.
    pub fn skip_below(&mut self, prefix: &str, why: &str) {
        let is_below = |id: &str| id.strip_prefix(prefix).is_some_and(|it| it.starts_with('.'));
        for clause in
            self.loaded.clauses.iter().filter(|it| it.judged == Judged::Behavior && is_below(&it.id))
        {
            self.judgment.skip(&clause.id, why);
        }
    }

    /// What the file says that the orchestrator reads.
    pub fn runtime_facts(&self) -> Option<serde_json::Value> {
        let text = self.subject.text(&self.contract.runtime_configuration.file_path)?;
        serde_json::from_slice(&text).ok()
    }

    /// The resource's secrets, as it tells them when it is asked to.
    pub fn secrets(&mut self) -> Vec<String> {
        let told = self.provoke("credentials --format json --show-secrets");
        told.map(|it| security::secrets_in(&it.stdout)).unwrap_or_default()
    }

    /// All that was answered so far, with the command lines.
    pub fn answers(&self) -> impl Iterator<Item = (&str, &Ran)> {
        self.answers.iter().filter_map(|(line, ran)| Some((line.as_str(), ran.as_deref()?)))
    }
}

/// The full name of the command that a command line is for.
pub(crate) fn name_of(line: &str) -> String {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    match words.next().filter(|it| GROUPS.contains(&first) && !it.starts_with('-')) {
        Some(second) => format!("{first} {second}"),
        None => first.to_owned(),
    }
}

/// A command line as findings show it.
pub(crate) fn shown(line: &str) -> String {
    format!("cli.sh {line}").trim_end().to_owned()
}

/// What a program complained of last, for findings. What is on its standard output may be what nobody else is to read.
pub(crate) fn said(ran: &Ran) -> String {
    let mut lines = ran.stderr.lines().rev().map(str::trim);
    lines.find(|it| !it.is_empty()).map(|it| format!(": {}", cut(it))).unwrap_or_default()
}

/// How a program ended, and what it said last, for findings.
pub(crate) fn ending(ran: &Ran) -> String {
    let how = match &ran.ended {
        Ended::Code(code) => format!("code {code}"),
        Ended::Signal(signal) => format!("signal {signal}"),
        Ended::OutOfTime => "no end".to_owned(),
        Ended::Overflow => "output without end".to_owned(),
        Ended::Crowd => "hundreds of processes".to_owned(),
        Ended::Glut => "gigabytes of memory".to_owned(),
        Ended::Stopped => "it was stopped".to_owned(),
        Ended::Unstarted(why) => why.clone(),
    };
    how + &said(ran)
}

/// A text that is not too long for a finding.
fn cut(text: &str) -> String {
    let is_plain = |it: &char| !it.is_control();
    text.chars().filter(is_plain).take(160).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_for_the_command_that_its_first_words_name() {
        for (line, name) in [
            ("status --format json", "status"),
            ("content list --format json", "content list"),
            ("content --help", "content"),
            ("", ""),
        ] {
            assert_eq!(name_of(line), name);
        }
    }
}
