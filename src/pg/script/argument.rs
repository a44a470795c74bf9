//! An argument of a meta-command, as it is gathered and as it is handed out.

use super::variable::Form;

/// An argument of a meta-command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its value: quotes taken off, variables expanded.
    pub text: String,
    /// How it was written.
    pub quoting: Quoting,
    tail: Tail,
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

/// Which characters at the end psql takes off where it does not want semicolons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    /// Semicolons among as many last bytes, which were in no quotes.
    Bare(usize),
    /// Semicolons and white space: the argument is the rest of its line.
    Line,
}

impl Argument {
    /// The argument without the semicolons at its end, as many commands want it; `None` if nothing is left.
    pub fn without_semicolons(mut self) -> Option<Argument> {
        let (at_most, taken): (usize, &[char]) = match self.tail {
            Tail::Bare(length) => (length, &[';']),
            Tail::Line => (self.text.len(), &[';', ' ', '\t', '\n', '\r', '\x0b', '\x0c']),
        };
        let kept = self.text.trim_end_matches(taken).len();
        self.text.truncate(kept.max(self.text.len() - at_most));
        self.unless_missing()
    }

    /// The rest of a line.
    pub(super) fn line(text: Vec<u8>) -> Option<Argument> {
        let text = into_text(text);
        Argument { text, quoting: Quoting::Bare, tail: Tail::Line }.unless_missing()
    }

    /// The argument as an identifier in SQL: without double quotes, small where it had none.
    pub(super) fn into_identifier(mut self) -> Argument {
        let mut text = String::new();
        let mut quoted = false;
        let mut rest = self.text.chars().peekable();
        while let Some(it) = rest.next() {
            match it {
                '"' if quoted && rest.next_if_eq(&'"').is_some() => text.push('"'),
                '"' => quoted = !quoted,
                _ if quoted => text.push(it),
                _ => text.push(it.to_ascii_lowercase()),
            }
        }
        self.text = text;
        self
    }

    /// Nothing is an argument only in quotes.
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

    /// The argument.
    pub(super) fn finish(self) -> Result<Option<Argument>, ArgumentError> {
        if let Some(command) = self.command {
            return Err(ArgumentError::Backtick { command });
        }
        let tail = Tail::Bare(self.bare);
        Ok(Argument { text: into_text(self.text), quoting: self.quoting, tail }.unless_missing())
    }
}

/// Escapes such as `\xe9` can make bytes that are no UTF-8.
fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|err| String::from_utf8_lossy(err.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(text: &str) -> Argument {
        let mut gathered = Gathered::default();
        gathered.bare(text);
        gathered.finish().unwrap().unwrap()
    }

    #[test]
    fn an_identifier_is_small_where_it_has_no_quotes() {
        let table = [
            ("Ab", "ab"),
            ("\"Ab\"", "Ab"),
            ("A\"B\"\"C\"D", "aB\"Cd"),
            ("\"\"", ""),
            ("GRÖSSE", "grÖsse"),
            ("Sch.\"T;\"", "sch.T;"),
        ];
        for (text, identifier) in table {
            assert_eq!(bare(text).into_identifier().text, identifier, "{text}");
        }
    }

    #[test]
    fn semicolons_come_off_only_where_they_are_in_no_quotes() {
        assert_eq!(bare("a;b;;").without_semicolons().unwrap().text, "a;b");
        assert_eq!(bare(";").without_semicolons(), None);
        let mut gathered = Gathered::default();
        gathered.quoted(Quoting::Single, b"a;");
        assert_eq!(gathered.clone().finish().unwrap().unwrap().without_semicolons().unwrap().text, "a;");
        gathered.bare(";");
        assert_eq!(gathered.finish().unwrap().unwrap().without_semicolons().unwrap().text, "a;");
    }

    #[test]
    fn the_rest_of_a_line_loses_blanks_with_its_semicolons() {
        let line = |text: &str| Argument::line(text.as_bytes().to_vec()).unwrap().without_semicolons();
        assert_eq!(line("a; b ; ;\t").unwrap().text, "a; b");
        assert_eq!(line("; ;"), None);
    }
}
