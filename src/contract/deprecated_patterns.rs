//! The `deprecated_patterns` section: traces of earlier versions in scripts.

use std::collections::BTreeMap;
use std::ops::Range;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::contract::finding::{Finding, Judgment};
use crate::contract::subject::Subject;
use crate::contract::subject::scripts::{Kind, ScriptFile};

/// The section.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct DeprecatedPatterns {
    /// Commands that have other names now.
    #[serde(default)]
    pub commands: BTreeMap<String, Pattern>,
    /// Flags that are commands now.
    #[serde(default)]
    pub flags: BTreeMap<String, Pattern>,
    /// Functions that are not needed any more.
    #[serde(default)]
    pub functions: BTreeMap<String, Pattern>,
    /// Variables that have other names now.
    #[serde(default)]
    pub environment_variables: BTreeMap<String, Pattern>,
}

/// A trace.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Pattern {
    /// What it was.
    pub description: String,
    /// What has taken its place.
    pub replacement: String,
    /// A regular expression for one line.
    pub detection: String,
}

impl DeprecatedPatterns {
    /// Looks for the traces in a resource's scripts. What a comment or a text merely mentions is none.
    pub(crate) fn read(&self, subject: &Subject, judgment: &mut Judgment) {
        for (group, patterns) in self.groups() {
            for (name, pattern) in patterns {
                let clause = format!("deprecated_patterns.{group}.{name}");
                let regex = match Regex::new(&detection(&pattern.detection)) {
                    Ok(regex) => regex,
                    Err(err) => {
                        judgment.skip(&clause, &format!("its pattern is none: {err}"));
                        continue;
                    }
                };
                judgment.pass(&clause);
                let literal = literal(&pattern.detection);
                for script in subject.scripts.iter().filter(|it| it.holds(literal)) {
                    for found in uses(script, &regex) {
                        judgment.fail(
                            Finding::in_file(&clause, &script.path, Some(script.line_of(found.start)))
                                .expected(format!("{} instead", pattern.replacement))
                                .seen(format!("`{}`", script.line_text(found.start)))
                                .mend(format!("replace it: {}", pattern.replacement))
                                .advice(),
                        );
                    }
                }
            }
        }
    }

    fn groups(&self) -> [(&'static str, &BTreeMap<String, Pattern>); 4] {
        [
            ("commands", &self.commands),
            ("flags", &self.flags),
            ("functions", &self.functions),
            ("environment_variables", &self.environment_variables),
        ]
    }
}

/// Where a pattern matches in code. What begins in a comment, a text or a document counts only where it is a variable that is
/// expanded there.
fn uses(script: &ScriptFile, regex: &Regex) -> Vec<Range<usize>> {
    let is_used = |found: &Range<usize>| match script.kind_at(found.start) {
        Kind::Code => true,
        Kind::Comment => false,
        Kind::Quoted | Kind::HereDocument => script.is_expanded_at(found.start),
    };
    regex.find_iter(&script.text).map(|it| it.range()).filter(is_used).collect()
}

/// A text without which the expression matches nothing: the longest run of characters that stand for themselves. To look for
/// it first saves nearly all the time.
fn literal(pattern: &str) -> &str {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | ':' | '-');
    // A backslash makes a class of the letter after it, and a sign after a letter makes it optional.
    let runs = pattern.split(|it| !is_plain(it)).filter(|run| {
        let at = run.as_ptr() as usize - pattern.as_ptr() as usize;
        let before = pattern.get(..at).unwrap_or_default();
        let after = pattern.get(at + run.len()..).unwrap_or_default();
        !before.ends_with('\\') && !after.starts_with(['?', '*', '{', '|'])
    });
    let is_choice = pattern.contains('|');
    runs.max_by_key(|it| it.len()).filter(|_| !is_choice).unwrap_or_default()
}

/// The expression with its `^` and `$` for lines, and with braces that repeat nothing as themselves, as grep takes them.
fn detection(pattern: &str) -> String {
    let mut escaped = String::from("(?m)");
    let mut rest = pattern.chars().peekable();
    let mut is_escaped = false;
    while let Some(it) = rest.next() {
        if it == '{' && !is_escaped && !rest.peek().is_some_and(char::is_ascii_digit) {
            escaped.push('\\');
        }
        is_escaped = it == '\\' && !is_escaped;
        escaped.push(it);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_literal_of_an_expression_is_in_all_that_it_matches() {
        for (pattern, wanted) in [
            ("cli::register_command.*inject", "cli::register_command"),
            (r"--action\s+\w+", "--action"),
            (r"^main\(\)\s*{", "main"),
            ("VROOLI_RESOURCE_", "VROOLI_RESOURCE_"),
            ("ab?c", "c"),
            ("ab|cd", ""),
            (r"\w+", ""),
        ] {
            assert_eq!(literal(pattern), wanted, "{pattern}");
        }
    }

    #[test]
    fn a_brace_that_repeats_nothing_is_itself() {
        let regex = Regex::new(&detection(r"^main\(\)\s*{")).unwrap();
        assert!(regex.is_match("x\nmain() {\n"));
        assert!(!regex.is_match("domain() {\n"));
        assert!(Regex::new(&detection(r"a{2}\{")).unwrap().is_match("aa{"));
    }
}
