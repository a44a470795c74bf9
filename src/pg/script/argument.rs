//! An argument of a meta-command, as it is gathered and as it is handed out.

use super::syntax::{ArgumentKind, ArgumentSyntax, Semicolons};
use super::variable::Form;

/// An argument of a meta-command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its value: quotes taken off, variables expanded.
    pub text: String,
    /// How it was written.
    pub quoting: Quoting,
    /// The number of unquoted bytes at the end.
    bare: usize,
}

/// The case of letters outside of an identifier's double quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LetterCase {
    /// As written.
    Keep,
    /// Lower case, as in SQL.
    Fold,
}

/// What stood last in an argument that was not plain text, as in psql: `\echo "-n"` prints `-n`, `\echo -n` does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quoting {
    /// Nothing did.
    #[default]
    Bare,
    /// `'...'`
    Single,
    /// `"..."`
    Double,
    /// `` `...` ``, which is kept as it is written where nothing is run.
    Backtick,
    /// A variable.
    Variable,
}

/// Why there is no argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// A quote is open at the end of the line. psql says so and goes on without the argument.
    #[error("unterminated quoted string")]
    Unterminated,
    /// The output of a command of the shell is asked for, which is never run here.
    #[error("`{command}` in backquotes is a command of the shell, which scripts may not run here")]
    Backtick {
        /// What stands between the backquotes, variables as they are written.
        command: String,
    },
}

impl Argument {
    /// Returns the rest of a line, whose semicolons psql 15 never strips; `None` if it is empty.
    pub(super) fn line(text: Vec<u8>) -> Option<Argument> {
        Argument { text: into_text(text), quoting: Quoting::Bare, bare: 0 }.unless_missing()
    }

    /// Returns the word as a command reads it; `None` if nothing is left. Semicolons come off before quotes do, so that
    /// quoted ones stay.
    pub(super) fn read_as(self, syntax: ArgumentSyntax) -> Option<Argument> {
        let word = match syntax.semicolons {
            Semicolons::Keep => self,
            Semicolons::Strip => self.without_semicolons(),
        };
        let word = match syntax.kind {
            ArgumentKind::Normal | ArgumentKind::FilePipe | ArgumentKind::WholeLine => word,
            ArgumentKind::SqlId => word.into_identifier(LetterCase::Fold),
            ArgumentKind::SqlIdHack => word.into_identifier(LetterCase::Keep),
        };
        word.unless_missing()
    }

    /// Strips unquoted semicolons from the end.
    fn without_semicolons(mut self) -> Argument {
        let kept = self.text.trim_end_matches(';').len();
        self.text.truncate(kept.max(self.text.len() - self.bare));
        self
    }

    /// Strips the double quotes.
    fn into_identifier(mut self, case: LetterCase) -> Argument {
        let mut text = String::new();
        let mut is_quoted = false;
        let mut rest = self.text.chars().peekable();
        while let Some(it) = rest.next() {
            match (it, case) {
                ('"', _) if is_quoted && rest.next_if_eq(&'"').is_some() => text.push('"'),
                ('"', _) => is_quoted = !is_quoted,
                (_, LetterCase::Fold) if !is_quoted => text.push(it.to_ascii_lowercase()),
                (_, LetterCase::Fold | LetterCase::Keep) => text.push(it),
            }
        }
        self.text = text;
        self
    }

    /// Returns `None` for an empty argument that was not quoted.
    fn unless_missing(self) -> Option<Argument> {
        (!self.text.is_empty() || self.quoting != Quoting::Bare).then_some(self)
    }
}

/// An argument that is being read.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    text: Vec<u8>,
    quoting: Quoting,
    bare: usize,
    command: Option<String>,
}

impl Gathered {
    /// Adds text that is in no quotes.
    pub(super) fn bare(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
        self.bare += text.len();
    }

    /// Adds text that is.
    pub(super) fn quoted(&mut self, quoting: Quoting, text: &[u8]) {
        self.text.extend_from_slice(text);
        self.quoting = quoting;
        self.bare = 0;
    }

    /// Adds what a reference to a variable stands for. psql leaves `:{?name}` out of its account of quoting.
    pub(super) fn variable(&mut self, form: Form, text: &str) {
        match form {
            Form::Plain | Form::Literal | Form::Identifier => self.quoted(Quoting::Variable, text.as_bytes()),
            Form::IsSet => self.text.extend_from_slice(text.as_bytes()),
        }
    }

    /// Takes notice of the first command for the shell.
    pub(super) fn command(&mut self, command: String) {
        self.command.get_or_insert(command);
    }

    /// Returns the word as written.
    pub(super) fn finish(self) -> Result<Argument, ArgumentError> {
        match self.command {
            Some(command) => Err(ArgumentError::Backtick { command }),
            None => Ok(Argument { text: into_text(self.text), quoting: self.quoting, bare: self.bare }),
        }
    }
}

/// Escapes such as `\xe9` can make bytes that are no UTF-8.
fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|err| String::from_utf8_lossy(err.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(text: &str) -> Gathered {
        let mut gathered = Gathered::default();
        gathered.bare(text);
        gathered
    }

    fn read(gathered: Gathered, kind: ArgumentKind, semicolons: Semicolons) -> Option<String> {
        gathered.finish().unwrap().read_as(ArgumentSyntax { kind, semicolons }).map(|it| it.text)
    }

    #[test]
    fn an_identifier_loses_its_quotes_and_its_case_if_that_is_wanted() {
        let table = [
            ("Ab", "ab", "Ab"),
            ("\"Ab\"", "Ab", "Ab"),
            ("A\"B\"\"C\"D", "aB\"Cd", "AB\"CD"),
            ("\"\"\"\"", "\"", "\""),
            ("GRÖSSE", "grÖsse", "GRÖSSE"),
            ("Sch.\"T;\"", "sch.T;", "Sch.T;"),
        ];
        for (text, folded, kept) in table {
            let as_kind = |kind| read(bare(text), kind, Semicolons::Keep);
            assert_eq!(as_kind(ArgumentKind::SqlId).as_deref(), Some(folded), "{text}");
            assert_eq!(as_kind(ArgumentKind::SqlIdHack).as_deref(), Some(kept), "{text}");
            assert_eq!(as_kind(ArgumentKind::Normal).as_deref(), Some(text));
        }
    }

    #[test]
    fn only_unquoted_semicolons_come_off() {
        let stripped = |gathered| read(gathered, ArgumentKind::Normal, Semicolons::Strip);
        assert_eq!(stripped(bare("a;b;;")).as_deref(), Some("a;b"));
        assert_eq!(stripped(bare(";")), None);
        assert_eq!(read(bare("a;"), ArgumentKind::Normal, Semicolons::Keep).as_deref(), Some("a;"));
        let mut gathered = Gathered::default();
        gathered.quoted(Quoting::Single, b"a;");
        assert_eq!(stripped(gathered.clone()).as_deref(), Some("a;"));
        gathered.bare(";");
        assert_eq!(stripped(gathered).as_deref(), Some("a;"));
    }

    #[test]
    fn semicolons_come_off_before_the_quotes_of_an_identifier_do() {
        let mut gathered = Gathered::default();
        gathered.quoted(Quoting::Double, b"\"a;\"");
        gathered.bare(";");
        assert_eq!(read(gathered, ArgumentKind::SqlIdHack, Semicolons::Strip).as_deref(), Some("a;"));
    }

    #[test]
    fn the_rest_of_a_line_keeps_its_semicolons() {
        let line = |text: &str| Argument::line(text.as_bytes().to_vec()).map(|it| it.text);
        assert_eq!(line("a; b ; ;\t").as_deref(), Some("a; b ; ;\t"));
        assert_eq!(line(""), None);
    }
}
