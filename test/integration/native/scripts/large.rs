//! Large scripts and scripts that are not plain text, made by the test.

use std::fmt::Write;
use std::path::Path;

use super::Comparison;

/// Compares a script that is made here.
fn same(name: &str, script: &[u8]) {
    let Some(comparison) = Comparison::new(&[name.to_owned()]) else { return };
    let difference = comparison.differences(name, script, Path::new(""));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

#[test]
fn a_file_of_a_hundred_thousand_statements_is_run_as_psql_runs_it() {
    let mut script = "CREATE TABLE t (n int, name text);\nBEGIN;\n".to_owned();
    for n in 0..50_000 {
        write!(script, "INSERT INTO t VALUES ({n}, 'row''s {n}');\nSELECT {n} AS n;\n").unwrap();
    }
    script += "COMMIT;\nSELECT count(*), sum(n) FROM t;\n";
    same("statements", script.as_bytes());
}

#[test]
fn fifty_megabytes_of_inline_data_are_copied_as_psql_copies_them() {
    let mut script = "CREATE UNLOGGED TABLE t (n int, name text);\nCOPY t FROM stdin;\n".to_owned();
    let text = "x".repeat(1000);
    (0..50_000).for_each(|n| writeln!(script, "{n}\t{text}").unwrap());
    script += "\\.\nSELECT count(*), sum(length(name)) FROM t;\nTRUNCATE t;\n";
    same("megabytes", script.as_bytes());
}

#[test]
fn files_with_other_line_ends_marks_and_encodings_are_read_as_psql_reads_them() {
    let scripts: [(&str, &[u8]); 7] = [
        ("crlf", b"SELECT 1 AS a,\r\n  'x\r\ny' AS b;\r\nCREATE TABLE t (a int);\r\nINSERT INTO t\r\nVALUES (1);\r\nSELECT nope\r\nFROM t;\r\n"),
        ("crlf_meta", b"\\set a 1\r\n\\echo :a\r\n\\x\r\nSELECT :a AS a;\r\n\\if true\r\nSELECT 2;\r\n\\endif\r\n"),
        ("crlf_copy", b"CREATE TABLE t (a int, b text);\r\nCOPY t FROM stdin;\r\n1\tone\r\n2\ttwo\r\n\\.\r\nTABLE t;\r\n"),
        ("bom", b"\xef\xbb\xbfSELECT 1 AS bom;\n"),
        ("no_newline", b"SELECT 1;\nSELECT 2 AS last"),
        ("latin1", b"\\encoding LATIN1\nSELECT 'gr\xfc\xdfe' AS \"\xe4\";\nCREATE TABLE t (a text);\nINSERT INTO t VALUES ('\xe9');\nSELECT length(a) FROM t;\n"),
        ("latin1_set", b"SET client_encoding = 'LATIN1';\nCREATE TABLE t (a text);\nCOPY t FROM stdin;\ncaf\xe9\n\\.\nSELECT a, length(a) FROM t;\n"),
    ];
    let names: Vec<String> = scripts.iter().map(|(name, _)| (*name).to_owned()).collect();
    let Some(comparison) = Comparison::new(&names) else { return };
    let compare = |(name, script): &(&str, &[u8])| comparison.differences(name, script, Path::new(""));
    let differences: Vec<String> = scripts.iter().filter_map(compare).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
