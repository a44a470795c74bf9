//! `\copy`: a `COPY` whose file is the client's.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use crate::pg::query::{Event, Failure};
use crate::pg::run::answer::{Answer, Answered, Take};
use crate::pg::run::check::reason;
use crate::pg::run::fault::Fault;
use crate::pg::run::send::Parcel;
use crate::pg::run::{Frame, Runner, copy};
use crate::pg::script::MetaCall;

/// What `\copy` is given.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    /// The statement that the server gets.
    sql: String,
    way: Way,
    place: Place,
}

/// Which way the data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    From,
    To,
}

/// Where the client's end of it is.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// The script itself, or where results go.
    Script,
    /// The program's own stdin or stdout.
    Program,
    /// A file.
    File(String),
}

impl Runner {
    /// Copies between the server and a file here.
    pub(super) async fn copy_file(
        &mut self,
        frame: &mut Frame<'_>,
        call: &mut MetaCall,
    ) -> Result<(), Fault> {
        let Some(line) = self.word(frame, call)? else {
            return Err(Fault::own("\\copy: arguments required"));
        };
        let mut wanted = parse(&line).map_err(Fault::own)?;
        if let Place::File(name) = wanted.place {
            wanted.place = Place::File(self.file_named(name));
        }
        let sql = wanted.sql.clone();
        let begun = self.begin(&sql).await?;
        let copied = match wanted.way {
            Way::From => self.copy_in(frame, &wanted).await?,
            Way::To => self.copy_out(&wanted).await?,
        };
        self.end(begun, copied, &Parcel::of(&sql)).await.map(drop)
    }

    async fn copy_in(
        &mut self,
        frame: &mut Frame<'_>,
        wanted: &Wanted,
    ) -> Result<Result<Answered, Failure>, Fault> {
        match &wanted.place {
            Place::Script => Ok(self.copy_inline(&wanted.sql, &mut frame.scanner).await),
            Place::Program => Ok(self.copy_from(&wanted.sql, std::io::stdin()).await),
            Place::File(name) => {
                let file = opened(name).map_err(Fault::own)?;
                Ok(self.copy_from(&wanted.sql, file).await)
            }
        }
    }

    async fn copy_from(&mut self, sql: &str, data: impl Read) -> Result<Answered, Failure> {
        let session = &self.link.session;
        let work = async { copy::feed(session, copy::open(session, sql).await?, data).await };
        let tag = self.interrupts.watch(&self.link, work).await?;
        self.tagged(tag)
    }

    async fn copy_out(&mut self, wanted: &Wanted) -> Result<Result<Answered, Failure>, Fault> {
        let session = &self.link.session;
        Ok(match &wanted.place {
            // psql keeps the tag from among the data.
            Place::Script | Place::Program => {
                let work = copy::to(session, &wanted.sql, |bytes| self.screen.write(bytes));
                let copied = self.interrupts.watch(&self.link, work).await;
                self.screen.flush()?;
                copied.map(|_| Answered::default())
            }
            Place::File(name) => {
                let file = created(name).map_err(Fault::own)?;
                let mut file = BufWriter::new(file);
                let work = copy::to(session, &wanted.sql, |bytes| file.write_all(bytes));
                let copied = self.interrupts.watch(&self.link, work).await;
                let written = |failure| match failure {
                    Failure::Output(err) => Failure::Other(format!("{name}: {}", reason(&err))),
                    other => other,
                };
                let tag = copied.and_then(|tag| file.flush().map(|()| tag).map_err(Failure::Output));
                tag.map_err(written).and_then(|tag| self.tagged(tag))
            }
        })
    }

    /// Prints a tag.
    pub(in crate::pg::run) fn tagged(&mut self, tag: String) -> Result<Answered, Failure> {
        let mut answer = Answer::new(&mut self.screen, Take::Print);
        answer.event(Event::Done(tag)).map_err(Failure::Output)?;
        answer.end().map_err(Failure::Output)
    }
}

fn opened(name: &str) -> Result<File, String> {
    let file = File::open(name).map_err(|err| format!("{name}: {}", reason(&err)))?;
    match file.metadata().is_ok_and(|it| it.is_dir()) {
        true => Err(format!("{name}: cannot copy from/to a directory")),
        false => Ok(file),
    }
}

fn created(name: &str) -> Result<File, String> {
    if Path::new(name).is_dir() {
        return Err(format!("{name}: cannot copy from/to a directory"));
    }
    File::create(name).map_err(|err| format!("{name}: {}", reason(&err)))
}

/// `TABLE [(COLUMNS)] | (QUERY)`, `from | to`, a file or a word for a stream, and the options.
fn parse(line: &str) -> Result<Wanted, String> {
    let subject_end = subject(line)?;
    let (subject, rest) = line.split_at(subject_end);
    let (way, rest) = word(rest);
    let way = match way.to_ascii_lowercase().as_str() {
        "from" => Way::From,
        "to" => Way::To,
        "" => return Err("\\copy: parse error at end of line".to_owned()),
        _ => return Err(format!("\\copy: parse error at \"{way}\"")),
    };
    let (place, options) = place(rest)?;
    let direction = match way {
        Way::From => "FROM STDIN",
        Way::To => "TO STDOUT",
    };
    // With psql's two spaces, so that errors point to the same place.
    let sql = format!("COPY  {} {direction} {}", subject.trim(), options.trim_matches([' ', '\t', ';']));
    Ok(Wanted { sql: sql.trim_end().to_owned(), way, place })
}

/// Where the table or query ends.
fn subject(line: &str) -> Result<usize, String> {
    let end = match line.starts_with('(') {
        true => closed(line, 0)?,
        false => table(line)?,
    };
    let after = line.get(end..).unwrap_or_default();
    let columns = end + after.len() - after.trim_start().len();
    match line.get(columns..).is_some_and(|it| it.starts_with('(')) && !line.starts_with('(') {
        true => closed(line, columns),
        false => Ok(end),
    }
}

/// Where a table's name ends, which may have a schema and be in double quotes.
fn table(line: &str) -> Result<usize, String> {
    let mut is_quoted = false;
    let ends = |it: char| it.is_whitespace() || it == '(';
    for (at, it) in line.char_indices() {
        match it {
            '"' => is_quoted = !is_quoted,
            it if !is_quoted && ends(it) => return Ok(at),
            _ => {}
        }
    }
    Err("\\copy: parse error at end of line".to_owned())
}

/// Where the parenthesis that opens here is closed, quotes passed over.
fn closed(line: &str, from: usize) -> Result<usize, String> {
    let mut depth = 0usize;
    let mut quote = None;
    for (at, it) in line.char_indices().skip_while(|(at, _)| *at < from) {
        match (quote, it) {
            (Some(open), it) if it == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(it),
            (None, '(') => depth += 1,
            (None, ')') if depth == 1 => return Ok(at + 1),
            (None, ')') => depth -= 1,
            (None, _) => {}
        }
    }
    Err("\\copy: parse error at end of line".to_owned())
}

fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

fn place(text: &str) -> Result<(Place, &str), String> {
    let text = text.trim_start();
    if let Some(quoted) = text.strip_prefix('\'') {
        let mut name = String::new();
        let mut rest = quoted;
        loop {
            let Some((before, after)) = rest.split_once('\'') else {
                return Err("\\copy: parse error at end of line".to_owned());
            };
            name.push_str(before);
            match after.strip_prefix('\'') {
                Some(more) => {
                    name.push('\'');
                    rest = more;
                }
                None => return Ok((Place::File(name), after)),
            }
        }
    }
    // A semicolon after the name belongs to what follows.
    let end = text.find(|it: char| it.is_whitespace() || it == ';').unwrap_or(text.len());
    let (first, rest) = text.split_at(end);
    match first.to_ascii_lowercase().as_str() {
        "" => Err("\\copy: parse error at end of line".to_owned()),
        "program" => Err("\\copy: commands of the shell are not run here".to_owned()),
        "stdin" | "stdout" => Ok((Place::Script, rest)),
        "pstdin" | "pstdout" => Ok((Place::Program, rest)),
        _ => Ok((Place::File(first.to_owned()), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_or_query_is_told_from_the_way_and_the_file() {
        let file = |name: &str| Place::File(name.to_owned());
        for (line, sql, place) in [
            ("t from 'a b.csv' csv", "COPY  t FROM STDIN csv", file("a b.csv")),
            ("t(a, \"to\") TO x.txt", "COPY  t(a, \"to\") TO STDOUT", file("x.txt")),
            ("s.t from stdin", "COPY  s.t FROM STDIN", Place::Script),
            ("t to stdout;", "COPY  t TO STDOUT", Place::Script),
            ("t to x.txt;", "COPY  t TO STDOUT", file("x.txt")),
            ("t to pstdout csv ;", "COPY  t TO STDOUT csv", Place::Program),
            ("\"from\" to pstdout", "COPY  \"from\" TO STDOUT", Place::Program),
            (
                "(select 1 from t where a = ' to ') to 'it''s' with (format csv)",
                "COPY  (select 1 from t where a = ' to ') TO STDOUT with (format csv)",
                file("it's"),
            ),
        ] {
            let wanted = parse(line).unwrap();
            assert_eq!((wanted.sql.as_str(), wanted.place), (sql, place), "{line}");
        }
    }

    #[test]
    fn what_is_no_copy_is_refused() {
        for line in ["t", "t from", "t into x", "t from 'open", "t from program 'rm'"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
