//! The tokens of SQL, as far as a client has to know them.

use super::quote::{Escapes, Inside, dollar_delimiter};
use super::variable::Reference;

/// Whether a backslash is an escape in a plain `'...'`: the server's `standard_conforming_strings`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strings {
    /// On: it is not.
    #[default]
    Standard,
    /// Off: it is.
    Escaping,
}

/// What a piece of SQL means to the scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// White space, or a comment to the end of its line.
    Blank,
    /// A part of a comment between marks, which is handed on.
    Comment,
    /// A key word or name without quotes.
    Word,
    /// Anything else that is only handed on.
    Text,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `;`
    Semicolon,
    /// `\;` or `\:`, which stand for their second character.
    Escaped,
    /// Any other backslash.
    Backslash,
    /// A reference to a variable.
    Variable,
}

/// The token a text begins with and its length; the text is not empty. What is open may end or begin with it.
pub(crate) fn next(text: &str, inside: &mut Inside, strings: Strings) -> (Token, usize) {
    if *inside != Inside::Sql {
        return (handed_on(inside), inside.run(text));
    }
    let bytes = text.as_bytes();
    match bytes {
        [it, ..] if is_space(*it) => (Token::Blank, run(bytes, is_space)),
        [b'-', b'-', ..] => (Token::Blank, run(bytes, |it| !matches!(it, b'\n' | b'\r'))),
        [b'(', ..] => (Token::Open, 1),
        [b')', ..] => (Token::Close, 1),
        [b';', ..] => (Token::Semicolon, 1),
        [b'\\', b';' | b':', ..] => (Token::Escaped, 2),
        [b'\\', ..] => (Token::Backslash, 1),
        [b':', ..] => colon(text),
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => (Token::Text, number(bytes)),
        [b'$', ..] => (Token::Text, dollar(text, inside)),
        _ => match opening(bytes, strings) {
            Some((opened, length)) => {
                *inside = opened;
                (handed_on(inside), length)
            }
            None => word_or_else(bytes),
        },
    }
}

/// What a piece of an open quote or comment is.
fn handed_on(inside: &Inside) -> Token {
    if matches!(inside, Inside::Comment(_)) { Token::Comment } else { Token::Text }
}

/// The quote or comment a text begins with, and the length of what opens it.
fn opening(bytes: &[u8], strings: Strings) -> Option<(Inside, usize)> {
    let plain = match strings {
        Strings::Standard => Escapes::No,
        Strings::Escaping => Escapes::Yes,
    };
    match bytes {
        [b'\'', ..] => Some((Inside::Quote(plain), 1)),
        [b'n' | b'N', b'\'', ..] => Some((Inside::Quote(plain), 2)),
        [b'e' | b'E', b'\'', ..] => Some((Inside::Quote(Escapes::Yes), 2)),
        [b'b' | b'B' | b'x' | b'X', b'\'', ..] => Some((Inside::Quote(Escapes::No), 2)),
        [b'u' | b'U', b'&', b'\'', ..] => Some((Inside::Quote(Escapes::No), 3)),
        [b'u' | b'U', b'&', b'"', ..] => Some((Inside::DoubleQuote, 3)),
        [b'"', ..] => Some((Inside::DoubleQuote, 1)),
        [b'/', b'*', ..] => Some((Inside::Comment(0), 2)),
        _ => None,
    }
}

/// `::` and `:=` hide a variable's colon, as in `a::int`.
fn colon(text: &str) -> (Token, usize) {
    match Reference::at(text) {
        Some(reference) => (Token::Variable, reference.length),
        None if text.starts_with("::") || text.starts_with(":=") => (Token::Text, 2),
        None => (Token::Text, 1),
    }
}

/// A name after digits belongs to them, as in `1E'...'`, which is no quote with escapes; so does the sign of an
/// exponent, as in `1e--`, which is no comment.
fn number(bytes: &[u8]) -> usize {
    let digits = |from: usize| run(bytes.get(from..).unwrap_or_default(), |it| it.is_ascii_digit());
    let mut end = digits(0);
    if let [b'.', after @ ..] = bytes.get(end..).unwrap_or_default()
        && !after.starts_with(b".")
    {
        end += 1 + digits(end + 1);
    }
    if let [b'e' | b'E', b'+' | b'-', ..] = bytes.get(end..).unwrap_or_default() {
        match digits(end + 2) {
            0 => return end + 2,
            length => end += 2 + length,
        }
    }
    end + name(bytes.get(end..).unwrap_or_default())
}

/// A dollar quote, a parameter such as `$1`, or a dollar alone.
fn dollar(text: &str, inside: &mut Inside) -> usize {
    if let Some(delimiter) = dollar_delimiter(text) {
        *inside = Inside::Dollar(delimiter.to_owned());
        return delimiter.len();
    }
    let bytes = text.as_bytes().get(1..).unwrap_or_default();
    match run(bytes, |it| it.is_ascii_digit()) {
        0 => 1,
        digits => 1 + digits + name(bytes.get(digits..).unwrap_or_default()),
    }
}

fn word_or_else(bytes: &[u8]) -> (Token, usize) {
    match name(bytes) {
        0 => (Token::Text, 1),
        length => (Token::Word, length),
    }
}

/// The length of a name, if there is one.
fn name(bytes: &[u8]) -> usize {
    match bytes {
        [it, ..] if is_name_start(*it) => run(bytes, is_name),
        _ => 0,
    }
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|it| !belongs(*it)).unwrap_or(bytes.len())
}

/// What separates tokens.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c')
}

/// What a name may begin with: letters of any script, so every byte beyond ASCII.
pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

/// What a name may go on with.
pub(super) fn is_name(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str, strings: Strings) -> Vec<String> {
        let (mut inside, mut rest, mut found) = (Inside::Sql, text, Vec::new());
        while !rest.is_empty() {
            let (token, length) = next(rest, &mut inside, strings);
            found.push(format!("{token:?} {}", &rest[..length]));
            rest = &rest[length..];
        }
        found
    }

    fn standard(text: &str) -> Vec<String> {
        tokens(text, Strings::Standard)
    }

    #[test]
    fn each_kind_of_quote_hides_a_semicolon() {
        for text in
            ["';'", "E';\\';'", "U&';'", "B';'", "x';'", "N';'", "\";\"", "u&\";\"", "$$;$$", "$a$;$$;$a$"]
        {
            assert!(standard(text).iter().all(|it| it.starts_with("Text ")), "{text}: {:?}", standard(text));
        }
        assert_eq!(standard("'a;")[1..], ["Text a;"]);
    }

    #[test]
    fn a_backslash_is_an_escape_where_strings_say_so() {
        assert_eq!(tokens(r"'\';'", Strings::Escaping), ["Text '", r"Text \';'"]);
        assert_eq!(tokens(r"N'\';'", Strings::Escaping), ["Text N'", r"Text \';'"]);
        assert_eq!(tokens(r"'\';", Strings::Standard), ["Text '", r"Text \'", "Semicolon ;"]);
        assert_eq!(tokens(r"U&'\';", Strings::Escaping), ["Text U&'", r"Text \'", "Semicolon ;"]);
    }

    #[test]
    fn a_name_takes_dollars_and_letters_before_quotes_with_it() {
        assert_eq!(standard("a$b$;"), ["Word a$b$", "Semicolon ;"]);
        assert_eq!(standard(r"ne'\';"), ["Word ne", "Text '", r"Text \'", "Semicolon ;"]);
        assert_eq!(standard(r"1E'\';"), ["Text 1E", "Text '", r"Text \'", "Semicolon ;"]);
        assert_eq!(standard("größe;"), ["Word größe", "Semicolon ;"]);
        assert_eq!(standard("1a$b$;$1é$$;"), ["Text 1a$b$", "Semicolon ;", "Text $1é$$", "Semicolon ;"]);
    }

    #[test]
    fn a_number_takes_its_exponent_and_a_name_after_it() {
        for text in ["1", "1.5", "1.", ".5", "1e5", "1.5e-3", "1e--", "1_000", "0x1F", "1.5e$a$", "1e-3abc"] {
            let number = text.strip_suffix("-").filter(|it| it.ends_with('-')).unwrap_or(text);
            assert_eq!(standard(text)[0], format!("Text {number}"));
        }
        assert_eq!(standard("1..2"), ["Text 1", "Text .", "Text .2"]);
        assert_eq!(standard("1e-abc"), ["Text 1e-", "Word abc"]);
    }

    #[test]
    fn a_parameter_is_no_dollar_quote() {
        assert_eq!(standard("$1;$2"), ["Text $1", "Semicolon ;", "Text $2"]);
        assert_eq!(standard("$a;$"), ["Text $", "Word a", "Semicolon ;", "Text $"]);
    }

    #[test]
    fn a_comment_ends_with_its_line_or_at_its_mark() {
        assert_eq!(standard("-- a;\r;"), ["Blank -- a;", "Blank \r", "Semicolon ;"]);
        assert_eq!(standard("/* ; */;"), ["Comment /*", "Comment  ; */", "Semicolon ;"]);
        assert_eq!(standard("*/*;*/-"), ["Text *", "Comment /*", "Comment ;*/", "Text -"]);
        assert_eq!(standard("@--;"), ["Text @", "Blank --;"]);
    }

    #[test]
    fn a_colon_is_a_reference_only_where_no_cast_or_assignment_is() {
        assert_eq!(standard(":a::b"), ["Variable :a", "Text ::", "Word b"]);
        assert_eq!(standard(":::a"), ["Text ::", "Variable :a"]);
        assert_eq!(standard("a:=b"), ["Word a", "Text :=", "Word b"]);
        assert_eq!(standard(": a"), ["Text :", "Blank  ", "Word a"]);
        assert_eq!(standard(":'a b'"), ["Text :", "Text '", "Text a b'"]);
    }

    #[test]
    fn a_backslash_stops_unless_it_escapes_a_semicolon_or_colon() {
        assert_eq!(standard(r"\;\:\g"), [r"Escaped \;", r"Escaped \:", r"Backslash \", "Word g"]);
    }
}
