//! How long each command may take: the contract's figures, held equal to it by a unit test.

use std::time::Duration;

/// Seconds by command, as `commands.*.timeout_seconds` and `performance.command_response_time` say.
pub const LIMITS: &[(&str, u64)] = &[
    ("help", 2),
    ("info", 60),
    ("manage install", 600),
    ("manage uninstall", 300),
    ("manage start", 120),
    ("manage stop", 60),
    ("manage restart", 180),
    ("test all", 600),
    ("test integration", 300),
    ("test unit", 180),
    ("test smoke", 30),
    ("content add", 60),
    ("content list", 60),
    ("content get", 60),
    ("content remove", 60),
    ("content execute", 60),
    ("status", 10),
    ("logs", 15),
    ("credentials", 60),
];

/// Our own commands take as long as the contract's command that does the same work.
const ALIKE: &[(&str, &str)] = &[
    ("up", "manage install"),
    ("ensure", "manage install"),
    ("install", "manage install"),
    ("uninstall", "manage uninstall"),
    ("start", "manage install"),
    ("stop", "manage stop"),
    ("restart", "manage restart"),
    ("programs", "manage install"),
    ("query", "content execute"),
    ("exec", "content execute"),
    ("execute", "content execute"),
    ("content create-instance", "manage start"),
    ("content list-backups", "content list"),
    ("content list-instances", "content list"),
    ("content create-database", "content add"),
    ("content create-user", "content add"),
    ("content remove-database", "content remove"),
    ("content remove-user", "content remove"),
    ("contract new", "info"),
    ("contract validate", "test all"),
    ("contract show", "info"),
    ("contract diff", "info"),
    ("contract snapshot", "info"),
];

/// Commands that take as long as there is data; whatever they wait for is bounded by itself, or is the user's to end.
pub const UNBOUNDED: &[&str] = &[
    "content backup",
    "content backup enable-pitr",
    "content backup run-due",
    "content clone",
    "content migrate",
    "content migrate baseline",
    "content migrate down",
    "content migrate init",
    "content migrate plan",
    "content migrate redo",
    "content migrate repair",
    "content migrate up",
    "content migrate verify",
    "content restore",
    "content upgrade",
    "content verify-backup",
];

/// The limit of a command; `performance.command_response_time.other` where nothing says otherwise.
pub fn limit(command: &str) -> Duration {
    let of = |name: &str| LIMITS.iter().find(|(known, _)| *known == name).map(|(_, seconds)| *seconds);
    let alike = || ALIKE.iter().find(|(known, _)| *known == command).and_then(|(_, like)| of(like));
    Duration::from_secs(of(command).or_else(alike).unwrap_or(60))
}

/// Commands that only look. An engine that hangs must not keep them waiting: they have 2 s for everything.
const LOOKS: &[&str] = &[
    "help",
    "info",
    "status",
    "logs",
    "credentials",
    "content list",
    "content list-instances",
    "content get",
];
/// How long an engine may take to answer a question of theirs.
const GLANCE: Duration = Duration::from_millis(900);
/// How long it may take where something is to be done, and giving up would cost more than waiting.
const PATIENCE: Duration = Duration::from_secs(4);

/// How long an engine may take to answer one question of a command's.
pub fn question_limit(command: &str) -> Duration {
    if LOOKS.contains(&command) { GLANCE } else { PATIENCE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_only_looks_is_answered_soon() {
        assert!(question_limit("status") * 2 < Duration::from_secs(2));
        assert!(question_limit("manage start") > question_limit("status"));
    }

    #[test]
    fn our_own_commands_have_the_limit_of_the_contracts_command_that_does_their_work() {
        assert_eq!(limit("up").as_secs(), 600);
        assert_eq!(limit("status").as_secs(), 10);
        assert_eq!(limit("something else").as_secs(), 60);
        assert!(ALIKE.iter().all(|(_, like)| LIMITS.iter().any(|(known, _)| known == like)));
    }
}
