//! Whether a statement is a `COPY` from or to the client: after `FROM stdin`, lines of data are to be expected.

use super::lex::Token;

/// How far the tokens of a statement go along `COPY ... FROM stdin` or `COPY ... TO stdout`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Copies {
    head: Head,
    from: usize,
    to: usize,
    statements: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum Head {
    #[default]
    Start,
    Copy,
    From,
    To,
    Other,
}

impl Copies {
    /// Takes notice of a token and its text in so many parentheses, as in `COPY (SELECT ... FROM stdin) TO ...`.
    pub(super) fn token(&mut self, token: Token, text: &str, parentheses: usize) {
        if matches!(token, Token::Blank | Token::Comment) {
            return;
        }
        let is = |it: &str| token == Token::Word && parentheses == 0 && text.eq_ignore_ascii_case(it);
        if matches!(self.head, Head::Start) {
            self.statements += 1;
        }
        // The grammar takes both words in both directions.
        let is_client = is("stdin") || is("stdout");
        self.head = match self.head {
            Head::Start if is("copy") => Head::Copy,
            Head::Copy | Head::From | Head::To if is("from") => Head::From,
            Head::Copy | Head::From | Head::To if is("to") => Head::To,
            Head::From if is_client => {
                self.from += 1;
                Head::Other
            }
            Head::To if is_client => {
                self.to += 1;
                Head::Other
            }
            Head::Copy | Head::From | Head::To => Head::Copy,
            Head::Start | Head::Other => Head::Other,
        };
    }

    /// Begins another statement of the same query.
    pub(super) fn restart(&mut self) {
        self.head = Head::Start;
    }

    /// How many of the statements read data.
    pub(super) fn from(&self) -> usize {
        self.from
    }

    /// How many of the statements write data.
    pub(super) fn to(&self) -> usize {
        self.to
    }

    /// How many statements there are.
    pub(super) fn statements(&self) -> usize {
        self.statements
    }
}
