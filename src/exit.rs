//! How a command ends: the verdicts, and the exit codes that the contract gives them.
#![deny(clippy::wildcard_enum_match_arm)]

use std::process::ExitCode;

/// How a command that did not err has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Done: exit 0.
    Done,
    /// The report is whole, and what it tells is bad (an unhealthy instance, a failed test): exit 1.
    Failed,
    /// Nothing had to be done, or there was nothing to do it with: exit 2.
    Skipped(Skip),
}

/// Why a command was skipped; each is the meaning that the contract gives exit code 2 somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// `manage install` found a finished instance.
    AlreadyInstalled,
    /// `manage uninstall` found nothing to remove.
    NotInstalled,
    /// `manage start` found the server answering.
    AlreadyRunning,
    /// `manage stop` and `status` found no server process.
    NotRunning,
    /// A test phase has nothing to run here.
    NoTests,
    /// `content add` found identical content.
    AlreadyExists,
    /// `content get` and `content remove` found no such content.
    NotFound,
    /// `content execute` was given content that is not SQL.
    NotExecutable,
    /// `logs` found no log.
    NoLogs,
    /// `credentials` found no instance.
    NoCredentials,
    /// `contract validate` found no resource directory.
    NothingToJudge,
}

/// Which skips a command of the contract may end with; a unit test holds it equal to the contract's codes 2.
pub const SKIPS: &[(&str, &[Skip])] = &[
    ("manage install", &[Skip::AlreadyInstalled]),
    ("manage uninstall", &[Skip::NotInstalled]),
    ("manage start", &[Skip::AlreadyRunning]),
    ("manage stop", &[Skip::NotRunning]),
    ("test all", &[Skip::NoTests]),
    ("test integration", &[Skip::NoTests]),
    ("test unit", &[Skip::NoTests]),
    ("content add", &[Skip::AlreadyExists]),
    ("content get", &[Skip::NotFound]),
    ("content remove", &[Skip::NotFound]),
    ("content execute", &[Skip::NotExecutable]),
    ("status", &[Skip::NotRunning]),
    ("logs", &[Skip::NoLogs]),
    ("credentials", &[Skip::NoCredentials]),
];

/// The commands whose skip means that the wished state holds already. Callers who take only 0 for that choose it by
/// `POSTGRES_SKIP_EXIT_CODE`; of all others the code says something else, such as that nothing runs.
const ALREADY_SO: &[&str] = &[
    "manage install",
    "manage uninstall",
    "manage start",
    "manage stop",
    "content add",
    "content remove",
    "content remove-database",
    "content remove-user",
];

/// Whether a skip of the command ends with `POSTGRES_SKIP_EXIT_CODE`.
pub fn skip_code_is_chosen(command: &str) -> bool {
    ALREADY_SO.contains(&command)
}

/// The same for commands of ours.
const SKIPS_BEYOND: &[(&str, &[Skip])] = &[
    ("content remove-database", &[Skip::NotFound]),
    ("content remove-user", &[Skip::NotFound]),
    ("contract validate", &[Skip::NothingToJudge]),
];

/// The skips that a command may end with.
pub fn skips_of(command: &str) -> &'static [Skip] {
    let known = SKIPS.iter().chain(SKIPS_BEYOND).find(|(known, _)| *known == command);
    known.map(|(_, skips)| *skips).unwrap_or_default()
}

/// Whether a command may end with this skip.
pub fn may_skip(command: &str, skip: Skip) -> bool {
    skips_of(command).contains(&skip)
}

/// Exit code of every failure, usage errors included: clap's own 2 would mean "skipped" here.
pub const FAILED: u8 = 1;

impl Verdict {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => FAILED,
            Self::Skipped(_) => 2,
        }
    }

    /// The verdict over several instances: any failure fails, all skipped is skipped, else done.
    pub fn over(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter()
            .reduce(|left, right| match (left, right) {
                (Self::Failed, _) | (_, Self::Failed) => Self::Failed,
                (Self::Skipped(skip), Self::Skipped(_)) => Self::Skipped(skip),
                (Self::Done, _) | (_, Self::Done) => Self::Done,
            })
            .unwrap_or(Self::Done)
    }

    /// The same verdict for the flat forms, where a wished state that already holds is success.
    pub fn idempotent(self) -> Self {
        match self {
            Self::Skipped(_) | Self::Done => Self::Done,
            Self::Failed => Self::Failed,
        }
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        verdict.code().into()
    }
}

impl Skip {
    /// What the user is told on stderr.
    pub fn message(self) -> &'static str {
        match self {
            Self::AlreadyInstalled => "already installed",
            Self::NotInstalled => "not installed",
            Self::AlreadyRunning => "already running",
            Self::NotRunning => "not running",
            Self::NoTests => "no tests available here",
            Self::AlreadyExists => "already exists",
            Self::NotFound => "not found",
            Self::NotExecutable => "not executable",
            Self::NoLogs => "no logs available",
            Self::NoCredentials => "no credentials configured",
            Self::NothingToJudge => "there is no resource directory to judge",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_over_several_is_the_worst_that_counts() {
        let skipped = Verdict::Skipped(Skip::AlreadyRunning);
        assert_eq!(Verdict::over([skipped, skipped]), skipped);
        assert_eq!(Verdict::over([skipped, Verdict::Done]), Verdict::Done);
        assert_eq!(Verdict::over([Verdict::Done, Verdict::Failed, skipped]), Verdict::Failed);
        assert_eq!(Verdict::over([]), Verdict::Done);
    }
}
