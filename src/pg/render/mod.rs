//! Rendering what the server answers: in psql's formats byte for byte as psql, and in formats for programs.

pub mod settings;

mod aligned;
mod csv;
mod expanded;
mod json;
mod keys;
mod lines;
mod spool;
mod table;
mod tsv;
mod typed;
mod unaligned;
mod width;
mod yaml;

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use crate::pg::query::{Column, Event};
use settings::{Format, Settings};
use table::Table;

/// Commands that may answer with rows and whose tag psql prints nevertheless.
const TAGGED: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "MERGE"];

/// Prints results as they come, whatever their number and size, in little memory.
///
/// `aligned` prints a result when it has ended, all other formats row by row. In the formats for programs
/// ([`Format::is_data`]), statements without rows print nothing.
#[derive(Debug)]
pub struct Printer {
    settings: Arc<Settings>,
    result: Option<Open>,
    text: Vec<u8>,
    line: Line,
}

/// A result that has not ended.
#[derive(Debug)]
enum Open {
    Table(Box<Table>),
    Stream(Box<dyn Stream>),
}

/// Whether what was printed last ended its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Ended,
    Open,
}

/// A format that prints row by row.
trait Stream: fmt::Debug + Send {
    /// Appends what stands above the rows.
    fn head(&mut self, text: &mut Vec<u8>);
    /// Appends a row.
    fn row(&mut self, row: &[Option<String>], text: &mut Vec<u8>);
    /// Appends what stands below the rows.
    fn foot(&mut self, text: &mut Vec<u8>);
}

impl Printer {
    /// A printer of nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings), result: None, text: Vec::new(), line: Line::Ended }
    }

    /// How it prints.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Lets it print otherwise from the next result on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = Arc::new(settings);
    }

    /// Prints what is to be printed for an event.
    pub fn print(&mut self, event: Event, out: &mut dyn Write) -> io::Result<()> {
        match event {
            Event::Columns(columns) => {
                // A rule makes several results of one statement, which ends with the last.
                if self.result.is_some() {
                    self.end("", out)?;
                }
                self.begin(columns, out)
            }
            Event::Row(row) => self.row(&row, out),
            Event::Done(tag) => self.end(&tag, out),
        }
    }

    /// Leaves a result whose statement has failed: of a table nothing is printed, as psql does; rows that are printed
    /// already end with their line.
    pub fn abandon(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.result = None;
        match std::mem::replace(&mut self.line, Line::Ended) {
            Line::Ended => Ok(()),
            Line::Open => out.write_all(b"\n"),
        }
    }

    fn begin(&mut self, columns: Vec<Column>, out: &mut dyn Write) -> io::Result<()> {
        let settings = self.settings.clone();
        let mut stream: Box<dyn Stream> = match settings.format {
            Format::Aligned => {
                self.result = Some(Open::Table(Box::new(Table::new(settings, columns))));
                return Ok(());
            }
            Format::Unaligned => unaligned::stream(settings, &columns),
            Format::Csv => Box::new(csv::Csv::new(settings, &columns)),
            Format::Tsv => Box::new(tsv::Tsv::new(settings, &columns)),
            Format::Json => Box::new(json::Json::new(&columns)),
            Format::Yaml => Box::new(yaml::Yaml::new(&columns)),
        };
        stream.head(&mut self.text);
        self.result = Some(Open::Stream(stream));
        self.write(out)
    }

    fn row(&mut self, row: &[Option<String>], out: &mut dyn Write) -> io::Result<()> {
        match &mut self.result {
            Some(Open::Table(table)) => table.push(row),
            Some(Open::Stream(stream)) => {
                stream.row(row, &mut self.text);
                self.write(out)
            }
            None => Ok(()),
        }
    }

    fn end(&mut self, tag: &str, out: &mut dyn Write) -> io::Result<()> {
        let is_tagged = self.result.is_none() || TAGGED.iter().any(|it| tag.starts_with(it));
        match self.result.take() {
            Some(Open::Table(table)) => table.print(out)?,
            Some(Open::Stream(mut stream)) => {
                stream.foot(&mut self.text);
                self.write(out)?;
            }
            None => {}
        }
        self.line = Line::Ended;
        // An empty query has no tag.
        if is_tagged && !tag.is_empty() && !self.settings.quiet && !self.settings.format.is_data() {
            writeln!(out, "{tag}")?;
        }
        Ok(())
    }

    fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(last) = self.text.last() {
            self.line = if *last == b'\n' { Line::Ended } else { Line::Open };
        }
        out.write_all(&self.text)?;
        self.text.clear();
        Ok(())
    }
}

/// What stands below a result, each on a line of its own: how many rows there were, unless something else is wanted.
fn footer(settings: &Settings, rows: u64) -> String {
    match (settings.tuples_only, &settings.footers, settings.footer, rows) {
        (true, ..) => String::new(),
        (false, Some(footers), ..) => footers.iter().map(|it| format!("{it}\n")).collect(),
        (false, None, false, _) => String::new(),
        (false, None, true, 1) => "(1 row)\n".to_owned(),
        (false, None, true, rows) => format!("({rows} rows)\n"),
    }
}

#[cfg(test)]
mod tests;
