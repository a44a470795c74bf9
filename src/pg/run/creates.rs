//! Whether scripts create a database, as far as that can be seen without running them.

use std::path::PathBuf;

use crate::pg::run::first_words;
use crate::pg::script::{PieceKind, Source, meta_commands, split};

/// Returns whether one of the scripts creates the database `name`: by a statement, or by one that `\gexec` makes.
pub fn creates_database(scripts: &[(Source, Option<PathBuf>)], name: &str) -> bool {
    scripts.iter().any(|(source, _)| is_created_by(source, name))
}

fn is_created_by(source: &Source, name: &str) -> bool {
    let pieces = split(source);
    let text = |it: &std::ops::Range<usize>| source.text().get(it.clone()).unwrap_or("");
    let mut statements = pieces.iter().filter(|it| it.kind == PieceKind::Statement);
    statements.any(|it| is_creation(text(&it.range), name))
        || (meta_commands(source, &pieces).any(|it| it.name == "gexec")
            && is_spelled_out(source.text(), name))
}

fn is_creation(statement: &str, name: &str) -> bool {
    let words = first_words(statement);
    let creates = words.starts_with(&["create".to_owned(), "database".to_owned()]);
    let is_plain = words.get(2).is_some_and(|it| it == name);
    creates && (is_plain || statement.contains(&format!("\"{}\"", name.replace('"', "\"\""))))
}

/// Whether a creation stands anywhere in a text, such as in a query that makes statements.
fn is_spelled_out(text: &str, name: &str) -> bool {
    let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let spelled = |name: &str| text.contains(&format!("create database {name}"));
    spelled(&name.to_lowercase()) || spelled(&format!("\"{}\"", name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_creates_a_database_is_known_by_its_statements() {
        for (text, name, creates) in [
            ("CREATE DATABASE shop;", "shop", true),
            ("-- first\ncreate database Shop", "shop", true),
            ("CREATE DATABASE \"my-db\" OWNER app;", "my-db", true),
            ("DROP DATABASE IF EXISTS shop; CREATE DATABASE shop;\n\\c shop\nSELECT 1;", "shop", true),
            ("SELECT 'CREATE DATABASE shop'\nWHERE NOT EXISTS (SELECT)\\gexec", "shop", true),
            ("CREATE DATABASE other;", "shop", false),
            ("CREATE DATABASE shop;", "Shop", false),
            ("CREATE TABLE shop (id int);", "shop", false),
            ("-- CREATE DATABASE shop;\nCREATE TABLE t ();", "shop", false),
            ("SELECT 'CREATE DATABASE shop';", "shop", false),
        ] {
            let scripts = [(Source::new("", text), None)];
            assert_eq!(creates_database(&scripts, name), creates, "{text}");
        }
    }
}
