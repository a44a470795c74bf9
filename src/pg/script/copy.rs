//! Whether a statement is a `COPY ... FROM stdin`, after which lines of data are to be expected.

use super::lex::Token;

/// How far the tokens of a statement go along `COPY ... FROM stdin`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Copies {
    head: Head,
    count: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum Head {
    #[default]
    Start,
    Copy,
    From,
    Other,
}

impl Copies {
    /// Takes notice of a token and its text in so many parentheses, as in `COPY (SELECT ... FROM stdin) TO ...`.
    pub(super) fn token(&mut self, token: Token, text: &str, parentheses: usize) {
        if token == Token::Blank {
            return;
        }
        let is = |it: &str| token == Token::Word && parentheses == 0 && text.eq_ignore_ascii_case(it);
        self.head = match self.head {
            Head::Start if is("copy") => Head::Copy,
            Head::Copy | Head::From if is("from") => Head::From,
            // The grammar takes both words in both directions.
            Head::From if is("stdin") || is("stdout") => {
                self.count += 1;
                Head::Other
            }
            Head::Copy | Head::From => Head::Copy,
            Head::Start | Head::Other => Head::Other,
        };
    }

    /// Begins another statement of the same query.
    pub(super) fn restart(&mut self) {
        self.head = Head::Start;
    }

    /// How many of the statements were.
    pub(super) fn count(&self) -> usize {
        self.count
    }
}
