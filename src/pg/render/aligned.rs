//! psql's table: a line for each row, byte for byte as its `print_aligned_text`.

use std::io::{self, Write};

use crate::pg::query::Align;
use crate::pg::render::footer;
use crate::pg::render::lines::{Lines, Rule, spaces};
use crate::pg::render::settings::Border;
use crate::pg::render::table::Table;
use crate::pg::render::width::{line_width, show, size};

/// Prints a table.
pub fn print(table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
    let settings = table.settings.clone();
    let lines = Lines::of(settings.linestyle);
    let rule = |table: &Table, rule| lines.rule(rule, settings.border, table.widths());
    if !settings.tuples_only {
        out.write_all(title(table).as_bytes())?;
        if settings.border == Border::Full {
            out.write_all(rule(table, Rule::Top).as_bytes())?;
        }
        out.write_all(&heading(table))?;
        out.write_all(rule(table, Rule::Middle).as_bytes())?;
    }
    body(table, out)?;
    if settings.border == Border::Full {
        out.write_all(rule(table, Rule::Bottom).as_bytes())?;
    }
    out.write_all(footer(&settings, table.rows.rows()).as_bytes())?;
    out.write_all(b"\n")
}

/// The title in the middle of the table, or on the left where it is wider.
fn title(table: &Table) -> String {
    let Some(title) = &table.settings.title else { return String::new() };
    let left = table.width().saturating_sub(size(title).width) / 2;
    format!("{:left$}{title}\n", "")
}

fn body(table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
    let grid = Grid::of(table);
    let settings = table.settings.clone();
    let mut text = Vec::new();
    table.rows.each(|fields| {
        let mut rest: Vec<Option<&str>> = fields.map(|it| Some(it.unwrap_or(&settings.null))).collect();
        while rest.iter().any(Option::is_some) {
            grid.line(&mut text, &mut rest, Place::Body);
        }
        out.write_all(&text)?;
        text.clear();
        Ok(())
    })
}

fn heading(table: &Table) -> Vec<u8> {
    let grid = Grid::of(table);
    let mut text = Vec::new();
    let mut rest: Vec<Option<&str>> = table.columns.iter().map(|it| Some(it.name.as_str())).collect();
    while rest.iter().any(Option::is_some) {
        grid.line(&mut text, &mut rest, Place::Head);
    }
    text
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Among the names of the columns, in the middle of each.
    Head,
    /// Among the rows.
    Body,
}

/// What all lines of a table have in common.
struct Grid {
    border: Border,
    lines: &'static Lines,
    columns: Vec<(usize, Align)>,
}

impl Grid {
    fn of(table: &Table) -> Self {
        let aligns = table.columns.iter().map(|it| it.align());
        Self {
            border: table.settings.border,
            lines: Lines::of(table.settings.linestyle),
            columns: table.widths().zip(aligns).collect(),
        }
    }

    /// Writes the next line of every cell, and leaves in `rest` what of them is below it.
    fn line(&self, text: &mut Vec<u8>, rest: &mut [Option<&str>], place: Place) {
        if self.border == Border::Full {
            text.extend_from_slice(self.lines.down.as_bytes());
        }
        let last = self.columns.len() - 1;
        for (at, (cell, (width, align))) in rest.iter_mut().zip(&self.columns).enumerate() {
            if self.border != Border::None {
                text.push(b' ');
            }
            // psql leaves out the spaces that would end a line of the body.
            let is_ragged = at == last && self.border != Border::Full && place == Place::Body;
            let part = next_line(cell);
            match (place, align) {
                (Place::Head, _) => center(text, part, *width),
                (Place::Body, _) if part.is_none() && is_ragged => {}
                (Place::Body, Align::Left) if cell.is_none() && is_ragged => show(part.unwrap_or(""), text),
                (Place::Body, Align::Left) => lean_left(text, part, *width),
                (Place::Body, Align::Right) => lean_right(text, part, *width),
            }
            match cell {
                Some(_) => text.extend_from_slice(self.lines.more.as_bytes()),
                None if is_ragged => {}
                None => text.push(b' '),
            }
            if at != last && self.border != Border::None {
                text.extend_from_slice(self.lines.down.as_bytes());
            }
        }
        if self.border == Border::Full {
            text.extend_from_slice(self.lines.down.as_bytes());
        }
        text.push(b'\n');
    }
}

/// Takes a line off what is left of a cell.
pub fn next_line<'a>(rest: &mut Option<&'a str>) -> Option<&'a str> {
    let text = rest.take()?;
    let Some((line, below)) = text.split_once('\n') else { return Some(text) };
    *rest = Some(below);
    Some(line)
}

fn center(text: &mut Vec<u8>, part: Option<&str>, width: usize) {
    let part = part.unwrap_or("");
    let blank = width - line_width(part);
    spaces(text, blank / 2);
    show(part, text);
    spaces(text, blank.div_ceil(2));
}

fn lean_left(text: &mut Vec<u8>, part: Option<&str>, width: usize) {
    let part = part.unwrap_or("");
    show(part, text);
    spaces(text, width - line_width(part));
}

fn lean_right(text: &mut Vec<u8>, part: Option<&str>, width: usize) {
    let part = part.unwrap_or("");
    spaces(text, width - line_width(part));
    show(part, text);
}
