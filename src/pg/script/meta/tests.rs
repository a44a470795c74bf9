//! What meta-commands are given.

use super::*;
use crate::pg::script::{Query, Source, Stop};

fn value(name: &str) -> Option<String> {
    let table = [("one", "1"), ("it", "it's"), ("none", "")];
    table.into_iter().find(|it| it.0 == name).map(|it| it.1.to_owned())
}

/// A command that reads all of its arguments as the same kind, or only one.
const NORMAL: &str = "echo";
const SQL_ID: &str = "password";
const SQL_ID_HACK: &str = "c";
const FILE_PIPE: &str = "w";
const WHOLE_LINE: &str = "!";

/// The arguments of a meta-command, those before and after an error too, and what is left of the line.
fn read(text: &str, values: &Values<'_>) -> (Vec<String>, String) {
    let source = Source::new("a.sql", text);
    let mut scanner = Scanner::new(&source);
    assert_eq!(scanner.scan(&mut Query::default(), values), Stop::Backslash);
    let mut call = MetaCall::new(&scanner.meta_name()).unwrap();
    let mut arguments = Vec::new();
    while !call.is_complete() {
        match scanner.argument(&mut call, values) {
            Ok(it) => arguments.extend(it.map(|it| it.text)),
            Err(err) => arguments.push(format!("error: {err}")),
        }
    }
    scanner.end_meta();
    (arguments, scanner.input.rest().to_owned())
}

fn arguments(text: &str, command: &str) -> Vec<String> {
    read(&format!("\\{command} {text}"), &Values::Of(&value)).0
}

#[test]
fn a_name_goes_on_to_white_space_or_a_backslash() {
    let table = [
        ("\\echo a", ("echo", " a")),
        ("\\g\n;", ("g", "")),
        ("\\d+ a", ("d+", " a")),
        ("\\x;", ("x;", "")),
        ("\\set'a'", ("set'a'", "")),
        ("\\g\\\\ SELECT", ("g", " SELECT")),
        ("\\g\\echo a", ("g", "\\echo a")),
        ("\\", ("", "")),
        ("\\ a", ("", " a")),
    ];
    for (text, (name, left)) in table {
        let source = Source::new("a.sql", text);
        let mut scanner = Scanner::new(&source);
        scanner.scan(&mut Query::default(), &Values::Inactive);
        assert_eq!(scanner.meta_name(), name, "{text}");
        scanner.end_meta();
        assert_eq!(scanner.input.rest(), left, "{text}");
    }
}

#[test]
fn words_are_separated_by_white_space_and_quotes_join_them() {
    let table: &[(&str, &[&str])] = &[
        ("a  b\tc;d\r", &["a", "b", "c;d"]),
        ("'a b'c 'd''e'", &["a bc", "d'e"]),
        ("\"a B\"c \"\\d\"", &["\"a B\"c", "\"\\d\""]),
        ("''", &[""]),
        ("a|b |c", &["a|b", "|c"]),
        ("a\\b", &["a"]),
        ("a\nb", &["a"]),
        ("", &[]),
    ];
    for (text, words) in table {
        assert_eq!(arguments(text, NORMAL), *words, "{text:?}");
    }
}

#[test]
fn escapes_count_in_single_quotes_only() {
    let table = [
        (r"'\n\t\b\r\f'", "\n\t\u{8}\r\u{c}"),
        (r"'\101\1012\7'", "AA2\u{7}"),
        (r"'\x41\x413\xg\303\251'", "AA3xgé"),
        (r"'\'\\\q\é'", "'\\qé"),
        (r"'\xe9'", "\u{fffd}"),
    ];
    for (text, word) in table {
        assert_eq!(arguments(text, NORMAL), [word], "{text}");
    }
}

#[test]
fn variables_are_replaced_outside_of_quotes() {
    let table: &[(&str, &[&str])] = &[
        (":one a:one:one", &["1", "a11"]),
        (":'it' :\"it\"", &["'it''s'", "\"it's\""]),
        (":{?one} :{?two}", &["TRUE", "FALSE"]),
        (":two :'two' ':one' \":one\"", &[":two", ":'two'", ":one", "\":one\""]),
        (":none", &[""]),
        (":'a b'", &[":a b"]),
        (":", &[":"]),
    ];
    for (text, words) in table {
        assert_eq!(arguments(text, NORMAL), *words, "{text}");
    }
}

#[test]
fn where_nothing_is_run_nothing_is_replaced_and_no_command_told() {
    let got = read("\\if :one :'it' `ls :one` 'a\\n'", &Values::Inactive);
    assert_eq!(got.0, [":one", ":'it'", "ls :one", "a\n"]);
}

#[test]
fn a_command_for_the_shell_is_told_instead_of_its_output() {
    assert_eq!(
        arguments("a`ls \\ :one`b c", "pset"),
        ["error: `ls \\ :one` in backquotes is a command of the shell, which scripts may not run here", "c"]
    );
}

#[test]
fn an_open_quote_takes_the_line() {
    for text in ["'a b\\", "\"a b", "`a b"] {
        assert_eq!(arguments(text, NORMAL), ["error: unterminated quoted string"], "{text}");
    }
}

#[test]
fn an_identifier_loses_its_quotes() {
    assert_eq!(arguments("Ab\"C d\"'E'", SQL_ID), ["abC de"]);
    assert_eq!(arguments("Ab \"C d\" 'E' 'F\"G\"'", SQL_ID_HACK), ["Ab", "C d", "E", "FG"]);
}

#[test]
fn a_pipe_takes_the_line() {
    assert_eq!(arguments("'b c'", FILE_PIPE), ["b c"]);
    assert_eq!(arguments("a|b", FILE_PIPE), ["a|b"]);
    assert_eq!(arguments(" |cat  'a' \\ :one", FILE_PIPE), ["|cat  'a' \\ :one"]);
}

#[test]
fn a_whole_line_is_taken_as_it_is_written() {
    assert_eq!(arguments("  a 'b \\c :one ", WHOLE_LINE), ["a 'b \\c :one "]);
    assert_eq!(arguments("  ", WHOLE_LINE), [""; 0]);
}

#[test]
fn an_argument_knows_how_it_was_quoted() {
    let table = [
        ("a", Quoting::Bare),
        ("'a'", Quoting::Single),
        ("\"a\"b", Quoting::Double),
        (":a", Quoting::Variable),
        ("'a':{?a}", Quoting::Single),
        ("`a`", Quoting::Backtick),
    ];
    for (text, quoting) in table {
        let source = Source::new("a.sql", text);
        let mut scanner = Scanner::new(&source);
        scanner.input.next_line();
        let argument = scanner.extra_argument().unwrap().unwrap();
        assert_eq!(argument.quoting, quoting, "{text}");
    }
}

#[test]
fn of_a_command_that_is_not_run_an_open_quote_is_told() {
    for (text, is_told) in
        [("\\echo 'a", true), ("\\a 'b", true), ("\\! 'a", false), ("\\g (a 'b", true), ("\\pset 'a", true)]
    {
        let source = Source::new("a.sql", text);
        let mut scanner = Scanner::new(&source);
        scanner.scan(&mut Query::default(), &Values::Inactive);
        let mut call = MetaCall::new(&scanner.meta_name()).unwrap();
        assert_eq!(scanner.pass_arguments(&mut call).is_err(), is_told, "{text}");
        assert_eq!((call.is_complete(), scanner.input.rest()), (true, ""));
    }
}
