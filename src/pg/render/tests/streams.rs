//! What psql's formats that are printed row by row look like, whole.

use super::*;

#[test]
fn unaligned_fields_stand_as_they_are() {
    insta::assert_snapshot!(printed(&of(Format::Unaligned), sample()), @r#"
    id|name|ok
    1|one
    two|t
    1000|日本 "x"|
    (2 rows)
    "#);
    let expanded = Settings { expanded: Expanded::On, ..of(Format::Unaligned) };
    insta::assert_snapshot!(printed(&expanded, sample()), @r#"
    id|1
    name|one
    two
    ok|t

    id|1000
    name|日本 "x"
    ok|
    "#);
}

#[test]
fn a_zero_byte_ends_the_last_record_too() {
    let settings = Settings { recordsep: "\0".to_owned(), tuples_only: true, ..of(Format::Unaligned) };
    let text = printed(&settings, sample());
    assert_eq!(text, "1|one\ntwo|t\x001000|日本 \"x\"|\0");
}

#[test]
fn csv_quotes_what_would_be_read_otherwise() {
    insta::assert_snapshot!(printed(&of(Format::Csv), sample()), @r#"
    id,name,ok
    1,"one
    two",t
    1000,"日本 ""x""",
    "#);
    let expanded = Settings { expanded: Expanded::On, csv_fieldsep: ';', ..of(Format::Csv) };
    insta::assert_snapshot!(printed(&expanded, sample()), @r#"
    id;1
    name;"one
    two"
    ok;t
    id;1000
    name;"日本 ""x"""
    ok;
    "#);
}
