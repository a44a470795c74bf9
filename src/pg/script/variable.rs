//! References to variables, and their values quoted for SQL.

use super::lex::is_name;

/// Where the values of variables come from.
#[derive(Clone, Copy)]
pub enum Values<'a> {
    /// From here; `None` for a variable that is not set.
    Of(&'a dyn Fn(&str) -> Option<String>),
    /// From nowhere: the text stands in a branch of `\if` that is not taken, where psql expands nothing.
    Inactive,
}

/// A reference to a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    /// What becomes of the value.
    pub form: Form,
    /// The variable.
    pub name: &'a str,
    /// The length of all of it.
    pub length: usize,
}

/// What becomes of a variable's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `:name`: the value as it is.
    Plain,
    /// `:'name'`: a literal.
    Literal,
    /// `:"name"`: an identifier.
    Identifier,
    /// `:{?name}`: whether it is set.
    IsSet,
}

impl std::fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Values::Of(_) => "Of(..)",
            Values::Inactive => "Inactive",
        })
    }
}

impl Values<'_> {
    /// The value of a variable that is set.
    pub(super) fn of(&self, name: &str) -> Option<String> {
        match self {
            Values::Of(value) => value(name),
            Values::Inactive => None,
        }
    }

    /// What a reference stands for; `None` if it stays as it is written.
    pub(super) fn resolve(&self, reference: &Reference<'_>) -> Option<String> {
        let value = self.of(reference.name);
        match reference.form {
            Form::Plain => value,
            Form::Literal => value.map(|it| literal(&it)),
            Form::Identifier => value.map(|it| identifier(&it)),
            Form::IsSet => Some(if value.is_some() { "TRUE" } else { "FALSE" }.to_owned()),
        }
    }
}

impl<'a> Reference<'a> {
    /// The reference a text begins with.
    pub(super) fn at(text: &'a str) -> Option<Reference<'a>> {
        let within = |form, open: &str, close: &str| {
            let inner = text.strip_prefix(open)?;
            let name = name(inner)?;
            let closed = inner.get(name.len()..)?.starts_with(close);
            closed.then_some(Reference { form, name, length: open.len() + name.len() + close.len() })
        };
        within(Form::Plain, ":", "")
            .or_else(|| within(Form::Literal, ":'", "'"))
            .or_else(|| within(Form::Identifier, ":\"", "\""))
            .or_else(|| within(Form::IsSet, ":{?", "}"))
    }
}

/// Letters, digits and underscores: unlike a name in SQL without dollars, and with a digit at will first.
fn name(text: &str) -> Option<&str> {
    let end = text.bytes().position(|it| !is_name(it) || it == b'$').unwrap_or(text.len());
    text.get(..end).filter(|it| !it.is_empty())
}

/// libpq's `PQescapeLiteral`: the space keeps the `E` away from a name before it.
fn literal(value: &str) -> String {
    let doubled = value.replace('\'', "''");
    match doubled.contains('\\') {
        true => format!(" E'{}'", doubled.replace('\\', "\\\\")),
        false => format!("'{doubled}'"),
    }
}

fn identifier(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_known_by_its_form() {
        let table = [
            (":a b", Some((Form::Plain, "a", 2))),
            (":1", Some((Form::Plain, "1", 2))),
            (":a$b", Some((Form::Plain, "a", 2))),
            (":größe", Some((Form::Plain, "größe", 8))),
            (":'a'b", Some((Form::Literal, "a", 4))),
            (":\"a\"", Some((Form::Identifier, "a", 4))),
            (":{?a}", Some((Form::IsSet, "a", 5))),
            (":'a b'", None),
            (":'a\"", None),
            (":''", None),
            (":{a}", None),
            (":{?}", None),
            (":-a", None),
            (":", None),
        ];
        for (text, found) in table {
            let got = Reference::at(text).map(|it| (it.form, it.name, it.length));
            assert_eq!(got, found, "{text:?}");
        }
    }

    #[test]
    fn a_literal_doubles_quotes_and_escapes_backslashes() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"a\b'c"), r" E'a\\b''c'");
        assert_eq!(literal(""), "''");
    }

    #[test]
    fn an_identifier_doubles_its_quotes() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
    }
}
