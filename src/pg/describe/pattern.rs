//! psql's patterns: names with `*` and `?`, in parts between dots, as regular expressions of the server's.

use crate::pg::describe::members::Names;
use crate::pg::identifier::literal;

/// Characters that mean something in a regular expression, and that quotes make mean themselves.
const SPECIAL: &str = "|*+?()[]{}.^$\\";

/// What users may call types in a pattern that neither the catalog nor `format_type` calls so.
const TYPES: &[(&str, &str)] = &[
    ("decimal", "numeric"),
    ("float", "double precision"),
    ("int", "integer"),
    ("bool[]", "boolean[]"),
    ("decimal[]", "numeric[]"),
    ("float[]", "double precision[]"),
    ("float4[]", "real[]"),
    ("float8[]", "double precision[]"),
    ("int[]", "integer[]"),
    ("int2[]", "smallint[]"),
    ("int4[]", "integer[]"),
    ("int8[]", "bigint[]"),
    ("time[]", "time without time zone[]"),
    ("timetz[]", "time with time zone[]"),
    ("timestamp[]", "timestamp without time zone[]"),
    ("timestamptz[]", "timestamp with time zone[]"),
    ("varbit[]", "bit varying[]"),
    ("varchar[]", "character varying[]"),
];

/// What a regular expression's own characters do outside of quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Specials {
    /// What they do in regular expressions.
    Mean,
    /// Nothing, as in names of operators.
    AreThemselves,
}

/// A pattern for names.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As the user wrote it, but for names of types.
    pub written: String,
    /// The schema's part, if there is one.
    schema: Option<String>,
    name: String,
}

impl Pattern {
    /// Reads a pattern; a database in it must be the one that is connected to.
    pub(super) fn of(written: &str, names: Names, database: &str) -> Result<Self, String> {
        match names {
            Names::InSchemas => Self::in_database(written, Specials::Mean, database),
            Names::Operators => Self::in_database(written, Specials::AreThemselves, database),
            Names::Types => {
                let known = TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(written));
                Self::in_database(known.map_or(written, |(_, name)| name), Specials::Mean, database)
            }
            Names::Parts(most) => Self::whole(written, most),
        }
    }

    fn in_database(written: &str, specials: Specials, database: &str) -> Result<Self, String> {
        let mut parts = expressions(written, specials);
        let name = parts.pop().unwrap_or_default();
        let schema = parts.pop();
        match parts.as_slice() {
            [other] if *other != escaped(database) => Err(elsewhere(written)),
            [] | [_] => Ok(Self { written: written.to_owned(), schema, name }),
            [..] => Err(too_many(written)),
        }
    }

    /// A name whose dots are its own; psql takes the first of as many parts as it can be for a database.
    fn whole(written: &str, most: usize) -> Result<Self, String> {
        let parts = expressions(written, Specials::Mean);
        match parts.len() {
            count if count > most => Err(too_many(written)),
            count if count == most && most > 1 => Err(elsewhere(written)),
            _ => Ok(Self { written: written.to_owned(), schema: None, name: parts.join(".") }),
        }
    }

    /// A condition on what has a schema; what is in none has to be visible.
    pub(super) fn in_schemas(&self, schema: &str, name: &str, is_visible: &str) -> String {
        match &self.schema {
            Some(part) => format!("{}{}", matching(name, &self.name), matching(schema, part)),
            None => format!("{} AND {is_visible}", matching(name, &self.name)),
        }
    }

    /// A condition on a type, which may be called by its own name or by that which SQL has for it.
    pub(super) fn of_type(&self, schema: &str, alias: &str) -> String {
        let is_visible = format!("pg_catalog.pg_type_is_visible({alias}.oid)");
        let by = |name: &str| self.in_schemas(schema, name, &is_visible);
        let by_name = by(&format!("{alias}.typname"));
        let by_form = by(&format!("pg_catalog.format_type({alias}.oid, NULL)"));
        format!(" AND ((true{by_name}) OR (true{by_form}))")
    }

    /// A condition on what has no schema.
    pub(super) fn on(&self, name: &str) -> String {
        matching(name, &self.name)
    }

    /// A condition on either of two names.
    pub(super) fn on_either(&self, one: &str, other: &str) -> String {
        format!(" AND ((true{}) OR (true{}))", self.on(one), self.on(other))
    }

    /// A condition on a family of operators, which need not be visible.
    pub(super) fn anywhere(&self, schema: &str, name: &str) -> String {
        self.in_schemas(schema, name, "true")
    }
}

fn elsewhere(written: &str) -> String {
    format!("cross-database references are not implemented: {written}")
}

fn too_many(written: &str) -> String {
    format!("improper qualified name (too many dotted names): {written}")
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
fn expressions(written: &str, specials: Specials) -> Vec<String> {
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
            it if (quoted || specials == Specials::AreThemselves) && SPECIAL.contains(it) => {
                part.extend(['\\', it]);
            }
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
            assert_eq!(expressions(written, Specials::Mean), parts, "{written}");
        }
        assert_eq!(expressions("s.+*(", Specials::AreThemselves), ["s", "\\+.*\\("]);
    }

    #[test]
    fn a_pattern_may_name_the_present_database_only() {
        let is_good = |written, names| Pattern::of(written, names, "shop").is_ok();
        assert!(is_good("shop.s.t", Names::InSchemas));
        assert!(!is_good("other.s.t", Names::InSchemas));
        assert!(!is_good("shop.b.c.d", Names::InSchemas));
    }

    #[test]
    fn what_is_in_no_schema_has_as_many_dots_as_psql_allows() {
        let is_good = |written, most| Pattern::of(written, Names::Parts(most), "a").is_ok();
        assert!(is_good("a", 1) && !is_good("a.b", 1));
        assert!(is_good("a", 2) && !is_good("a.b", 2));
        assert!(is_good("a.b", 3) && !is_good("a.b.c", 3));
        let dotted = Pattern::of("a.b", Names::Parts(3), "a").unwrap();
        assert_eq!(dotted.on("x"), " AND x OPERATOR(pg_catalog.~) '^(a.b)$' COLLATE pg_catalog.default");
    }

    #[test]
    fn a_type_is_found_by_the_name_that_sql_has_for_it() {
        let written = |it| Pattern::of(it, Names::Types, "a").unwrap().written;
        assert_eq!(written("INT"), "integer");
        assert_eq!(written("float4[]"), "real[]");
        assert_eq!(written("int4"), "int4");
    }
}
