//! `Surface`: the commands that a resource's scripts offer, and who handles them.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract::subject::Subject;
use crate::contract::subject::scripts::ScriptFile;
use crate::shell::{Call, Word};

/// Functions of the framework, which are defined elsewhere.
const FRAMEWORK: &str = "cli::";
/// The groups that the framework makes by itself, with their subcommands.
const GROUPS: [(&str, &[&str]); 3] = [
    ("manage", &["install", "uninstall", "start", "stop", "restart"]),
    ("test", &["all", "integration", "unit", "smoke"]),
    ("content", &["add", "list", "get", "remove", "execute"]),
];
/// The commands that it makes where nobody has said that the second version is meant.
const FLAT: [&str; 8] = ["status", "logs", "credentials", "start", "stop", "restart", "install", "validate"];
/// Words that a `case` over commands looks at.
const SUBJECTS: [&str; 9] =
    ["$1", "$2", "$cmd", "$command", "$action", "$subcommand", "$subcmd", "$verb", "$group"];

/// How a resource's commands are offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// By the shell framework.
    Framework,
    /// By a `case` over the arguments.
    Cases,
    /// By a program that cannot be looked into: what it offers shows when it is run.
    Compiled,
    /// In a way that is not known.
    #[default]
    Unknown,
}

/// The commands that are offered.
#[derive(Debug, Default)]
pub struct Surface {
    /// How they are offered.
    pub style: Style,
    /// The commands by their full names, such as `manage start`.
    pub commands: BTreeMap<String, Offer>,
    /// Functions that are defined somewhere.
    pub functions: BTreeSet<String>,
    /// Whether the functions that resources share are sourced.
    pub uses_common: bool,
}

/// Who handles a command, and where that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The function, if it is known.
    pub handler: Option<String>,
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

impl Surface {
    /// What a resource's scripts offer.
    pub(super) fn of(subject: &Subject) -> Self {
        let mut surface = Self::default();
        for script in &subject.scripts {
            let functions = script.script().into_iter().flat_map(|it| &it.functions);
            surface.functions.extend(functions.map(|it| it.name.clone()));
            for call in script.script().into_iter().flat_map(|it| &it.calls) {
                surface.call(script, call);
            }
        }
        let door = subject.scripts.iter().find(|it| it.path == "cli.sh");
        if surface.style == Style::Unknown
            && let Some(door) = door
        {
            surface.cases(subject, door);
            surface.style = match (hands_over(door), surface.commands.is_empty()) {
                (true, true) => Style::Compiled,
                (_, false) => Style::Cases,
                (false, true) => Style::Unknown,
            };
        }
        if subject.has("cli.sh") && door.is_none_or(|it| it.parsed.is_err() && it.text.contains('\0')) {
            surface.style = Style::Compiled;
        }
        surface
    }

    /// Whether a command's handler is defined nowhere.
    pub fn lacks_handler(&self, offer: &Offer) -> bool {
        offer.handler.as_ref().is_some_and(|it| !it.starts_with(FRAMEWORK) && !self.functions.contains(it))
    }

    /// Whether a function names a script, itself or by a function that it calls; none if it is defined nowhere.
    pub fn mentions(&self, subject: &Subject, function: &str, script: &str) -> Option<bool> {
        self.functions.contains(function).then(|| mentions(subject, function, script, &mut BTreeSet::new()))
    }

    fn call(&mut self, script: &ScriptFile, call: &Call) {
        let text = |at: usize| call.words.get(at).and_then(|it: &Word| it.literal.clone());
        let offer = |handler: Option<String>| Offer { handler, file: script.path.clone(), line: call.line };
        match text(0).as_deref() {
            Some("cli::init") => {
                self.style = Style::Framework;
                self.begin(text(3).as_deref().unwrap_or("auto"), &offer(None));
            }
            Some("cli::register_command") => {
                let Some(name) = text(1) else { return };
                self.commands.insert(name, offer(text(3)));
            }
            Some("cli::register_command_group") => {
                let Some(name) = text(1) else { return };
                self.commands.entry(name).or_insert(offer(None));
            }
            Some("cli::register_subcommand") => {
                let (Some(group), Some(name)) = (text(1), text(2)) else { return };
                self.commands.insert(format!("{group} {name}"), offer(text(4)));
            }
            Some("source" | ".") => {
                let path = call.words.get(1).map(|it| script.text.get(it.range.clone()).unwrap_or_default());
                let path = path.unwrap_or_default();
                self.uses_common |= path.contains("RESOURCES_COMMON") || path.contains("resources/common.sh");
            }
            Some(_) | None => {}
        }
        for it in call.assignments.iter().filter(|it| it.name == "CLI_COMMAND_HANDLERS") {
            let Some(name) = it.key.as_ref().map(|it| it.replace("::", " ")) else { continue };
            let handler = it.value.clone().filter(|it| !it.is_empty());
            self.commands.insert(name, Offer { handler, file: script.path.clone(), line: it.line });
        }
    }

    /// What the framework registers by itself; what is said of it elsewhere counts more.
    fn begin(&mut self, mode: &str, offer: &Offer) {
        let mut names = vec!["help".to_owned(), "info".to_owned()];
        if matches!(mode, "v2" | "auto") {
            for (group, subcommands) in GROUPS {
                names.push(group.to_owned());
                names.extend(subcommands.iter().map(|it| format!("{group} {it}")));
            }
        }
        if matches!(mode, "v1" | "auto") {
            names.extend(FLAT.map(str::to_owned));
        }
        for name in names {
            self.commands.entry(name).or_insert_with(|| offer.clone());
        }
    }

    /// The commands of a `case`. Which subcommand belongs to which group cannot always be seen: any group may have any.
    fn cases(&mut self, subject: &Subject, door: &ScriptFile) {
        let scripts = subject.scripts.iter().filter(|it| it.path == door.path || it.path.starts_with("lib/"));
        let mut words = BTreeMap::new();
        for script in scripts {
            for arm in script.script().into_iter().flat_map(|it| &it.arms) {
                let about = arm.subject.trim_matches('"').replace(['{', '}'], "");
                let about = about.split(":-").next().unwrap_or_default().to_ascii_lowercase();
                if !SUBJECTS.contains(&about.as_str()) {
                    continue;
                }
                for pattern in arm
                    .patterns
                    .iter()
                    .filter(|it| !it.is_empty() && !it.contains('*') && !it.starts_with('-'))
                {
                    let offer = Offer { handler: None, file: script.path.clone(), line: arm.line };
                    words.entry(pattern.clone()).or_insert(offer);
                }
            }
        }
        for (group, subcommands) in GROUPS.iter().filter(|(group, _)| words.contains_key(*group)) {
            for subcommand in subcommands.iter().filter(|it| words.contains_key(**it)) {
                if let Some(offer) = words.get(*subcommand) {
                    self.commands.insert(format!("{group} {subcommand}"), offer.clone());
                }
            }
        }
        self.commands.extend(words);
    }
}

fn mentions(subject: &Subject, function: &str, script: &str, seen: &mut BTreeSet<String>) -> bool {
    // Two functions may call each other.
    if !seen.insert(function.to_owned()) {
        return false;
    }
    let name = script.rsplit('/').next().unwrap_or(script);
    subject.scripts.iter().any(|file| {
        let functions = file.script().map(|it| it.functions.as_slice()).unwrap_or_default();
        let is_in = |call: &&Call| {
            call.function.and_then(|it| functions.get(it)).is_some_and(|it| it.name == function)
        };
        file.script().into_iter().flat_map(|it| &it.calls).filter(is_in).any(|call| {
            let names = |it: &Word| file.text.get(it.range.clone()).unwrap_or_default().contains(name);
            let calls = call.words.first().and_then(|it| it.literal.as_deref());
            call.words.iter().any(names) || calls.is_some_and(|it| mentions(subject, it, script, seen))
        })
    })
}

/// Whether a script hands all its arguments over to another program.
fn hands_over(door: &ScriptFile) -> bool {
    let mut calls = door.script().into_iter().flat_map(|it| &it.calls);
    calls.any(|call| {
        let is_exec = call.words.first().and_then(|it| it.literal.as_deref()) == Some("exec");
        let all = |it: &Word| door.text.get(it.range.clone()) == Some("\"$@\"");
        is_exec && call.words.iter().any(all)
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn of(cli: &str, lib: &str) -> Surface {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("lib")).unwrap();
        fs::write(dir.path().join("cli.sh"), cli).unwrap();
        fs::write(dir.path().join("lib/core.sh"), lib).unwrap();
        Subject::read(dir.path()).unwrap().surface
    }

    fn names(surface: &Surface) -> Vec<&str> {
        surface.commands.keys().map(String::as_str).collect()
    }

    #[test]
    fn the_framework_offers_groups_by_itself_and_what_is_registered() {
        let surface = of(
            "cli::init \"x\" \"an x\" \"v2\"\nCLI_COMMAND_HANDLERS[\"manage::install\"]=\"x::install\"\n\
             cli::register_command \"status\" \"how it is\" \"x::status\"\n\
             cli::register_subcommand \"content\" \"dump\" \"all of it\" \"x::dump\"\n",
            "x::install() { :; }\nx::dump() { :; }\n",
        );
        assert_eq!(surface.style, Style::Framework);
        assert_eq!(surface.commands.len(), 2 + 3 + 14 + 1 + 1);
        let lacking: Vec<&str> = surface
            .commands
            .iter()
            .filter(|(_, it)| surface.lacks_handler(it))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(lacking, ["status"]);
        assert_eq!(surface.commands["status"].line, 3);
    }

    #[test]
    fn without_a_mode_the_flat_commands_are_there_too() {
        assert!(names(&of("cli::init x\n", "")).contains(&"logs"));
        assert!(!names(&of("cli::init x '' v2\n", "")).contains(&"logs"));
        assert!(!names(&of("# cli::init x\necho 'cli::init x'\n", "")).contains(&"help"));
    }

    #[test]
    fn a_case_over_the_arguments_offers_its_patterns() {
        let surface = of(
            "case \"${1:-help}\" in\n  help|--help) h ;;\n  manage) shift; manage \"$@\" ;;\n  status) s ;;\n  *) exit 1 ;;\nesac\n",
            "manage() { case \"$1\" in install) i ;; start) s ;; esac; }\ncase \"$OSTYPE\" in linux) ;; esac\n",
        );
        assert_eq!(surface.style, Style::Cases);
        assert_eq!(
            names(&surface),
            ["help", "install", "manage", "manage install", "manage start", "start", "status"]
        );
    }

    #[test]
    fn what_hands_its_arguments_over_is_a_compiled_program() {
        assert_eq!(of("exec \"$dir/bin/x\" \"$@\"\n", "").style, Style::Compiled);
        assert_eq!(of("echo hello\n", "").style, Style::Unknown);
    }
}
