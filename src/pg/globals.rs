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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_ends_where_no_quote_is_open() {
        let text = "--\n-- Roles\n--\n\n\\restrict x\nCREATE ROLE \"a;'\nb\";\nALTER ROLE x SET y TO 'it''s;\n-- not';\n\\unrestrict x\n";
        assert_eq!(statements(text), ["CREATE ROLE \"a;'\nb\";", "ALTER ROLE x SET y TO 'it''s;\n-- not';"]);
    }
}
