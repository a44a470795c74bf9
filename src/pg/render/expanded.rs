//! psql's expanded table: a line for each column of each row, byte for byte as its `print_aligned_vertical`.

use std::io::{self, Write};

use crate::pg::render::aligned::next_line;
use crate::pg::render::footer;
use crate::pg::render::lines::{Lines, Rule, spaces};
use crate::pg::render::settings::{Border, Settings};
use crate::pg::render::table::Table;
use crate::pg::render::width::{Size, line_width, show};

/// Prints a table.
pub fn print(table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
    let settings = table.settings.clone();
    if table.rows.rows() == 0 || table.columns.is_empty() {
        return writeln!(out, "{}", footer(&settings, table.rows.rows()));
    }
    if let Some(title) = settings.title.as_ref().filter(|_| !settings.tuples_only) {
        writeln!(out, "{title}")?;
    }
    let sheet = Sheet::of(table, &settings);
    records(&sheet, table, out)?;
    if settings.border == Border::Full {
        out.write_all(sheet.rule("", Rule::Bottom).as_bytes())?;
    }
    if settings.footers.is_some() {
        // The number of rows is not told here.
        let footer = footer(&settings, 0);
        let gap = if settings.border == Border::Full || footer.is_empty() { "" } else { "\n" };
        write!(out, "{gap}{footer}")?;
    }
    out.write_all(b"\n")
}

fn records(sheet: &Sheet<'_>, table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
    let mut number = 0;
    let mut text = Vec::new();
    let (rows, columns) = (&mut table.rows, &table.columns);
    rows.each(|fields| {
        number += 1;
        text.extend_from_slice(sheet.heading(number).as_bytes());
        for (field, column) in fields.zip(columns) {
            sheet.field(&mut text, &column.name, field.unwrap_or(&sheet.settings.null));
        }
        out.write_all(&text)?;
        text.clear();
        Ok(())
    })
}

/// What all records have in common.
struct Sheet<'a> {
    settings: &'a Settings,
    lines: &'static Lines,
    /// The names' size.
    head: Size,
    /// The fields' size.
    data: Size,
}

impl<'a> Sheet<'a> {
    fn of(table: &Table, settings: &'a Settings) -> Self {
        let most = |sizes: &[Size]| sizes.iter().copied().fold(Size::default(), Size::max);
        let (head, data) = (most(&table.heads), most(&table.cells));
        Self { settings, lines: Lines::of(settings.linestyle), head, data }
    }

    /// What stands above a record.
    fn heading(&self, number: u64) -> String {
        let rule = if number == 1 { Rule::Top } else { Rule::Middle };
        let label = match self.settings.border {
            Border::None => format!("* Record {number}"),
            Border::Inner | Border::Full => format!("[ RECORD {number} ]"),
        };
        match (self.settings.tuples_only, self.settings.border) {
            (false, _) => self.rule(&label, rule),
            (true, Border::None | Border::Inner) if number == 1 => String::new(),
            (true, _) => self.rule("", rule),
        }
    }

    /// A line across the sheet, with a label over its beginning.
    fn rule(&self, label: &str, rule: Rule) -> String {
        let [left, joint, right] = self.lines.joints(rule);
        let across = self.lines.across;
        let (begin, end) = match self.settings.border {
            Border::None => (String::new(), String::new()),
            Border::Inner => (across.to_owned(), String::new()),
            Border::Full => (format!("{left}{across}"), format!("{across}{right}")),
        };
        // Without a frame, psql counts the character in front of the label as one of it.
        let covered = label.len() + usize::from(self.settings.border != Border::Full);
        let (name, data) = (self.head.width, self.data.width);
        let fill = |width| std::iter::repeat_n(across, width);
        let line: String = match self.settings.border {
            Border::None => " ".repeat((name + 1 + data).saturating_sub(covered)),
            Border::Inner | Border::Full => {
                fill(name + 1).chain([joint]).chain(fill(1 + data)).skip(covered).collect()
            }
        };
        format!("{begin}{label}{line}{end}\n")
    }

    /// A name and its field, line by line beside each other until both have ended.
    fn field(&self, text: &mut Vec<u8>, name: &str, field: &str) {
        let (mut name, mut field) = (Some(name), Some(field));
        while name.is_some() || field.is_some() {
            if self.settings.border == Border::Full {
                text.extend_from_slice(self.lines.down.as_bytes());
                text.push(b' ');
            }
            self.name_line(text, &mut name);
            if self.settings.border != Border::None {
                text.extend_from_slice(self.lines.down.as_bytes());
            }
            self.data_line(text, &mut field);
            text.push(b'\n');
        }
    }

    fn name_line(&self, text: &mut Vec<u8>, name: &mut Option<&str>) {
        let line = next_line(name).unwrap_or("");
        show(line, text);
        spaces(text, self.head.width - line_width(line));
        match name {
            Some(_) => text.extend_from_slice(self.lines.more.as_bytes()),
            None if self.settings.border == Border::None && self.head.height == 1 => {}
            None => text.push(b' '),
        }
    }

    fn data_line(&self, text: &mut Vec<u8>, field: &mut Option<&str>) {
        let is_framed = self.settings.border == Border::Full;
        let part = next_line(field);
        if let Some(line) = part {
            text.push(b' ');
            show(line, text);
        }
        let left = self.data.width - part.map_or(0, line_width);
        match (part, &field) {
            (Some(_), Some(_)) => {
                spaces(text, left);
                text.extend_from_slice(self.lines.more.as_bytes());
            }
            (Some(_), None) if is_framed => spaces(text, left + 1),
            (None, _) if is_framed => spaces(text, left + 2),
            (Some(_) | None, _) => {}
        }
        if is_framed {
            text.extend_from_slice(self.lines.down.as_bytes());
        }
    }
}
