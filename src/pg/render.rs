//! psql's aligned format, byte for byte (`print_aligned_text` with border 1).

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

use crate::pg::query::{Align, Column, Event};

/// Collects a statement's answer and gives back psql's text of it when the statement ends.
#[derive(Debug, Default)]
pub struct Aligned {
    columns: Option<Vec<Column>>,
    rows: Vec<Vec<Option<String>>>,
}

impl Aligned {
    /// Takes the next event; answers the text to print, if a statement has ended with it.
    pub fn take(&mut self, event: Event) -> Option<String> {
        match event {
            Event::Columns(columns) => {
                self.columns = Some(columns);
                None
            }
            Event::Row(row) => {
                self.rows.push(row);
                None
            }
            Event::Done(tag) => {
                let rows = std::mem::take(&mut self.rows);
                Some(match self.columns.take() {
                    // psql shows no tag for a statement that gave rows, but does for `INSERT ... RETURNING`.
                    Some(columns) if tag.starts_with("SELECT") || is_silent(&tag) => aligned(&columns, &rows),
                    Some(columns) => format!("{}{tag}\n", aligned(&columns, &rows)),
                    None if tag.is_empty() => String::new(),
                    None => format!("{tag}\n"),
                })
            }
        }
    }
}

/// Statements that answer with rows and whose tag psql does not print.
fn is_silent(tag: &str) -> bool {
    !["INSERT", "UPDATE", "DELETE", "MERGE"].iter().any(|it| tag.starts_with(it))
}

/// One cell: its lines and how wide each is on a terminal.
struct Cell(Vec<(String, usize)>);

fn aligned(columns: &[Column], rows: &[Vec<Option<String>>]) -> String {
    let head: Vec<Cell> = columns.iter().map(|column| cell(&column.name)).collect();
    let body: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| row.iter().map(|it| cell(it.as_deref().unwrap_or_default())).collect())
        .collect();
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(at, it)| {
            it.width().max(body.iter().filter_map(|row| row.get(at)).map(Cell::width).max().unwrap_or(0))
        })
        .collect();
    let mut text = String::new();
    heading(&mut text, &head, &widths);
    for row in &body {
        line(&mut text, row, columns, &widths);
    }
    let plural = if rows.len() == 1 { "" } else { "s" };
    let _ = writeln!(text, "({} row{plural})\n", rows.len());
    text
}

fn heading(text: &mut String, head: &[Cell], widths: &[usize]) {
    for number in 0..head.iter().map(Cell::height).max().unwrap_or(0) {
        for (at, (it, width)) in head.iter().zip(widths).enumerate() {
            let (part, used) = it.line(number);
            let blank = width - used;
            let more = if number + 1 < it.height() { "+" } else { " " };
            let bar = if at + 1 < head.len() { "|" } else { "" };
            let (left, right) = (" ".repeat(blank / 2), " ".repeat(blank.div_ceil(2)));
            let _ = write!(text, " {left}{part}{right}{more}{bar}");
        }
        text.push('\n');
    }
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    let rule = if dashes.is_empty() { "--".to_owned() } else { dashes.join("+") };
    text.push_str(&rule);
    text.push('\n');
}

fn line(text: &mut String, row: &[Cell], columns: &[Column], widths: &[usize]) {
    for number in 0..row.iter().map(Cell::height).max().unwrap_or(0) {
        for (at, ((it, width), column)) in row.iter().zip(widths).zip(columns).enumerate() {
            let last = at + 1 == row.len();
            let more = number + 1 < it.height();
            let (part, used) = it.line(number);
            let blank = " ".repeat(width - used);
            let past = number >= it.height();
            match column.align {
                Align::Right if past && last => text.push(' '),
                Align::Right => {
                    let _ = write!(text, " {blank}{part}");
                }
                Align::Left if last && !more => {
                    let _ = write!(text, " {part}");
                }
                Align::Left => {
                    let _ = write!(text, " {part}{blank}");
                }
            }
            text.push_str(match (more, last) {
                (true, true) => "+",
                (true, false) => "+|",
                (false, true) => "",
                (false, false) => " |",
            });
        }
        text.push('\n');
    }
}

impl Cell {
    fn width(&self) -> usize {
        self.0.iter().map(|(_, width)| *width).max().unwrap_or(0)
    }

    fn height(&self) -> usize {
        self.0.len()
    }

    fn line(&self, number: usize) -> (&str, usize) {
        self.0.get(number).map_or(("", 0), |(text, width)| (text.as_str(), *width))
    }
}

fn cell(value: &str) -> Cell {
    Cell(
        value
            .split('\n')
            .map(shown)
            .map(|line| {
                let width = width(&line);
                (line, width)
            })
            .collect(),
    )
}

/// The columns of its characters added up, as psql counts: it knows nothing of characters that join.
fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Control characters as psql shows them: tabs expanded to columns of eight, `\r` and the rest escaped.
fn shown(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut column = 0;
    for c in line.chars() {
        let before = out.len();
        match c {
            '\t' => out.push_str(&" ".repeat(8 - column % 8)),
            '\r' => out.push_str("\\r"),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\x{:02X}", u32::from(c));
            }
            c if c.width().is_none() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
        column += out.get(before..).map_or(0, width);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(columns: &[(&str, Align)], rows: &[&[Option<&str>]]) -> String {
        let columns: Vec<Column> =
            columns.iter().map(|(name, align)| Column { name: (*name).to_owned(), align: *align }).collect();
        let rows: Vec<Vec<Option<String>>> =
            rows.iter().map(|row| row.iter().map(|it| it.map(str::to_owned)).collect()).collect();
        aligned(&columns, &rows)
    }

    #[test]
    fn numbers_lean_right_and_names_stand_in_the_middle() {
        let table = text(
            &[("id", Align::Right), ("name", Align::Left)],
            &[&[Some("1"), Some("alphabet")], &[Some("1000"), None]],
        );
        assert_eq!(table, "  id  |   name   \n------+----------\n    1 | alphabet\n 1000 | \n(2 rows)\n\n");
    }

    #[test]
    fn a_line_break_in_a_cell_is_marked_with_a_plus() {
        let table = text(&[("a", Align::Left), ("b", Align::Left)], &[&[Some("x\nyy"), Some("1")]]);
        assert_eq!(table, " a  | b \n----+---\n x +| 1\n yy | \n(1 row)\n\n");
    }

    #[test]
    fn an_emoji_with_a_variation_selector_is_as_wide_as_psql_counts_it() {
        let table =
            text(&[("a", Align::Left), ("b", Align::Left)], &[&[Some("\u{2764}\u{fe0f}"), Some("1")]]);
        assert_eq!(table, " a | b \n---+---\n \u{2764}\u{fe0f} | 1\n(1 row)\n\n");
    }

    #[test]
    fn a_result_without_columns_still_counts_its_rows() {
        assert_eq!(text(&[], &[&[]]), "--\n(1 row)\n\n");
    }

    #[test]
    fn a_tag_follows_the_rows_of_a_returning_clause_only() {
        let rows = || {
            [
                Event::Columns(vec![Column { name: "n".to_owned(), align: Align::Right }]),
                Event::Row(vec![Some("1".to_owned())]),
            ]
        };
        let mut aligned = Aligned::default();
        let mut end = |tag: &str| {
            rows().into_iter().for_each(|it| assert_eq!(aligned.take(it), None));
            aligned.take(Event::Done(tag.to_owned())).unwrap()
        };
        assert!(end("SELECT 1").ends_with("(1 row)\n\n"));
        assert!(end("INSERT 0 1").ends_with("(1 row)\n\nINSERT 0 1\n"));
    }
}
