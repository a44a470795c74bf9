//! The `compatibility` section: what the machine and the shell framework bring along.

use serde::{Deserialize, Serialize};

use crate::contract::finding::{Finding, Judgment};
use crate::contract::subject::Subject;
use crate::contract::subject::surface::Style;
use crate::contract::trial::Setting;

/// The clause on bash's version.
pub const BASH: &str = "compatibility.bash_version_min";

/// What bash can do only from a version on: a command with its first arguments.
const NEWER: &[(&str, &str, [u32; 2])] = &[
    ("declare", "-n", [4, 3]),
    ("local", "-n", [4, 3]),
    ("typeset", "-n", [4, 3]),
    ("wait", "-n", [4, 3]),
    ("mapfile", "-d", [4, 4]),
    ("readarray", "-d", [4, 4]),
];

/// The section.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct Compatibility {
    /// The oldest bash that must do.
    #[serde(default)]
    pub bash_version_min: String,
    /// Programs that must be on the machine.
    #[serde(default)]
    pub required_commands: Vec<String>,
    /// What of the framework must be used.
    #[serde(default)]
    pub framework_integration: FrameworkIntegration,
}

/// What of the framework must be used: `required`, or nothing.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct FrameworkIntegration {
    /// Registering commands with it.
    #[serde(default)]
    pub cli_command_framework: String,
    /// The functions that resources share.
    #[serde(default)]
    pub resource_common: String,
}

impl Compatibility {
    /// Judges a resource's scripts.
    pub(crate) fn read(&self, subject: &Subject, judgment: &mut Judgment) {
        self.versions(subject, judgment);
        let framework = &self.framework_integration;
        let integration = [
            (
                "cli_command_framework",
                &framework.cli_command_framework,
                subject.surface.style == Style::Framework,
            ),
            ("resource_common", &framework.resource_common, subject.surface.uses_common),
        ];
        for (part, wanted, is_kept) in integration {
            let clause = format!("compatibility.framework_integration.{part}");
            if !subject.has("cli.sh") {
                judgment.skip(&clause, "there is no cli.sh");
                continue;
            }
            match (subject.surface.style, wanted.as_str()) {
                (Style::Compiled, _) => {
                    judgment.skip(&clause, "the commands are those of a compiled program")
                }
                (_, "required") => drop(judgment.hold(is_kept, || {
                    Finding::in_file(&clause, "cli.sh", None)
                        .expected("the framework's functions are used")
                        .seen("they are not")
                        .mend("source the framework and call its functions")
                        .advice()
                })),
                (Style::Framework | Style::Cases | Style::Unknown, _) => {
                    judgment.skip(&clause, "the contract does not ask for it");
                }
            }
        }
    }

    /// Judges what the machine has.
    pub(crate) fn behave(&self, setting: &Setting, judgment: &mut Judgment) {
        for command in &self.required_commands {
            judgment.hold(setting.path.iter().any(|it| it.join(command).is_file()), || {
                Finding::in_command(&format!("compatibility.required_commands.{command}"), command)
                    .expected("a program on PATH")
                    .seen("there is none")
                    .mend(format!("install {command}"))
            });
        }
    }

    fn versions(&self, subject: &Subject, judgment: &mut Judgment) {
        let mut least = self.bash_version_min.split('.').map_while(|it| it.parse::<u32>().ok());
        let least = [least.next().unwrap_or(0), least.next().unwrap_or(0)];
        judgment.pass(BASH);
        for script in &subject.scripts {
            for call in script.script().into_iter().flat_map(|it| &it.calls) {
                let word = |at: usize| call.words.get(at).and_then(|it| it.literal.as_deref());
                let newer = NEWER.iter().find(|(name, flag, since)| {
                    word(0) == Some(name) && word(1).is_some_and(|it| it.starts_with(flag)) && *since > least
                });
                if let Some((name, flag, [major, minor])) = newer {
                    judgment.fail(
                        Finding::in_file(BASH, &script.path, Some(call.line))
                            .expected(format!("what bash {} can do", self.bash_version_min))
                            .seen(format!("`{name} {flag}`, which bash can do since {major}.{minor}"))
                            .advice(),
                    );
                }
            }
        }
    }
}
