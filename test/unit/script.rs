//! Scripts: whatever they hold, scanning ends, loses nothing and takes time in proportion.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use resource_postgres::pg::script::{
    MetaCall, Open, Piece, PieceKind, Query, Scanner, Source, Stop, Values, meta_commands, split,
};

/// What scripts are made of, and what they break at.
const FRAGMENTS: &[&str] = &[
    "SELECT 1",
    "'",
    "''",
    "E'",
    "e'\\'",
    "U&'",
    "B'",
    "N'",
    "\"",
    "$$",
    "$a$",
    "$1",
    "a$b$",
    "(",
    ")",
    "/*",
    "*/",
    "--",
    ";",
    ";\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\\;",
    "\\:",
    "\\",
    "\\\\",
    "\\echo a 'b' \"c\" `d` :e",
    "\\g\n",
    "\\r\n",
    "\\copy t from stdin\n",
    "COPY t FROM stdin;",
    "COPY t FROM stdin;\n1\n\\.\n",
    "\n\\.\n",
    "CREATE FUNCTION f()",
    " BEGIN ",
    " CASE ",
    " END",
    ":one",
    ":'one'",
    ":\"one\"",
    ":{?one}",
    ":self",
    ":open",
    "::",
    ":=",
    ":",
    "é",
    "日本",
    "1.5e-",
    "\u{feff}",
    "\0",
    "`",
    "|",
    "{",
    "}",
    "a",
    "0",
    ".",
    "-",
    "/",
    "*",
    "'\\303\\x",
];

/// Statements that are whole but for their semicolon.
const WHOLE: &[&str] = &[
    "SELECT 1",
    "SELECT ';', \";\", $$;$$ /* ; */",
    "INSERT INTO t VALUES (1, 'a''b;')",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; END",
    "SELECT E'\\';'",
    "SELECT\n\n2 -- ;\n",
    "COPY t TO stdout",
];

fn fragments() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40).prop_map(|it| it.concat())
}

fn value(name: &str) -> Option<String> {
    let table = [("one", "1; \\echo :one"), ("self", ":self :one\n:self"), ("open", "'a\n"), ("a", "")];
    table.into_iter().find(|it| it.0 == name).map(|it| it.1.to_owned())
}

/// Scans all of it as a runner would; each stop has to come nearer to the end.
fn exhaust(text: &str, values: &Values<'_>) {
    let source = Source::new("a.sql", text);
    let (mut scanner, mut query) = (Scanner::new(&source), Query::default());
    // A value can hold a few statements, and a text has no more references than characters.
    let mut stops = 0;
    loop {
        stops += 1;
        assert!(stops <= 1 + text.len() * 10, "no end of {text:?}");
        match scanner.scan(&mut query, values) {
            Stop::Semicolon => {
                assert!(query.text().ends_with(';'));
                assert!((0..query.copies()).all(|_| text.contains(scanner.copy_data().text)));
                query.clear();
            }
            Stop::Backslash => {
                let name = scanner.meta_name();
                // The one that reads arguments in most ways.
                let mut call = MetaCall::new(&name).or_else(|| MetaCall::new("g")).unwrap();
                while !call.is_complete() {
                    drop(scanner.argument(&mut call, values));
                }
                drop(scanner.pass_arguments(&mut call));
                scanner.end_meta();
            }
            Stop::End => {
                assert_eq!(scanner.scan(&mut query, values), Stop::End);
                let open = scanner.unfinished(&query);
                assert_eq!(open.what == Open::Nothing, query.is_empty());
                assert!(open.line <= text.matches('\n').count() + 1);
                return;
            }
        }
    }
}

/// Pieces follow one another from the beginning to the end, and their lines are right.
fn covers(text: &str) {
    let source = Source::new("a.sql", text);
    let text = source.text();
    let mut at = 0;
    for piece in split(&source) {
        assert_eq!(piece.range.start, at);
        assert!(piece.range.end > at, "empty: {piece:?}");
        assert_eq!(piece.line, text[..at].matches('\n').count() + 1);
        at = piece.range.end;
    }
    assert_eq!(at, text.len());
    let pieces = split(&source);
    let metas = pieces.iter().filter(|it| it.kind == PieceKind::Meta).count();
    assert_eq!(meta_commands(&source, &pieces).count(), metas);
}

fn statements(text: &str) -> usize {
    let is_statement = |it: &Piece| it.kind == PieceKind::Statement;
    split(&Source::new("a.sql", text)).iter().filter(|it| is_statement(it)).count()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scanning_ends_whatever_the_text(text in any::<String>()) {
        exhaust(&text, &Values::Of(&value));
        exhaust(&text, &Values::Inactive);
    }

    #[test]
    fn scanning_ends_whatever_the_fragments(text in fragments()) {
        exhaust(&text, &Values::Of(&value));
        exhaust(&text, &Values::Inactive);
    }

    #[test]
    fn the_pieces_are_all_of_the_text(text in any::<String>(), fragments in fragments()) {
        covers(&text);
        covers(&fragments);
    }

    #[test]
    fn a_statement_after_whole_ones_is_one_more(
        whole in prop::collection::vec(prop::sample::select(WHOLE), 1..10),
        between in prop::sample::select(&[";", ";\n", " ;\n-- a;\n", "; /* ; */ ", "\\;;", ";\r\n\\echo ;\r\n"][..]),
    ) {
        let text = whole.join(between);
        prop_assert_eq!(statements(&text), whole.len());
        prop_assert_eq!(statements(&format!("{text};SELECT 1;")), whole.len() + 1);
    }

    #[test]
    fn what_is_quoted_is_read_back_as_it_was(value in any::<String>().prop_map(|it| it.replace('\0', ""))) {
        let source = Source::new("a.sql", "SELECT :'v', :\"v\";\nSELECT 2;");
        let (mut scanner, mut query) = (Scanner::new(&source), Query::default());
        let values = |_: &str| Some(value.clone());
        prop_assert_eq!(scanner.scan(&mut query, &Values::Of(&values)), Stop::Semicolon);
        prop_assert_eq!(statements(query.text()), 1);
        prop_assert_eq!(scanner.line(), 1);
    }
}

/// A debug build on a busy machine is some thirty times slower than what users have.
const GENEROUS: Duration = Duration::from_secs(20);

#[test]
fn a_hundred_thousand_statements_and_a_long_one_take_time_in_proportion() {
    let begun = Instant::now();
    assert_eq!(statements(&"INSERT INTO t VALUES (1, 'a', :b);\n".repeat(100_000)), 100_000);
    assert_eq!(statements(&format!("INSERT INTO t VALUES {};", "(1, 'a'),\n".repeat(200_000))), 1);
    assert_eq!(statements(&format!("SELECT $a$ {} $a$;", "$b$ ' $\n".repeat(200_000))), 1);
    assert_eq!(statements(&format!("COPY t FROM stdin;\n{}\\.\n", "\\.a ' $$\n".repeat(200_000))), 1);
    assert!(begun.elapsed() < GENEROUS, "{:?}", begun.elapsed());
}
