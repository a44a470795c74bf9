//! What `pg_dumpall --globals-only` writes, statement by statement.

/// The statements of its text, without its comments and psql's own commands.
pub fn statements(text: &str) -> Vec<String> {
    let (mut found, mut statement, mut quote) = (Vec::new(), String::new(), None);
    for line in text.lines() {
        if quote.is_none() && statement.is_empty() && (line.starts_with("--") || line.starts_with('\\')) {
            continue;
        }
        for it in line.chars() {
            quote = match quote {
                None if it == '\'' || it == '"' => Some(it),
                Some(open) if open == it => None,
                other => other,
            };
        }
        statement.push_str(line);
        if quote.is_none() && line.ends_with(';') {
            found.push(std::mem::take(&mut statement));
        } else if !statement.is_empty() {
            statement.push('\n');
        }
    }
    found
}

/// What a statement of it is about. Names are as they are written there: in quotes where that is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About<'a> {
    /// It makes this role.
    New(&'a str),
    /// It says something of a role: what follows `ALTER ROLE` or `COMMENT ON ROLE`.
    Role(&'a str),
    /// It makes a role a member of another: what follows `GRANT`.
    Membership(&'a str),
    /// Anything else.
    Other,
}

impl<'a> About<'a> {
    /// What this one is about.
    pub fn of(statement: &'a str) -> Self {
        let after = |words: &str| statement.strip_prefix(words).map(|it| it.trim_end_matches(';'));
        if let Some(role) = after("CREATE ROLE ") {
            return Self::New(role);
        }
        if let Some(rest) = after("ALTER ROLE ").or_else(|| after("COMMENT ON ROLE ")) {
            return Self::Role(rest);
        }
        match after("GRANT ") {
            Some(rest) if !rest.contains(" ON TABLESPACE ") => Self::Membership(rest),
            Some(_) | None => Self::Other,
        }
    }

    /// Whether it is to be run where only these roles were made: what it says of others is not to be changed.
    pub fn is_wanted(&self, made: &[String]) -> bool {
        let begins = |text: &str, role: &str| text.strip_prefix(role).is_some_and(|it| it.starts_with(' '));
        match self {
            Self::New(_) | Self::Other => true,
            Self::Role(rest) => made.iter().any(|it| begins(rest, it)),
            Self::Membership(rest) => made.iter().any(|it| {
                let member = rest.find(" TO ").and_then(|at| rest.get(at + 4..)).unwrap_or_default();
                begins(rest, it) || member == it || begins(member, it)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_roles_that_were_made_is_wanted() {
        let made = ["alice".to_owned(), "\"o d\"".to_owned()];
        for (statement, is_wanted) in [
            ("CREATE ROLE vrooli;", true),
            ("ALTER ROLE vrooli WITH NOLOGIN PASSWORD 'x';", false),
            ("ALTER ROLE alice WITH LOGIN;", true),
            ("ALTER ROLE alice2 WITH LOGIN;", false),
            ("ALTER ROLE \"o d\" SET work_mem TO '1MB';", true),
            ("COMMENT ON ROLE alice IS 'x';", true),
            ("GRANT vrooli TO alice GRANTED BY vrooli;", true),
            ("GRANT alice TO vrooli;", true),
            ("GRANT readers TO vrooli;", false),
            ("GRANT CREATE ON TABLESPACE fast TO vrooli;", true),
            ("SET client_encoding = 'UTF8';", true),
        ] {
            assert_eq!(About::of(statement).is_wanted(&made), is_wanted, "{statement}");
        }
    }

    #[test]
    fn a_statement_ends_where_no_quote_is_open() {
        let text = "--\n-- Roles\n--\n\n\\restrict x\nCREATE ROLE \"a;'\nb\";\nALTER ROLE x SET y TO 'it''s;\n-- not';\n\\unrestrict x\n";
        assert_eq!(statements(text), ["CREATE ROLE \"a;'\nb\";", "ALTER ROLE x SET y TO 'it''s;\n-- not';"]);
    }
}
