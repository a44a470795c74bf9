//! What the scanner makes of scripts.

use super::*;
use crate::pg::script::MetaCall;

/// Two variables of which one needs quoting, one with a statement and more, and one that refers to itself.
fn value(name: &str) -> Option<String> {
    let table = [
        ("one", "1"),
        ("it", r"it's \"),
        ("two", "1; SELECT 2"),
        ("self", ":self + :one"),
        ("open", "'a"),
        ("comment", "-- c"),
        ("blank", " "),
        ("meta", r"\echo"),
    ];
    table.into_iter().find(|it| it.0 == name).map(|it| it.1.to_owned())
}

/// Each query with the line of its first token and the one in which it is sent.
fn run(text: &str, values: &Values<'_>) -> Vec<(usize, usize, String)> {
    let source = Source::new("a.sql", text);
    let (mut scanner, mut query, mut found) = (Scanner::new(&source), Query::default(), Vec::new());
    loop {
        let stop = scanner.scan(&mut query, values);
        if stop == Stop::Backslash {
            let name = scanner.meta_name();
            scanner.pass_arguments(&mut MetaCall::new(&name).unwrap()).unwrap();
            scanner.end_meta();
            continue;
        }
        if !query.is_empty() {
            found.push((query.line(), scanner.line(), query.text().to_owned()));
        }
        if stop == Stop::End {
            return found;
        }
        query.clear();
    }
}

fn queries(text: &str) -> Vec<String> {
    run(text, &Values::Of(&value)).into_iter().map(|it| it.2).collect()
}

fn unfinished(text: &str) -> (Open, usize) {
    let source = Source::new("a.sql", text);
    let (mut scanner, mut query) = (Scanner::new(&source), Query::default());
    while scanner.scan(&mut query, &Values::Inactive) != Stop::End {
        query.clear();
    }
    let it = scanner.unfinished(&query);
    (it.what, it.line)
}

#[test]
fn a_semicolon_ends_a_statement() {
    assert_eq!(queries("SELECT 1; SELECT 2;SELECT 3"), ["SELECT 1;", "SELECT 2;", "SELECT 3"]);
    assert_eq!(queries(";;"), [";", ";"]);
    assert_eq!(queries(" \n -- nothing\n"), [""; 0]);
}

#[test]
fn a_semicolon_in_parentheses_ends_nothing() {
    assert_eq!(queries("CREATE RULE r AS ON INSERT TO t DO (a; b); c;").len(), 2);
    assert_eq!(queries("a); b;"), ["a);", "b;"]);
}

#[test]
fn a_semicolon_in_the_body_of_a_routine_ends_nothing() {
    let bodies = [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END;",
        "create /* ; */ or replace\nprocedure p()\nbegin atomic\n  delete from t;\nend;",
    ];
    for body in bodies {
        assert_eq!(queries(&format!("{body} SELECT 2;")), [body, "SELECT 2;"]);
    }
    assert_eq!(queries("BEGIN; SELECT CASE 1 END; END;").len(), 3);
    assert_eq!(queries("CREATE TABLE \"function\" (a int); BEGIN; END;").len(), 3);
}

#[test]
fn a_semicolon_in_quotes_and_comments_ends_nothing() {
    let table = [
        "SELECT ';', 'it'';s', E'\\';', U&';', B'1;', X'F;', N';';",
        "SELECT \";\", \"a\"\";\", U&\";\";",
        "SELECT $$;$$, $a$;$$;$b$;$a$, $1;",
        "SELECT a$b$;",
        "SELECT 1 /* ; /* ; */ ; */ + 2;",
        "SELECT 'a\n\n;\n', $$\n;\n\n$$ /* ;\n\n; */;",
        "SELECT 1 -- ;\n, 2;",
        "SELECT 1 --;",
    ];
    for text in table {
        assert_eq!(queries(text), [text], "{text}");
    }
}

#[test]
fn a_literal_that_goes_on_in_another_line_is_scanned_anew_as_psql_does() {
    assert_eq!(queries("SELECT 'a'\n  'b;';SELECT 2;"), ["SELECT 'a'\n  'b;';", "SELECT 2;"]);
    assert_eq!(queries("SELECT E'a'\n'b\\';SELECT 2;"), ["SELECT E'a'\n'b\\';", "SELECT 2;"]);
}

#[test]
fn backslashes_in_plain_quotes_are_escapes_where_the_server_says_so() {
    let source = Source::new("a.sql", r"SELECT '\';'; SELECT 2;");
    let (mut scanner, mut query) = (Scanner::new(&source), Query::default());
    scanner.set_strings(Strings::Escaping);
    assert_eq!(scanner.scan(&mut query, &Values::Inactive), Stop::Semicolon);
    assert_eq!(query.text(), r"SELECT '\';';");
}

#[test]
fn blanks_and_line_comments_before_a_statement_are_left_out() {
    assert_eq!(queries("  -- a\n\t-- b\nSELECT 1;"), ["SELECT 1;"]);
    assert_eq!(queries("/* a */ SELECT 1;"), ["/* a */ SELECT 1;"]);
}

#[test]
fn blanks_and_comments_within_a_statement_are_kept_but_empty_lines_are_not() {
    assert_eq!(queries("SELECT 1, -- a\n\n\n  2 ;"), ["SELECT 1, -- a\n  2 ;"]);
    assert_eq!(queries("SELECT 1, \n \n2  \n\n"), ["SELECT 1, \n \n2  "]);
}

#[test]
fn a_carriage_return_is_white_space() {
    assert_eq!(queries("SELECT 1,\r\n\r\n2;\r\nSELECT 3;\r\n"), ["SELECT 1,\r\n\r\n2;", "SELECT 3;"]);
    assert_eq!(queries("-- a;\rSELECT 1;"), ["SELECT 1;"]);
}

#[test]
fn an_escaped_semicolon_holds_statements_together() {
    assert_eq!(queries(r"SELECT 1\; SELECT 2\:3; SELECT 4;"), ["SELECT 1; SELECT 2:3;", "SELECT 4;"]);
    assert_eq!(queries(r"CREATE\; FUNCTION BEGIN; END;").len(), 2);
}

#[test]
fn a_query_knows_its_first_line_and_the_scanner_the_present_one() {
    let found = run("\n-- a\n\nSELECT\n\n1;\nSELECT '\n';\nSELECT 3", &Values::Inactive);
    let lines: Vec<_> = found.into_iter().map(|it| (it.0, it.1)).collect();
    assert_eq!(lines, [(4, 6), (7, 8), (9, 9)]);
}

#[test]
fn a_variable_is_replaced_by_its_value() {
    let table = [
        ("SELECT :one, :'one', :\"one\";", "SELECT 1, '1', \"1\";"),
        ("SELECT :'it', :\"it\";", r#"SELECT  E'it''s \\', "it's \";"#),
        ("SELECT :{?one}, :{?none};", "SELECT TRUE, FALSE;"),
        ("SELECT :none, :'none', :\"none\";", "SELECT :none, :'none', :\"none\";"),
        ("SELECT a::one, b:=one, c[1:2], :::one;", "SELECT a::one, b:=one, c[1:2], ::1;"),
        ("SELECT ':one', \":one\", $$:one$$ /* :one */;", "SELECT ':one', \":one\", $$:one$$ /* :one */;"),
        ("SELECT 1 -- :one\n;", "SELECT 1 -- :one\n;"),
        (":blank SELECT :open b';", "SELECT 'a b';"),
        ("SELECT 1 :comment;\n;", "SELECT 1 -- c;"),
    ];
    for (text, query) in table {
        assert_eq!(queries(text)[0], query, "{text}");
    }
}

#[test]
fn a_value_is_scanned_as_sql() {
    assert_eq!(queries("SELECT :two, 3;"), ["SELECT 1;", "SELECT 2, 3;"]);
    assert_eq!(queries("SELECT 1 :meta 2\n;"), ["SELECT 1 \n;"]);
}

#[test]
fn a_variable_in_its_own_value_is_left_as_it_is() {
    let source = Source::new("a.sql", "SELECT :self; SELECT :self;");
    let (mut scanner, mut query) = (Scanner::new(&source), Query::default());
    scanner.scan(&mut query, &Values::Of(&value));
    assert_eq!(query.text(), "SELECT :self + 1;");
    assert_eq!(scanner.take_recursions(), ["self"]);
    assert_eq!(scanner.take_recursions(), [""; 0]);
}

#[test]
fn in_a_branch_that_is_not_taken_nothing_is_expanded_but_quotes_count() {
    let source = Source::new("a.sql", "SELECT (1\n\\if x\n + (:one ';'\n\\endif\n);");
    let (mut scanner, mut query) = (Scanner::new(&source), Query::default());
    scanner.scan(&mut query, &Values::Of(&value));
    assert_eq!(scanner.meta_name(), "if");
    scanner.pass_arguments(&mut MetaCall::new("if").unwrap()).unwrap();
    scanner.end_meta();
    let mark = scanner.mark(&query);
    assert_eq!(scanner.scan(&mut query, &Values::Inactive), Stop::Backslash);
    assert_eq!(query.text(), "SELECT (1\n + (:one ';'");
    scanner.rewind(&mut query, mark);
    assert_eq!(scanner.meta_name(), "endif");
    scanner.end_meta();
    assert_eq!(scanner.scan(&mut query, &Values::Of(&value)), Stop::Semicolon);
    assert_eq!(query.text(), "SELECT (1\n);");
}

#[test]
fn a_line_that_is_a_meta_command_adds_nothing_to_the_query() {
    assert_eq!(queries("SELECT 1\n\\echo a\n, 2;"), ["SELECT 1\n, 2;"]);
    assert_eq!(queries("SELECT 1 \\echo a \\\\ , 2;"), ["SELECT 1  , 2;"]);
}

#[test]
fn the_lines_after_a_copy_are_data_and_the_rest_of_its_line_comes_first() {
    let source = Source::new("a.sql", "COPY t FROM stdin; SELECT 1;\n1\t';\n\\.\nSELECT 2;");
    let (mut scanner, mut query) = (Scanner::new(&source), Query::default());
    scanner.scan(&mut query, &Values::Inactive);
    assert_eq!(query.copies(), 1);
    let data = scanner.copy_data();
    assert_eq!((data.text, data.line, scanner.line()), ("1\t';\n", 2, 1));
    let mut next = || {
        query.clear();
        scanner.scan(&mut query, &Values::Inactive);
        (query.text().to_owned(), query.line())
    };
    assert_eq!(next(), ("SELECT 1;".to_owned(), 1));
    assert_eq!(next(), ("SELECT 2;".to_owned(), 4));
}

#[test]
fn a_copy_from_stdin_is_known_by_its_words() {
    let table = [
        ("COPY t FROM stdin;", 1),
        ("copy public.\"from\" (a, b) /* x */ from STDIN with (format csv);", 1),
        ("COPY t FROM stdin\\; SELECT 1\\; COPY u FROM stdin;", 2),
        ("COPY t TO stdout;", 0),
        ("COPY (SELECT a FROM stdin) TO stdout;", 0),
        ("COPY t FROM 'stdin';", 0),
        ("COPY t FROM PROGRAM 'x';", 0),
        ("SELECT copy FROM stdin;", 0),
        ("COPY \"a\" FROM \"stdin\";", 0),
    ];
    for (text, copies) in table {
        let source = Source::new("a.sql", text);
        let mut query = Query::default();
        Scanner::new(&source).scan(&mut query, &Values::Inactive);
        assert_eq!(query.copies(), copies, "{text}");
    }
}

#[test]
fn what_is_open_at_the_end_is_named_with_its_line() {
    let table = [
        ("SELECT 1;\n\n", (Open::Nothing, 2)),
        ("\nSELECT 1\n", (Open::Statement, 2)),
        ("SELECT\n'a\n", (Open::SingleQuote, 2)),
        ("SELECT\n\"a\n", (Open::DoubleQuote, 2)),
        ("SELECT\n$a$\n$$", (Open::DollarQuote, 2)),
        ("SELECT 1;\n/* a\n/* b */", (Open::Comment, 2)),
        ("SELECT\n(\n(1)\n", (Open::Parenthesis, 2)),
        ("\nCREATE FUNCTION f BEGIN\n1;\n", (Open::Statement, 2)),
    ];
    for (text, open) in table {
        assert_eq!(unfinished(text), open, "{text:?}");
    }
}

#[test]
fn a_reset_forgets_what_is_open() {
    let source = Source::new("a.sql", "SELECT (1 \\g\nSELECT 2;");
    let (mut scanner, mut query) = (Scanner::new(&source), Query::default());
    scanner.scan(&mut query, &Values::Inactive);
    scanner.meta_name();
    scanner.end_meta();
    scanner.reset();
    query.clear();
    assert_eq!(scanner.scan(&mut query, &Values::Inactive), Stop::Semicolon);
}
