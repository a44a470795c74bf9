//! The words of a statement, without what stands in quotes and comments.

use crate::pg::script::{Inside, Strings, Token, next_token};

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// A key word or name, in lower case.
    Plain(String),
    /// A name that was quoted, which is never a key word.
    Quoted(String),
    /// A string, a number or a parameter: nobody reads it.
    Literal,
    /// Any other character.
    Mark(char),
}

/// A word of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// What it is.
    pub text: Text,
    /// How many brackets are open around it.
    pub depth: usize,
}

impl Word {
    /// Whether it is this key word or mark.
    pub fn is(&self, wanted: &str) -> bool {
        match &self.text {
            Text::Plain(it) => it == wanted,
            Text::Mark(it) => wanted.strip_prefix(*it) == Some(""),
            Text::Quoted(_) | Text::Literal => false,
        }
    }

    /// The name that it is, or that it would be if it is no key word.
    pub fn name(&self) -> Option<&str> {
        match &self.text {
            Text::Plain(it) | Text::Quoted(it) => Some(it),
            Text::Literal | Text::Mark(_) => None,
        }
    }
}

/// The words of a statement, one after the other, up to its semicolon.
#[derive(Debug)]
pub(super) struct Words<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Words<'a> {
    /// The words of this statement.
    pub fn new(statement: &'a str) -> Self {
        Words { rest: statement, depth: 0 }
    }

    /// The next token, which is taken off, and what it opened.
    fn token(&mut self, inside: &mut Inside) -> Option<(Token, &'a str)> {
        if self.rest.is_empty() {
            return None;
        }
        let (token, length) = next_token(self.rest, inside, Strings::Standard);
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some((token, text))
    }

    /// What a piece of text is, with the rest of the quote that it may have opened.
    fn text(&mut self, text: &str, mut inside: Inside) -> Text {
        let is_name = inside == Inside::DoubleQuote;
        let quoted = if inside == Inside::Sql { None } else { self.token(&mut inside) };
        match (quoted, text.chars().next()) {
            (Some((_, name)), _) if is_name => {
                Text::Quoted(name.strip_suffix('"').unwrap_or(name).replace("\"\"", "\""))
            }
            (None, Some(mark)) if text.len() == mark.len_utf8() && !mark.is_ascii_digit() => Text::Mark(mark),
            (Some(_) | None, Some(_) | None) => Text::Literal,
        }
    }

    fn word(&mut self, text: Text) -> Word {
        if matches!(text, Text::Mark(')' | ']')) {
            self.depth = self.depth.saturating_sub(1);
        }
        let depth = self.depth;
        if matches!(text, Text::Mark('(' | '[')) {
            self.depth += 1;
        }
        Word { text, depth }
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            let mut inside = Inside::Sql;
            let (token, text) = self.token(&mut inside)?;
            let text = match token {
                Token::Blank => continue,
                Token::Comment => {
                    self.token(&mut inside);
                    continue;
                }
                // The server makes no other letters small.
                Token::Word => Text::Plain(text.to_ascii_lowercase()),
                Token::Semicolon | Token::Escaped => return None,
                Token::Text | Token::Open | Token::Close => self.text(text, inside),
                Token::Backslash | Token::Variable => Text::Literal,
            };
            return Some(self.word(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(statement: &str) -> String {
        let one = |it: Word| match it.text {
            Text::Plain(text) => text,
            Text::Quoted(text) => format!("<{text}>"),
            Text::Literal => "?".to_owned(),
            Text::Mark(mark) => mark.to_string(),
        };
        Words::new(statement).map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn quotes_are_one_word_and_comments_are_none() {
        for (statement, words) in [
            ("-- why\nSELECT /* a /* b */ c */ 1;", "select ?"),
            ("A.\"B\"\"c\" * U&\"d\"", "a . <B\"c> * <d>"),
            (r"'it''s' E'\'' $$x;y$$ $a$ $$ $a$ B'1' $1 1.5e3 7 :v", "? ? ? ? ? ? ? ? ?"),
            ("a::text[] GRÖSSE", "a ? text [ ] grÖsse"),
            ("'open", "?"),
            ("\"open", "<open>"),
            ("/* open", ""),
            ("\"", "\""),
            ("a; b", "a"),
        ] {
            assert_eq!(told(statement), words, "{statement}");
        }
    }

    #[test]
    fn a_bracket_has_the_depth_of_what_is_around_it() {
        let depths = Words::new("a(b[c])d)").map(|it| it.depth).collect::<Vec<_>>();
        assert_eq!(depths, [0, 0, 1, 1, 2, 1, 0, 0, 0]);
    }
}
