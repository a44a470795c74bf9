//! The arguments of a meta-command, as far as they are known before anything is run.

use std::cell::Cell;

use crate::pg::run::condition::boolean;
use crate::pg::script::{Argument, MetaCommand, Values};

/// The arguments of a meta-command before it is run.
#[derive(Debug)]
pub(super) struct ForeseenArguments {
    /// The arguments that the command takes. References to variables are as written.
    pub arguments: Vec<Argument>,
    /// Whether an argument is the output of a shell command.
    pub has_backquotes: bool,
    /// Whether an argument depends on a variable.
    has_variables: bool,
}

impl ForeseenArguments {
    /// Reads the arguments of a command as its row of the table says.
    pub(super) fn of(command: MetaCommand<'_>) -> Self {
        let has_variables = Cell::new(false);
        let value = |_: &str| {
            has_variables.set(true);
            None
        };
        let read = command.read(&Values::Of(&value));
        let has_backquotes = read.is_err();
        Self {
            arguments: read.unwrap_or_else(|_| Vec::new()),
            has_backquotes,
            has_variables: has_variables.get(),
        }
    }

    /// Returns the arguments if they do not depend on the run.
    pub(super) fn known(&self) -> Option<&[Argument]> {
        (!self.has_backquotes && !self.has_variables).then_some(self.arguments.as_slice())
    }

    /// Returns whether the arguments are a condition that is false in every run. As in psql, an unreadable one is false.
    pub(super) fn is_false_condition(&self) -> bool {
        self.known().is_some_and(|it| {
            let words: Vec<&str> = it.iter().map(|it| it.text.as_str()).collect();
            boolean(&words.join(" ")) != Some(true)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreseen(name: &str, arguments: &str) -> ForeseenArguments {
        ForeseenArguments::of(MetaCommand { line: 1, name, arguments })
    }

    #[test]
    fn arguments_are_known_unless_they_depend_on_variables_or_the_shell() {
        let table: &[(&str, &str, Option<&[&str]>)] = &[
            ("i", " 'a b.sql';", Some(&["a b.sql"])),
            ("i", " a.sql; b", Some(&["a.sql"])),
            ("i", " :a.sql", None),
            ("i", " ':a.sql'", Some(&[":a.sql"])),
            ("i", " a:.sql", Some(&["a:.sql"])),
            ("echo", " a `b`", None),
            ("echo", " '`b`'", Some(&["`b`"])),
            ("a", " `b`", Some(&[])),
            ("i", " 'open", Some(&[])),
        ];
        for (name, arguments, known) in table {
            let foreseen = foreseen(name, arguments);
            let texts: Option<Vec<&str>> =
                foreseen.known().map(|it| it.iter().map(|it| it.text.as_str()).collect());
            assert_eq!(texts.as_deref(), *known, "\\{name}{arguments}");
        }
    }

    #[test]
    fn a_condition_is_false_in_every_run_unless_it_says_yes_or_depends_on_a_variable() {
        for (arguments, is_false) in [
            (" false", true),
            (" 'off'", true),
            (" false;", true),
            ("", true),
            (" on", false),
            (" :a", false),
        ] {
            assert_eq!(foreseen("if", arguments).is_false_condition(), is_false, "{arguments}");
        }
    }
}
