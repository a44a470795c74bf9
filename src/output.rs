//! Output: data on stdout, talk on stderr, and the formats that reports are rendered in.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::Serialize;

use crate::error::Error;
use crate::exit::Verdict;

/// Help heading of what the contract does not have: a unit test holds all else equal to it.
pub const BEYOND: &str = "Beyond the contract";

/// Bytes that are written to stdout at once.
const BUFFER_BYTES: usize = 1 << 16;

/// The formats of `status` and of the lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One line of JSON
    Json,
    /// YAML
    Yaml,
}

/// Whether talk is wanted: callers of the machine formats merge both streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    /// Progress and notices go to stderr.
    Aloud,
    /// Nothing but errors goes to stderr.
    Quiet,
}

/// What a command has to say at its end.
#[derive(Debug)]
pub struct Reply {
    /// How it ended.
    pub verdict: Verdict,
    /// Data for stdout, with its last line break; empty if there is none.
    pub data: String,
}

/// A report that can be read by people and by programs.
pub trait Report: Serialize {
    /// The report for people.
    fn text(&self) -> String;
}

impl Reply {
    /// A reply without data.
    pub fn plain(verdict: Verdict) -> Self {
        Self { verdict, data: String::new() }
    }

    /// A reply with data as it stands.
    pub fn data(verdict: Verdict, data: String) -> Self {
        Self { verdict, data }
    }

    /// A reply with a report in the format that was asked for.
    pub fn report(verdict: Verdict, format: Format, report: &impl Report) -> Result<Self, Error> {
        let data = match format {
            Format::Text => report.text(),
            Format::Json => json(report)?,
            Format::Yaml => yaml(report)?,
        };
        Ok(Self { verdict, data })
    }
}

/// One line of JSON.
pub fn json(report: &impl Serialize) -> Result<String, Error> {
    let mut line = serde_json::to_string(report).map_err(|err| Error::Output(err.into()))?;
    line.push('\n');
    Ok(line)
}

/// YAML.
pub fn yaml(report: &impl Serialize) -> Result<String, Error> {
    let text = serde_yaml::to_string(report).map_err(|err| Error::Output(io::Error::other(err)))?;
    Ok(with_moments_quoted(&text))
}

/// YAML 1.1 takes moments for something other than text unless they stand in quotes.
fn with_moments_quoted(yaml: &str) -> String {
    // The column of the key whose text follows in lines of its own, which are further in.
    let mut above = None;
    let mut quoted = String::new();
    for line in yaml.lines() {
        let column = line.len() - line.trim_start().len();
        if above.is_some_and(|it| line.is_empty() || column > it) {
            quoted += line;
        } else {
            let is_head = line.rsplit(' ').next().is_some_and(|it| it.starts_with('|'));
            above = is_head.then(|| line.len() - line.trim_start_matches([' ', '-']).len());
            quoted += &with_moment_quoted(line);
        }
        quoted.push('\n');
    }
    quoted
}

fn with_moment_quoted(line: &str) -> String {
    let is_moment = |text: &str| {
        text.len() >= "2026-01-01".len()
            && text.bytes().all(|it| it.is_ascii_digit() || b"-:.TZ".contains(&it))
            && text.split('-').take(3).map(str::len).eq([4, 2, text.len() - 8])
    };
    match line.split_once(": ") {
        Some((key, value)) if is_moment(value) => format!("{key}: '{value}'"),
        Some(_) | None => line.to_owned(),
    }
}

/// The program's two streams.
#[derive(Clone, Copy, Debug)]
pub struct Out {
    /// Whether to talk.
    pub talk: Talk,
}

impl Out {
    /// Writes data to stdout.
    pub fn data(&self, text: &str) -> Result<(), Error> {
        self.bytes(text.as_bytes())
    }

    /// Writes data that need not be text to stdout.
    pub fn bytes(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(Error::Output)
    }

    /// Stdout for data that is too much for one piece. Who has it flushes it, to learn whether somebody reads.
    pub fn writer(&self) -> BufWriter<Stdout> {
        BufWriter::with_capacity(BUFFER_BYTES, io::stdout())
    }

    /// Whether stdout is a terminal.
    pub fn is_for_people(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether nobody will ever read what is written to stdout: a pipe whose other end is closed.
    pub fn reader_is_gone(&self) -> bool {
        let stdout = io::stdout();
        let mut polled = [PollFd::new(&stdout, PollFlags::empty())];
        let asked = poll(&mut polled, Some(&Timespec::default()));
        asked.is_ok() && polled.iter().any(|it| it.revents().intersects(PollFlags::ERR | PollFlags::HUP))
    }

    /// Says a line on stderr, unless the format wants it quiet. A closed stderr is nobody to talk to.
    pub fn note(&self, line: &str) {
        self.say(&format!("{line}\n"));
    }

    /// The same for text that need not end its line.
    pub fn say(&self, text: &str) {
        if self.talk == Talk::Aloud {
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }

    /// Says on stderr, whatever the format, what goes wrong without ending the command.
    pub fn complain(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Says an error and its hint on stderr, whatever the format.
    pub fn error(&self, err: &Error) {
        let mut stderr = io::stderr().lock();
        let _ = match err {
            // The server's words stand for themselves: psql prints them so.
            Error::Sql(text) => writeln!(stderr, "{text}"),
            _ => writeln!(stderr, "error: {}", err.line()),
        };
        if let Some(hint) = err.hint() {
            let _ = writeln!(stderr, "hint: {hint}");
        }
    }
}

/// Columns for people: every column as wide as its widest cell, no trailing spaces.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    painted_table(head, rows, |_, cell| cell.to_owned())
}

/// The same with a look for each cell, which is given its column: what makes it takes no room.
pub fn painted_table<const N: usize>(
    head: [&str; N],
    rows: &[[String; N]],
    look: impl Fn(&str, &str) -> String,
) -> String {
    let titles = head;
    let head = head.map(str::to_owned);
    let width = |column: usize| {
        std::iter::once(&head)
            .chain(rows)
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..N).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &[String; N]| {
        let cells = titles.iter().zip(row).zip(&widths);
        let padded = cells.map(|((title, cell), width)| {
            look(title, cell) + &" ".repeat(width.saturating_sub(cell.chars().count()))
        });
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    std::iter::once(&head).chain(rows).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_in_yaml_is_quoted_and_nothing_else() {
        assert_eq!(with_moments_quoted("  at: 2026-11-24T16:22:36Z"), "  at: '2026-11-24T16:22:36Z'\n");
        assert_eq!(with_moments_quoted("day: 2026-11-24"), "day: '2026-11-24'\n");
        for text in ["n: 2026", "a: '2026-11-24T16:22:36Z'", "- name: main", "at: 1.2.3", "t: 16:22", "a:"] {
            assert_eq!(with_moments_quoted(text), format!("{text}\n"));
        }
        let within = "- a: |-\n    b: 2026-11-24\n\n    c\n  d: 2026-11-24\n";
        let quoted = "- a: |-\n    b: 2026-11-24\n\n    c\n  d: '2026-11-24'\n";
        assert_eq!(with_moments_quoted(within), quoted);
    }

    #[test]
    fn a_table_aligns_its_columns_and_leaves_no_trailing_space() {
        let rows = [["main".to_owned(), "5433".to_owned()], ["a".to_owned(), String::new()]];
        assert_eq!(table(["NAME", "PORT"], &rows), "NAME  PORT\nmain  5433\na\n");
    }
}
