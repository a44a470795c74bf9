//! Whether scripts begin with work on the whole cluster, before they connect to a database: creating it, for example. This is seen
//! without running anything.

use std::path::{Path, PathBuf};

use crate::pg::run::check::read;
use crate::pg::run::foreseen::ForeseenArguments;
use crate::pg::run::meta;
use crate::pg::script::{
    Encoding, Inside, MetaAction, MetaCommand, MetaSyntax, PieceKind, Source, Strings, Token, next_token,
    split,
};

/// How deep files that include each other are looked into.
const DEPTH: usize = 8;
/// Words that decide what a statement is about.
const WORDS: usize = 5;
/// What queries about the cluster read, and what statements are called that they make.
const SHARED: &[&str] = &[
    "pg_database",
    "pg_roles",
    "pg_authid",
    "pg_auth_members",
    "pg_user",
    "pg_shadow",
    "pg_group",
    "pg_tablespace",
    "create database",
    "create role",
    "create user",
];
/// Meta-commands of the describe family that show the cluster.
const SHARED_LISTS: &[&str] = &["l", "l+", "list", "du", "du+", "dg", "dg+", "db", "db+", "drds", "dconfig"];

/// What scripts do before they connect to a database of their own choice.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ClusterWork {
    /// Whether all of it is about the cluster, so that it may be done from any database.
    pub is_all: bool,
    /// The databases that it drops or renames, which nobody can do who is connected to them.
    pub replaced: Vec<String>,
}

impl ClusterWork {
    /// Looks through scripts that are run one after the other.
    pub fn of(scripts: &[(Source, Option<PathBuf>)]) -> Self {
        let mut look = Look { work: Self::default(), depth: 0, has_any: false };
        let is_all = scripts.iter().try_fold(Way::On, |way, (source, file)| match way {
            Way::On => look.script(source, file.as_deref()),
            Way::Elsewhere => Some(Way::Elsewhere),
        });
        Self { is_all: is_all.is_some() && look.has_any, replaced: look.work.replaced }
    }
}

/// How a script goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// In the database that it begins in.
    On,
    /// In another one: what follows is no matter of this module.
    Elsewhere,
}

struct Look {
    work: ClusterWork,
    depth: usize,
    has_any: bool,
}

impl Look {
    /// Returns `None` if a piece is about the database that the script is in.
    fn script(&mut self, source: &Source, file: Option<&Path>) -> Option<Way> {
        for piece in split(source) {
            let text = source.text().get(piece.range.clone())?;
            match piece.kind {
                PieceKind::Blank => {}
                PieceKind::CopyData => return None,
                PieceKind::Statement | PieceKind::Part => self.statement(text)?,
                PieceKind::Meta => {
                    let text = text.strip_prefix('\\')?;
                    let end = text.find(|it: char| it.is_whitespace() || it == '\\').unwrap_or(text.len());
                    let (name, arguments) = text.split_at(end);
                    match self.meta(MetaCommand { line: piece.line, name, arguments }, file)? {
                        Way::On => {}
                        Way::Elsewhere => return Some(Way::Elsewhere),
                    }
                }
            }
        }
        Some(Way::On)
    }

    fn statement(&mut self, text: &str) -> Option<()> {
        let words = words(text);
        let plain: Vec<&str> = words.iter().map(String::as_str).collect();
        if plain.is_empty() || plain == [";"] {
            return Some(());
        }
        self.has_any = true;
        if let ["drop", "database", rest @ ..] = plain.as_slice() {
            let name = if let ["if", "exists", name, ..] = rest { Some(name) } else { rest.first() };
            self.work.replaced.extend(name.map(|it| (*it).to_owned()));
        }
        if let ["alter", "database", name, "rename", ..] = plain.as_slice() {
            self.work.replaced.push((*name).to_owned());
        }
        is_shared(&plain, text).then_some(())
    }

    fn meta(&mut self, command: MetaCommand<'_>, file: Option<&Path>) -> Option<Way> {
        let syntax = MetaSyntax::of(command.name)?;
        match syntax.action? {
            MetaAction::Connect => {
                self.has_any = true;
                Some(Way::Elsewhere)
            }
            action @ (MetaAction::Include | MetaAction::IncludeRelative) => {
                let foreseen = ForeseenArguments::of(command);
                let name = foreseen.known()?.first()?;
                let path = meta::included_path(action, &name.text, file.and_then(Path::parent));
                let source = read(&path, "", Encoding::default()).ok()?;
                self.depth += 1;
                let way = if self.depth > DEPTH { None } else { self.script(&source, Some(&path)) };
                self.depth -= 1;
                way
            }
            MetaAction::Describe if !SHARED_LISTS.contains(&command.name) => None,
            MetaAction::Describe => {
                self.has_any = true;
                Some(Way::On)
            }
            MetaAction::Copy => None,
            MetaAction::Align
            | MetaAction::Conninfo
            | MetaAction::Echo
            | MetaAction::Elif
            | MetaAction::Else
            | MetaAction::Encoding
            | MetaAction::Endif
            | MetaAction::Expanded
            | MetaAction::FieldSeparator
            | MetaAction::Go
            | MetaAction::Gexec
            | MetaAction::Gset
            | MetaAction::If
            | MetaAction::Print
            | MetaAction::Pset
            | MetaAction::Quit
            | MetaAction::Reset
            | MetaAction::Restrict
            | MetaAction::Set
            | MetaAction::Shell
            | MetaAction::Timing
            | MetaAction::Title
            | MetaAction::TuplesOnly
            | MetaAction::Unrestrict
            | MetaAction::Unset => Some(Way::On),
        }
    }
}

/// Whether a statement is about the cluster, and the same in every database.
fn is_shared(words: &[&str], text: &str) -> bool {
    let mentions = |known: &[&str]| {
        let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        known.iter().any(|it| text.contains(it))
    };
    match words {
        ["create" | "alter" | "drop", "user", "mapping", ..] => false,
        ["create" | "alter" | "drop", "database" | "role" | "user" | "group" | "tablespace", ..]
        | ["comment", "on", "database" | "role" | "tablespace", ..]
        | ["alter", "system", ..]
        | ["set" | "reset" | "show", ..] => true,
        ["grant" | "revoke", ..] => !mentions(&[" on "]) || mentions(&[" on database "]),
        ["select", ..] => mentions(SHARED),
        ["do", ..] => mentions(SHARED) && !mentions(&["create table", "create schema", "insert into"]),
        _ => false,
    }
}

/// Returns the first words of a statement, those in no double quotes in lower case.
fn words(statement: &str) -> Vec<String> {
    let (mut words, mut word, mut inside, mut at) = (Vec::new(), String::new(), Inside::Sql, 0);
    while let Some(rest) = statement.get(at..).filter(|it| !it.is_empty()) {
        let (token, length) = next_token(rest, &mut inside, Strings::Standard);
        at += length.max(1);
        match token {
            Token::Blank | Token::Comment | Token::Semicolon | Token::Open => {
                words.extend(Some(std::mem::take(&mut word)).filter(|it| !it.is_empty()));
            }
            _ => word.push_str(rest.get(..length).unwrap_or_default()),
        }
        if words.len() >= WORDS {
            break;
        }
    }
    words.extend(Some(word).filter(|it| !it.is_empty()));
    words.into_iter().map(|it| unquoted(&it)).collect()
}

fn unquoted(word: &str) -> String {
    match word.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(name) => name.replace("\"\"", "\""),
        None => word.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> ClusterWork {
        ClusterWork::of(&[(Source::new("", text), None)])
    }

    #[test]
    fn work_on_the_cluster_is_known_by_all_that_comes_before_another_database() {
        for text in [
            "CREATE DATABASE shop;",
            "-- first\ncreate database Shop",
            "/* c */ CREATE /* x */ DATABASE shop;",
            "CREATE DATABASE U&\"sh\\006fp\";",
            "DROP DATABASE IF EXISTS shop; CREATE DATABASE shop;\n\\c shop\nCREATE TABLE t ();",
            "SELECT 'CREATE DATABASE shop' WHERE NOT EXISTS (SELECT FROM pg_database)\\gexec",
            "SELECT 'CREATE DATABASE ' || 'shop' \\gexec",
            "\\set db shop\nCREATE DATABASE :db;",
            "SELECT 1 FROM pg_database WHERE datname = 'shop'",
            "CREATE USER app; GRANT ALL ON DATABASE shop TO app; GRANT app TO root;",
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'a') THEN CREATE ROLE a; END IF; END $$;",
            "\\c shop\nCREATE TABLE t ();",
            "\\l",
            "SET client_min_messages = warning; CREATE DATABASE shop",
        ] {
            assert!(of(text).is_all, "{text}");
        }
        for text in [
            "",
            "-- CREATE DATABASE shop",
            "SELECT 1",
            "SELECT current_database()",
            "CREATE TABLE shop (id int);",
            "CREATE DATABASE shop; CREATE TABLE t ();",
            "CREATE TABLE t ();\n\\c shop",
            "CREATE USER MAPPING FOR app SERVER s",
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO app",
            "\\dt",
            "\\i no-such-file.sql",
            "INSERT INTO pg_database_copy VALUES (1)",
        ] {
            assert!(!of(text).is_all, "{text}");
        }
    }

    #[test]
    fn a_file_that_is_included_is_looked_into() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| Some(dir.path().join(name));
        std::fs::write(dir.path().join("make.sql"), "CREATE DATABASE shop;\n").unwrap();
        std::fs::write(dir.path().join("fill.sql"), "CREATE TABLE t ();\n").unwrap();
        for (text, is_all) in [("\\ir make.sql;", true), ("\\ir make.sql\n\\ir fill.sql", false)] {
            let scripts = [(Source::new("", text), at("main.sql"))];
            assert_eq!(ClusterWork::of(&scripts).is_all, is_all, "{text}");
        }
    }

    #[test]
    fn a_database_that_is_dropped_or_renamed_is_named_as_it_was_written() {
        let replaced = |text| of(text).replaced;
        assert_eq!(replaced("DROP DATABASE Shop;"), ["shop"]);
        assert_eq!(replaced("DROP DATABASE IF EXISTS \"My Db\" WITH (FORCE);"), ["My Db"]);
        assert_eq!(replaced("ALTER DATABASE a RENAME TO b; DROP DATABASE c"), ["a", "c"]);
        assert_eq!(replaced("ALTER DATABASE a OWNER TO b; \\c x\nDROP DATABASE y"), [""; 0]);
    }
}
