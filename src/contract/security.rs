//! The `security` section: permissions, and secrets in files.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::contract::commands::READS;
use crate::contract::file_structure;
use crate::contract::finding::{Finding, Judgment};
use crate::contract::subject::{Subject, matches};
use crate::contract::trial::{Trial, UNKNOWN, shown};

/// The clause that no secret lies where others can read it.
pub const STORAGE: &str = "security.sensitive_data_handling.3";
/// The clause that no secret is shown unasked.
pub const MASKING: &str = "security.sensitive_data_handling.2";
/// The clause that no secret is logged.
pub const LOGGING: &str = "security.sensitive_data_handling.1";
/// The clause that what is wrong is refused.
pub const INPUT: &str = "security.input_validation";

/// Files that may hold settings.
const SETTINGS: [&str; 8] = [".conf", ".env", ".json", ".yaml", ".yml", ".toml", ".ini", ".properties"];
/// Names of what is secret.
const SECRET: &str = r#"(?im)^[^#\n]*?\b[a-z0-9_.-]*(?:password|passwd|secret|api[_-]?key|access[_-]?token|private[_-]?key)["']?\s*[=:]\s*["']?([^\s"',;#]{6,})"#;
/// Parts of values that stand for a secret.
const STANDS_FOR_ONE: [&str; 15] = [
    "$",
    "<",
    "{{",
    "*",
    "...",
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "your",
    "xxx",
    "dummy",
    "required",
    "vault",
    "_file",
];

/// A shorter text is no secret.
const SHORTEST_SECRET: usize = 6;

/// The section.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct Security {
    /// Whether input must be checked.
    #[serde(default)]
    pub input_validation: String,
    /// What must be done with secrets, in words.
    #[serde(default)]
    pub sensitive_data_handling: Vec<String>,
    /// Permissions by pattern, such as `lib/*.sh`, in octal.
    #[serde(default)]
    pub file_permissions: BTreeMap<String, String>,
}

impl Security {
    /// Judges a resource's files.
    pub(crate) fn read(&self, subject: &Subject, judgment: &mut Judgment) {
        for (pattern, mode) in &self.file_permissions {
            permissions(subject, pattern, mode, judgment);
        }
        if self.sensitive_data_handling.len() >= 3 {
            secrets(subject, judgment);
        }
    }
}

/// The owner's bits are the contract's, and nobody has bits that the contract does not give: what a careful umask takes away
/// is not missed. That a group may write is advice only, since git does not keep it.
fn permissions(subject: &Subject, pattern: &str, wanted: &str, judgment: &mut Judgment) {
    let clause = format!("security.file_permissions.{pattern}");
    let Ok(bits) = u32::from_str_radix(wanted, 8) else {
        return judgment.skip(&clause, "the contract's permissions are no octal number");
    };
    let files: Vec<_> = subject.regular().filter(|(path, _)| matches(pattern, path)).collect();
    if files.is_empty() {
        return judgment.skip(&clause, "there is no such file");
    }
    judgment.pass(&clause);
    for (path, file) in files {
        let mode = file.mode & 0o777;
        let (is_owners, beyond) = (mode & 0o700 == bits & 0o700, mode & !bits & 0o077);
        let finding = || {
            Finding::in_file(&clause, path, None)
                .expected(format!("permissions {wanted}"))
                .seen(format!("permissions {mode:o}"))
                .mend(format!("chmod {wanted} {path}"))
        };
        match (is_owners, beyond) {
            (true, 0) => {}
            (true, 0o020) => judgment.fail(finding().advice()),
            (_, _) => judgment.fail(finding()),
        }
    }
}

/// Passwords and keys that are written into files.
fn secrets(subject: &Subject, judgment: &mut Judgment) {
    let Ok(secret) = Regex::new(SECRET) else { return };
    judgment.pass(STORAGE);
    let finding = |path: &str, line: usize, name: &str| {
        Finding::in_file(STORAGE, path, Some(line))
            .expected("no secret in a file of the resource")
            .seen(format!("{name} with its value"))
            .mend("let the value come from the environment or a secret store, and change the secret")
    };
    for script in &subject.scripts {
        for assignment in script.script().into_iter().flat_map(|it| &it.calls).flat_map(|it| &it.assignments)
        {
            let value = assignment.value.as_deref().unwrap_or_default();
            if !may_be_secret(&assignment.name) {
                continue;
            }
            let line = format!("{}={value}", assignment.name);
            if secret.captures(&line).is_some_and(|it| is_secret(it.get(1).map_or("", |it| it.as_str()))) {
                judgment.fail(finding(&script.path, assignment.line, &assignment.name));
            }
        }
    }
    for (path, _) in subject.regular().filter(|(path, _)| SETTINGS.iter().any(|it| path.ends_with(it))) {
        // Tests hold made-up ones.
        if path.starts_with("test/") {
            continue;
        }
        let text = subject.text(path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        for found in secret.captures_iter(&text) {
            let value = found.get(1).map_or("", |it| it.as_str());
            let Some(whole) = found.get(0).filter(|_| is_secret(value)) else { continue };
            let line = text.get(..whole.end()).unwrap_or_default().matches('\n').count() + 1;
            let name = whole.as_str().split(['=', ':']).next().unwrap_or_default().trim();
            judgment.fail(finding(path, line, name.trim_matches(['"', '\''])));
        }
    }
}

/// Judges whether what is wrong is refused, and whether that is said.
pub(crate) fn refusals(trial: &mut Trial<'_>) {
    let mut lines = vec![UNKNOWN.to_owned()];
    for name in READS.into_iter().filter(|it| trial.command(it).is_some()) {
        lines.push(format!("{name} --{UNKNOWN}"));
        for flag in ["--format", "--tail"].iter().filter(|it| trial.flag(name, it).is_some()) {
            lines.push(format!("{name} {flag} {UNKNOWN}"));
        }
    }
    for line in lines {
        if trial.offers_command_of(&line) {
            refusal(&line, trial);
        }
    }
}

fn refusal(line: &str, trial: &mut Trial<'_>) {
    let Some(ran) = trial.provoke(line) else { return };
    let is_refused = trial.judgment.hold(ran.code() != Some(0), || {
        Finding::in_command(INPUT, &shown(line))
            .expected("it is refused, with code 1")
            .seen("code 0")
            .mend("look at every argument, and turn down what is not known")
    });
    if !is_refused {
        return;
    }
    let (says, tells) = (!ran.stderr.trim().is_empty(), !ran.stdout.trim().is_empty());
    let finding = |seen: &str| {
        Finding::in_command(file_structure::MISTAKES, &shown(line))
            .expected("a message on standard error")
            .seen(seen)
    };
    match (says, tells) {
        (true, _) => trial.judgment.pass(file_structure::MISTAKES),
        (false, true) => trial.judgment.fail(finding("one on standard output only").advice()),
        (false, false) => trial.judgment.fail(finding("nothing")),
    }
}

/// Judges whether anything shows a secret that was not asked for.
pub(crate) fn behave(trial: &mut Trial<'_>) {
    let secrets = trial.secrets();
    if secrets.is_empty() {
        let why = "the resource tells of no secrets";
        trial.judgment.skip(MASKING, why);
        return trial.judgment.skip(LOGGING, why);
    }
    let shows: Vec<(String, &str)> = trial
        .answers()
        .filter(|(line, _)| !line.starts_with("credentials"))
        .map(|(line, ran)| (line, holds_secret(&ran.stdout, &secrets) || holds_secret(&ran.stderr, &secrets)))
        .filter(|(_, shows)| *shows)
        .map(|(line, _)| (line.to_owned(), if line.starts_with("logs") { LOGGING } else { MASKING }))
        .collect();
    trial.judgment.pass(MASKING);
    let has_log = trial.answers().any(|(line, _)| line == "logs");
    match has_log {
        true => trial.judgment.pass(LOGGING),
        false => trial.judgment.skip(LOGGING, "there is no log"),
    }
    for (line, clause) in shows {
        let finding =
            Finding::in_command(clause, &shown(&line)).expected("no secret").seen("one of the resource's");
        trial.judgment.fail(finding.mend("mask it"));
    }
}

/// The secrets in an answer in JSON, and in the addresses in any text: masks are none.
pub(crate) fn secrets_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str(text) {
        collect(&value, false, &mut found);
    }
    if let Ok(address) = Regex::new(r#"://[^\s/:@"']*:([^\s@"']+)@"#) {
        found.extend(address.captures_iter(text).filter_map(|it| Some(it.get(1)?.as_str().to_owned())));
    }
    found.retain(|it| it.len() >= SHORTEST_SECRET && is_secret(it));
    found.sort();
    found.dedup();
    found
}

fn collect(value: &Value, is_secret: bool, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, it)| collect(it, is_secret || may_be_secret(key), found));
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, is_secret, found)),
        Value::String(it) if is_secret => found.push(it.clone()),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

/// Whether a text holds one of these secrets.
pub(crate) fn holds_secret(text: &str, secrets: &[String]) -> bool {
    secrets.iter().any(|it| text.contains(it.as_str()))
}

/// Whether a variable's name has a part of which names of secrets have one.
fn may_be_secret(name: &str) -> bool {
    let small = name.to_ascii_lowercase();
    ["pass", "secret", "key", "token"].iter().any(|it| small.contains(it))
}

/// Whether a value is a secret itself, and not a word for one.
fn is_secret(value: &str) -> bool {
    let small = value.to_ascii_lowercase();
    let is_word = ["string", "boolean", "object", "disabled", "enabled", "optional", "default"]
        .contains(&small.as_str());
    !is_word && !STANDS_FOR_ONE.iter().any(|it| small.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_from_what_stands_for_one() {
        let secret = Regex::new(SECRET).unwrap();
        let found = |line: &str| {
            secret.captures(line).is_some_and(|it| is_secret(it.get(1).map_or("", |it| it.as_str())))
        };
        for line in [
            "password=hunter22",
            "  \"db_password\": \"hunter22\",",
            "API_KEY: abcdef123",
            "x.secret = s3cr3tvalue",
        ] {
            assert!(found(line), "{line}");
        }
        for line in [
            "password=",
            "password=$PW",
            "password: ${PW}",
            "# password=hunter22",
            "\"password\": {\"type\": \"string\"}",
            "\"password\": \"string\"",
            "password_file=/run/secrets/x",
            "password=changeme",
            "max_tokens: 100000",
        ] {
            assert!(!found(line), "{line}");
        }
    }
}
