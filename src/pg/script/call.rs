//! The state of reading a meta-command's arguments: its row of the table says how the next one is read.

use super::argument::Argument;
use super::syntax::{ArgumentSyntax, Arguments, MetaOptions, MetaSyntax};

/// A meta-command whose arguments are being read.
#[derive(Clone, Debug)]
pub struct MetaCall {
    /// The command's name as written, without the backslash.
    pub name: String,
    /// The command's row of the table.
    pub syntax: &'static MetaSyntax,
    progress: Progress,
}

/// What is to be read next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// The first argument, or the first option before it.
    First,
    /// A further option in parentheses.
    Options,
    /// The argument at this index.
    At(usize),
    /// Nothing.
    Complete,
}

impl MetaCall {
    /// Returns the state before the first argument; `None` if psql has no such command.
    pub fn new(name: &str) -> Option<Self> {
        let syntax = MetaSyntax::of(name)?;
        Some(Self { name: name.to_owned(), syntax, progress: Progress::First })
    }

    /// Returns whether the command takes no more arguments.
    pub fn is_complete(&self) -> bool {
        self.next().is_none()
    }

    /// Returns how the next argument is read.
    pub(super) fn next(&self) -> Option<ArgumentSyntax> {
        match (self.progress, self.syntax.options) {
            (Progress::First, _) => self.syntax.arguments.at(0),
            (Progress::Options, MetaOptions::Parenthesized(syntax)) => Some(syntax),
            (Progress::Options, MetaOptions::None | MetaOptions::Word(_)) => None,
            (Progress::At(index), _) => self.syntax.arguments.at(index),
            (Progress::Complete, _) => None,
        }
    }

    /// Moves on after an argument, which may be missing.
    pub(super) fn advance(&mut self, argument: Option<&Argument>) {
        let text = argument.map(|it| it.text.as_str());
        self.progress = match self.progress {
            Progress::First => self.after_first(argument),
            Progress::Options => text.map_or(Progress::At(0), closed),
            Progress::At(index) => self.after(index, argument),
            Progress::Complete => Progress::Complete,
        };
    }

    fn after_first(&self, argument: Option<&Argument>) -> Progress {
        let text = argument.map_or("", |it| &it.text);
        match self.syntax.options {
            MetaOptions::Word(prefix) if text.starts_with(prefix) => Progress::At(0),
            MetaOptions::Parenthesized(_) if let Some(option) = text.strip_prefix('(') => closed(option),
            MetaOptions::None | MetaOptions::Word(_) | MetaOptions::Parenthesized(_) => {
                self.after(0, argument)
            }
        }
    }

    fn after(&self, index: usize, argument: Option<&Argument>) -> Progress {
        match self.syntax.arguments {
            Arguments::Series(..) if argument.is_none() => Progress::Complete,
            Arguments::Series(..) | Arguments::Each(_) => Progress::At(index + 1),
        }
    }
}

/// Returns what follows an option: the last one ends with a parenthesis.
fn closed(option: &str) -> Progress {
    if option.ends_with(')') { Progress::At(0) } else { Progress::Options }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::script::{Query, Scanner, Source, Values};

    /// Reads the arguments of a command, and returns them with the rest of its line.
    fn read(text: &str) -> (Vec<Option<String>>, String) {
        let source = Source::new("a.sql", text);
        let mut scanner = Scanner::new(&source);
        let value = |name: &str| (name == "semicolon").then(|| ";".to_owned());
        scanner.scan(&mut Query::default(), &Values::Inactive);
        let mut call = MetaCall::new(&scanner.meta_name()).unwrap();
        let mut all = Vec::new();
        while !call.is_complete() {
            all.push(scanner.argument(&mut call, &Values::Of(&value)).unwrap().map(|it| it.text));
        }
        assert_eq!(scanner.argument(&mut call, &Values::Inactive), Ok(None));
        (all, scanner.input.rest().trim_start().to_owned())
    }

    #[test]
    fn a_command_reads_what_its_row_says_and_leaves_the_rest() {
        let table: &[(&str, &[Option<&str>], &str)] = &[
            ("\\d ; a", &[None], "a"),
            ("\\lo_list ; a b", &[None, Some("a")], "b"),
            ("\\dAc ; a", &[None], "a"),
            ("\\dAc a; b; c", &[Some("a"), Some("b")], "c"),
            ("\\df a b; ; c", &[Some("a"), Some("b"), None], "c"),
            ("\\echo a; ;", &[Some("a;"), Some(";"), None], ""),
            ("\\a b", &[], "b"),
            ("\\x :semicolon", &[Some(";")], ""),
            ("\\x on;\\\\ a", &[Some("on")], "\\\\ a"),
            ("\\copy a \\\\ b ;", &[Some("a \\\\ b ;")], ""),
        ];
        for (text, arguments, left) in table {
            let arguments = arguments.iter().map(|it| it.map(str::to_owned)).collect();
            assert_eq!(read(text), (arguments, (*left).to_owned()), "{text}");
        }
    }

    #[test]
    fn options_stand_before_the_arguments() {
        let table: &[(&str, &[Option<&str>], &str)] = &[
            ("\\c A; \"B;\"; ; d; e", &[Some("A"), Some("B;"), None, Some("d")], "e"),
            (
                "\\c -reuse-previous=on a -reuse-previous=on b c d",
                &[Some("-reuse-previous=on"), Some("a"), Some("-reuse-previous=on"), Some("b"), Some("c")],
                "d",
            ),
            ("\\g a; b", &[Some("a;")], "b"),
            ("\\g |a \\b", &[Some("|a \\b")], ""),
            ("\\g (a) b c", &[Some("(a)"), Some("b")], "c"),
            ("\\g (a |b c) |d e", &[Some("(a"), Some("|b"), Some("c)"), Some("|d e")], ""),
            ("\\g ( ) b", &[Some("("), Some(")"), Some("b")], ""),
            ("\\g (", &[Some("("), None, None], ""),
            ("\\g a) b", &[Some("a)")], "b"),
        ];
        for (text, arguments, left) in table {
            let arguments = arguments.iter().map(|it| it.map(str::to_owned)).collect();
            assert_eq!(read(text), (arguments, (*left).to_owned()), "{text}");
        }
    }
}
