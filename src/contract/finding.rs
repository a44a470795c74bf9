//! `Finding`: a clause that a resource breaks; `Judgment`: all that has been found out about one resource.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::contract::fault::Fault;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The contract is broken.
    Error,
    /// The contract advises otherwise; `--strict` makes it an error.
    Warning,
}

/// Where something was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, relative to the resource's directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in it, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The command line that was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.command, &self.file, self.line) {
            (Some(command), _, _) => write!(f, "`{command}`"),
            (None, Some(file), Some(line)) => write!(f, "{file}:{line}"),
            (None, Some(file), None) => f.write_str(file),
            (None, None, _) => Ok(()),
        }
    }
}

/// A clause that a resource breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The clause's id, such as `commands.manage.start.exit_codes.2`.
    pub clause: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where it was found.
    #[serde(flatten)]
    pub place: Place,
    /// What the contract wants.
    pub expected: String,
    /// What there is.
    pub seen: String,
    /// How to mend it; empty where that is plain.
    pub mend: String,
}

impl Finding {
    fn new(clause: &str, place: Place) -> Self {
        let (expected, seen, mend) = (String::new(), String::new(), String::new());
        Self { clause: clause.to_owned(), severity: Severity::Error, place, expected, seen, mend }
    }

    /// In a file, or about a file.
    pub fn in_file(clause: &str, file: &str, line: Option<usize>) -> Self {
        Self::new(clause, Place { file: Some(file.to_owned()), line, command: None })
    }

    /// In what a command did.
    pub fn in_command(clause: &str, command: &str) -> Self {
        Self::new(clause, Place { file: None, line: None, command: Some(command.to_owned()) })
    }

    /// A file that cannot be understood.
    pub fn of(fault: &Fault, clause: &str, file: &str) -> Self {
        Self::in_file(clause, file, fault.at.map(|(line, _)| line)).seen(fault.why.clone())
    }

    /// What the contract wants.
    pub fn expected(mut self, text: impl Into<String>) -> Self {
        self.expected = text.into();
        self
    }

    /// What there is.
    pub fn seen(mut self, text: impl Into<String>) -> Self {
        self.seen = text.into();
        self
    }

    /// How to mend it.
    pub fn mend(mut self, text: impl Into<String>) -> Self {
        self.mend = text.into();
        self
    }

    /// Advice only.
    pub fn advice(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }
}

/// What has become of a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is kept, as far as was looked.
    Passed,
    /// It is kept, and the contract advises otherwise.
    Advised,
    /// It is broken.
    Failed,
    /// It was not judged, for this reason.
    Skipped(String),
}

/// A file or folder that was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unseen {
    /// Its path, relative to the resource's directory.
    pub file: String,
    /// Why not.
    pub why: String,
}

/// All that has been found out about one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Judgment {
    /// The resource's name.
    pub resource: String,
    /// Its directory, as it was given.
    pub path: String,
    /// What of it was not looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unseen>,
    /// What it breaks, in order of the places.
    pub findings: Vec<Finding>,
    /// What became of each clause that was looked at.
    pub outcomes: BTreeMap<String, Outcome>,
}

impl Judgment {
    /// Nothing is known yet.
    pub fn new(resource: &str, path: &str) -> Self {
        Self { resource: resource.to_owned(), path: path.to_owned(), ..Self::default() }
    }

    /// A clause is kept, unless something else breaks it.
    pub fn pass(&mut self, clause: &str) {
        match self.outcomes.get_mut(clause) {
            Some(outcome @ Outcome::Skipped(_)) => *outcome = Outcome::Passed,
            Some(Outcome::Passed | Outcome::Advised | Outcome::Failed) => {}
            None => drop(self.outcomes.insert(clause.to_owned(), Outcome::Passed)),
        }
    }

    /// A clause is broken.
    pub fn fail(&mut self, finding: Finding) {
        let known = self.outcomes.get(&finding.clause);
        let outcome = match (finding.severity, known) {
            (Severity::Error, _) | (Severity::Warning, Some(Outcome::Failed)) => Outcome::Failed,
            (Severity::Warning, _) => Outcome::Advised,
        };
        self.outcomes.insert(finding.clause.clone(), outcome);
        self.findings.push(finding);
    }

    /// A clause cannot be judged.
    pub fn skip(&mut self, clause: &str, why: &str) {
        self.outcomes.entry(clause.to_owned()).or_insert_with(|| Outcome::Skipped(why.to_owned()));
    }

    /// A clause is kept if `holds`; answers that.
    pub fn hold(&mut self, holds: bool, finding: impl FnOnce() -> Finding) -> bool {
        match (holds, finding()) {
            (true, finding) => self.pass(&finding.clause),
            (false, finding) => self.fail(finding),
        }
        holds
    }

    /// Whether a clause is known to be broken.
    pub fn is_failed(&self, clause: &str) -> bool {
        self.outcomes.get(clause) == Some(&Outcome::Failed)
    }

    /// Leaves out what is about other clauses.
    pub fn keep(&mut self, is_wanted: impl Fn(&str) -> bool) {
        self.findings.retain(|it| is_wanted(&it.clause));
        self.outcomes.retain(|clause, _| is_wanted(clause));
    }

    /// Takes advice for what must be.
    pub fn insist(&mut self) {
        self.findings.iter_mut().for_each(|it| it.severity = Severity::Error);
        self.outcomes.values_mut().filter(|it| **it == Outcome::Advised).for_each(|it| *it = Outcome::Failed);
        self.sort();
    }

    /// Whether nothing is broken.
    pub fn is_passed(&self) -> bool {
        self.errors() == 0
    }

    /// Masks what must not be read in any report.
    pub(crate) fn mask(&mut self, secrets: &[String]) {
        for finding in &mut self.findings {
            let masked = |text: String, secret: &String| text.replace(secret, "********");
            finding.seen = secrets.iter().fold(std::mem::take(&mut finding.seen), masked);
        }
    }

    /// Puts the findings in their order, whatever order they came in.
    pub fn sort(&mut self) {
        self.findings.sort_by(|left, right| {
            // What stands in files first, as that is what is looked at first.
            let key = |it: &Finding| {
                let is_command = it.place.command.is_some();
                (it.severity, is_command, it.place.clone(), it.clause.clone(), it.seen.clone())
            };
            key(left).cmp(&key(right))
        });
        self.findings.dedup();
    }

    /// The findings about a clause.
    pub fn about(&self, clause: &str) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |it| it.clause == clause)
    }

    /// How many findings are errors.
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|it| it.severity == Severity::Error).count()
    }
}
