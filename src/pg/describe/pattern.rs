//! psql's patterns: names with `*` and `?`, in parts between dots, as regular expressions of the server's.

use crate::pg::identifier::literal;

/// Characters that mean something in a regular expression, and that quotes make mean themselves.
const SPECIAL: &str = "|*+?()[]{}.^$\\";

/// A pattern for names.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As the user wrote it.
    pub written: String,
    /// The schema's part, if there is one.
    schema: Option<String>,
    name: String,
    database: String,
}

impl Pattern {
    /// Reads a pattern; a database in it must be the one that is connected to.
    pub(super) fn of(written: &str, database: &str) -> Result<Self, String> {
        let mut parts = expressions(written);
        let name = parts.pop().unwrap_or_default();
        let schema = parts.pop();
        let database = escaped(database);
        match parts.as_slice() {
            [] => Ok(Self { written: written.to_owned(), schema, name, database }),
            [other] if *other == database => Ok(Self { written: written.to_owned(), schema, name, database }),
            [_] => Err(elsewhere(written)),
            [..] => Err(format!("improper qualified name (too many dotted names): {written}")),
        }
    }

    /// A condition on what has a schema; what is in none has to be visible.
    pub(super) fn in_schemas(&self, schema: &str, name: &str, is_visible: &str) -> String {
        match &self.schema {
            Some(part) => format!("{}{}", matching(name, &self.name), matching(schema, part)),
            None => format!("{} AND {is_visible}", matching(name, &self.name)),
        }
    }

    /// A condition on what has no schema, so that the part before the dot is the database.
    pub(super) fn on(&self, name: &str) -> Result<String, String> {
        match &self.schema {
            Some(database) if *database != self.database => Err(elsewhere(&self.written)),
            Some(_) | None => Ok(matching(name, &self.name)),
        }
    }
}

fn elsewhere(written: &str) -> String {
    format!("cross-database references are not implemented: {written}")
}

/// ` AND name ~ '^(...)$'`, or nothing where all names match.
fn matching(column: &str, expression: &str) -> String {
    match expression {
        ".*" => String::new(),
        _ => {
            let whole = literal(&format!("^({expression})$"));
            format!(" AND {column} OPERATOR(pg_catalog.~) {whole} COLLATE pg_catalog.default")
        }
    }
}

/// The expressions of the parts. Letters are small unless they are in quotes.
fn expressions(written: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut rest = written.chars().peekable();
    while let Some(it) = rest.next() {
        if it == '.' && !quoted {
            parts.push(String::new());
            continue;
        }
        let Some(part) = parts.last_mut() else { continue };
        match it {
            '"' if quoted && rest.next_if_eq(&'"').is_some() => part.push('"'),
            '"' => quoted = !quoted,
            '*' if !quoted => part.push_str(".*"),
            '?' if !quoted => part.push('.'),
            // Names have it, and lines' ends nobody means.
            '$' => part.push_str("\\$"),
            it if quoted && SPECIAL.contains(it) => part.extend(['\\', it]),
            '[' if rest.peek() == Some(&']') => part.push_str("\\["),
            it if quoted => part.push(it),
            it => part.extend(it.to_lowercase()),
        }
    }
    parts
}

/// A name as the expression that only it matches.
fn escaped(name: &str) -> String {
    name.chars().flat_map(|it| SPECIAL.contains(it).then_some('\\').into_iter().chain([it])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_cut_at_its_dots_and_widened_at_its_stars() {
        for (written, parts) in [
            ("t", &["t"][..]),
            ("S.T*", &["s", "t.*"]),
            ("\"S.\"\"T\".a?", &["S\\.\"T", "a."]),
            ("a$b", &["a\\$b"]),
            ("int[]", &["int\\[]"]),
        ] {
            assert_eq!(expressions(written), parts, "{written}");
        }
    }

    #[test]
    fn a_pattern_may_name_the_present_database_only() {
        assert!(Pattern::of("shop.s.t", "shop").is_ok());
        assert!(Pattern::of("other.s.t", "shop").is_err());
        assert!(Pattern::of("a.b.c.d", "a").is_err());
    }
}
