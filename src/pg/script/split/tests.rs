//! Into which pieces scripts are cut.

use super::*;

fn pieces(text: &str) -> Vec<String> {
    let source = Source::new("a.sql", text);
    let told = |it: Piece| format!("{} {:?} {:?}", it.line, it.kind, &text[it.range]);
    split(&source).into_iter().filter(|it| it.kind != PieceKind::Blank).map(told).collect()
}

#[test]
fn blanks_and_line_comments_stand_between_statements() {
    let text = "-- a\nSELECT 1; -- b\n/* c */ SELECT\n2  \n";
    let kinds: Vec<_> = split(&Source::new("", text)).into_iter().map(|it| (it.kind, it.range)).collect();
    let blank = |range| (PieceKind::Blank, range);
    let statement = |range| (PieceKind::Statement, range);
    assert_eq!(kinds, [blank(0..5), statement(5..14), blank(14..20), statement(20..36), blank(36..39)]);
    assert_eq!(split(&Source::new("", "")), []);
}

#[test]
fn a_meta_command_goes_on_to_the_end_of_its_line_or_to_a_double_backslash() {
    insta::assert_snapshot!(pieces("\\set a 'b\n\\echo ';' \\\\ SELECT 1;\n\\! a \\\\ b;\n").join("\n"), @r#"
    1 Meta "\\set a 'b"
    2 Meta "\\echo ';' \\\\"
    2 Statement "SELECT 1;"
    3 Meta "\\! a \\\\ b;"
    "#);
}

#[test]
fn a_statement_counts_once_however_often_it_is_interrupted() {
    insta::assert_snapshot!(pieces("SELECT\n\\echo a\n1;\nSELECT 2 \\gset\nSELECT $1 \\bind 1 \\g\nSELECT \\r\nSELECT 3\n\\echo b").join("\n"), @r#"
    1 Part "SELECT"
    2 Meta "\\echo a"
    3 Statement "1;"
    4 Statement "SELECT 2"
    4 Meta "\\gset"
    5 Statement "SELECT $1"
    5 Meta "\\bind 1"
    5 Meta "\\g"
    6 Part "SELECT"
    6 Meta "\\r"
    7 Statement "SELECT 3"
    8 Meta "\\echo b"
    "#);
}

#[test]
fn the_data_of_a_copy_is_a_piece() {
    insta::assert_snapshot!(pieces("COPY t FROM stdin;\n';\n\\.\n\\copy t from stdin\n$$\n\\.\nCOPY t FROM stdin \\g\n1").join("\n"), @r#"
    1 Statement "COPY t FROM stdin;"
    2 CopyData "';\n\\.\n"
    4 Meta "\\copy t from stdin"
    5 CopyData "$$\n\\.\n"
    7 Statement "COPY t FROM stdin"
    7 Meta "\\g"
    8 CopyData "1"
    "#);
}

#[test]
fn a_statement_may_begin_before_the_data_of_another_and_end_after_it() {
    insta::assert_snapshot!(pieces("COPY t FROM stdin; COPY t FROM stdin; SELECT\n1\n\\.\n2\n\\.\n3;\nCOPY t FROM stdin; SELECT 4\n5\n").join("\n"), @r#"
    1 Statement "COPY t FROM stdin;"
    1 Statement "COPY t FROM stdin;"
    1 Part "SELECT\n"
    2 CopyData "1\n\\.\n"
    4 CopyData "2\n\\.\n"
    6 Statement "3;"
    7 Statement "COPY t FROM stdin;"
    7 Statement "SELECT 4\n"
    8 CopyData "5\n"
    "#);
}

#[test]
fn meta_commands_are_told_with_their_lines_names_and_arguments() {
    let source = Source::new(
        "a.sql",
        "\\set a 1\nSELECT '\\no' \\gexec\n\\echo a \\! ls\nCOPY t FROM stdin;\n\\N\n\\.\n\\d",
    );
    let pieces = split(&source);
    let found: Vec<_> = meta_commands(&source, &pieces).map(|it| (it.line, it.name, it.arguments)).collect();
    assert_eq!(
        found,
        [(1, "set", " a 1"), (2, "gexec", ""), (3, "echo", " a"), (3, "!", " ls"), (7, "d", "")]
    );
}
