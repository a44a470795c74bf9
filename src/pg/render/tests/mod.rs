//! What is printed, and when; the integration tests hold psql's formats equal to psql's bytes.

mod data;
mod streams;
mod tables;

use super::settings::{Border, Expanded, LineStyle};
use super::*;

/// OIDs of types: int4, text, bool, jsonb, numeric.
const TYPES: [u32; 5] = [23, 25, 16, 3802, 1700];

fn columns(names: &[&str]) -> Event {
    let column = |(name, type_oid): (&&str, u32)| Column { name: (*name).to_owned(), type_oid };
    Event::Columns(names.iter().zip(TYPES).map(column).collect())
}

fn row(cells: &[Option<&str>]) -> Event {
    Event::Row(cells.iter().map(|it| it.map(str::to_owned)).collect())
}

fn done(tag: &str) -> Event {
    Event::Done(tag.to_owned())
}

/// Two rows with what is difficult: a line break, a wide character, NULL.
fn sample() -> Vec<Event> {
    vec![
        columns(&["id", "name", "ok"]),
        row(&[Some("1"), Some("one\ntwo"), Some("t")]),
        row(&[Some("1000"), Some("日本 \"x\""), None]),
        done("SELECT 2"),
    ]
}

fn printed(settings: &Settings, events: Vec<Event>) -> String {
    let mut out = Vec::new();
    let mut printer = Printer::new(settings.clone());
    events.into_iter().for_each(|event| printer.print(event, &mut out).unwrap());
    String::from_utf8(out).unwrap()
}

fn aligned(border: Border) -> Settings {
    Settings { border, ..Settings::default() }
}

fn of(format: Format) -> Settings {
    Settings { format, ..Settings::default() }
}

#[test]
fn a_result_without_rows_says_so_where_that_is_said() {
    let none = || vec![columns(&["n"]), done("SELECT 0")];
    let expanded = |format| Settings { expanded: Expanded::On, ..of(format) };
    for (settings, text) in [
        (of(Format::Aligned), " n \n---\n(0 rows)\n\n"),
        (expanded(Format::Aligned), "(0 rows)\n\n"),
        (Settings { tuples_only: true, ..expanded(Format::Aligned) }, "\n"),
        (of(Format::Unaligned), "n\n(0 rows)\n"),
        (expanded(Format::Unaligned), ""),
        (of(Format::Csv), "n\n"),
        (of(Format::Tsv), "n\n"),
        (of(Format::Json), "[]\n"),
        (of(Format::Yaml), "---\n[]\n"),
    ] {
        assert_eq!(printed(&settings, none()), text, "{settings:?}");
    }
}

#[test]
fn a_result_without_columns_still_counts_its_rows() {
    let one = || vec![columns(&[]), row(&[]), done("SELECT 1")];
    for (settings, text) in [
        (aligned(Border::Inner), "--\n(1 row)\n\n"),
        (aligned(Border::Full), "+--+\n+--+\n+--+\n(1 row)\n\n"),
        (Settings { expanded: Expanded::On, ..Settings::default() }, "(1 row)\n\n"),
        (of(Format::Unaligned), "\n(1 row)\n"),
        (of(Format::Csv), "\n"),
        (of(Format::Json), "[{}]\n"),
        (of(Format::Yaml), "---\n- {}\n"),
    ] {
        assert_eq!(printed(&settings, one()), text, "{settings:?}");
    }
}

#[test]
fn a_tag_follows_the_rows_of_a_returning_clause_only() {
    let end = |settings: &Settings, tag| {
        let text = printed(settings, vec![columns(&["n"]), row(&[Some("1")]), done(tag)]);
        text.lines().last().unwrap_or_default().to_owned()
    };
    assert_eq!(end(&of(Format::Csv), "SELECT 1"), "1");
    assert_eq!(end(&of(Format::Csv), "INSERT 0 1"), "INSERT 0 1");
    assert_eq!(end(&of(Format::Csv), "MERGE 1"), "MERGE 1");
    assert_eq!(end(&Settings { tuples_only: true, ..of(Format::Csv) }, "UPDATE 1"), "UPDATE 1");
    assert_eq!(end(&Settings { quiet: true, ..of(Format::Csv) }, "UPDATE 1"), "1");
    assert_eq!(end(&of(Format::Json), "DELETE 1"), "[{\"n\":1}]");
}

#[test]
fn a_statement_without_rows_prints_its_tag_for_people_only() {
    let text = |settings: &Settings| printed(settings, vec![done("CREATE TABLE"), done("")]);
    assert_eq!(text(&Settings::default()), "CREATE TABLE\n");
    assert_eq!(text(&of(Format::Csv)), "CREATE TABLE\n");
    assert_eq!(text(&Settings { quiet: true, ..Settings::default() }), "");
    for format in [Format::Json, Format::Yaml, Format::Tsv] {
        assert_eq!(text(&of(format)), "");
    }
}

#[test]
fn a_result_that_fails_half_way_leaves_no_line_open() {
    for (format, left) in [
        (Format::Aligned, ""),
        (Format::Unaligned, "id|name|ok\n1|one\ntwo|t\n"),
        (Format::Csv, "id,name,ok\n1,\"one\ntwo\",t\n"),
        (Format::Json, "[{\"id\":1,\"name\":\"one\\ntwo\",\"ok\":true}\n"),
    ] {
        let (mut out, mut printer) = (Vec::new(), Printer::new(of(format)));
        sample().into_iter().take(2).for_each(|event| printer.print(event, &mut out).unwrap());
        printer.abandon(&mut out).unwrap();
        printer.abandon(&mut out).unwrap();
        assert_eq!(String::from_utf8(out.clone()).unwrap(), left, "{format:?}");
    }
}

#[test]
fn a_setting_holds_from_the_next_result_on() {
    let (mut out, mut printer) = (Vec::new(), Printer::new(of(Format::Csv)));
    let one = || [columns(&["n"]), row(&[Some("1")]), done("SELECT 1")];
    let [head, cells, end] = one();
    printer.print(head, &mut out).unwrap();
    printer.set(of(Format::Json));
    [cells, end].into_iter().chain(one()).for_each(|it| printer.print(it, &mut out).unwrap());
    assert_eq!(String::from_utf8(out).unwrap(), "n\n1\n[{\"n\":1}]\n");
    assert_eq!(printer.settings().format, Format::Json);
}
