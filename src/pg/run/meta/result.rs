//! Meta-commands that send the query and do something else with its rows: `\g \gx \gset \gexec`.

use std::fs::File;
use std::io::BufWriter;

use crate::pg::render::settings::{Expanded, Settings};
use crate::pg::run::answer::{Held, Take};
use crate::pg::run::check::reason;
use crate::pg::run::copy::parts;
use crate::pg::run::fault::Fault;
use crate::pg::run::meta::pset;
use crate::pg::run::send::Parcel;
use crate::pg::run::variables::Echo;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::MetaCall;

/// What is done with a query's rows.
#[derive(Debug, Default)]
pub(in crate::pg::run) struct Go {
    /// Where they go.
    pub to: To,
    /// How they are printed, if otherwise than all others.
    pub settings: Option<Settings>,
}

/// Where rows go.
#[derive(Debug, Default)]
pub(in crate::pg::run) enum To {
    /// To where all results go.
    #[default]
    Print,
    /// To this file.
    File(File),
    /// Into variables, whose names begin so.
    Variables(String),
    /// They are statements, and are run.
    Statements,
}

impl To {
    /// Whether the rows are printed.
    pub(in crate::pg::run) fn take(&self) -> Take {
        match self {
            Self::Print | Self::File(_) => Take::Print,
            Self::Variables(_) | Self::Statements => Take::Keep,
        }
    }
}

impl Runner {
    /// `\g`, `\gx`: options in parentheses, then a file.
    pub(super) fn go(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<Go, Fault> {
        let mut settings = self.screen.printer.settings().clone();
        let mut word = self.word(frame, call)?;
        if let Some(first) = word.as_deref().and_then(|it| it.strip_prefix('(')) {
            let first = first.to_owned();
            self.options(frame, call, first, &mut settings)?;
            word = self.word(frame, call)?;
        }
        if call.name == "gx" {
            settings.expanded = Expanded::On;
        }
        let to = match word {
            None => To::Print,
            Some(name) if name.is_empty() => To::Print,
            Some(pipe) if pipe.starts_with('|') => {
                return Err(Fault::own(format_args!(
                    "\\{}: commands of the shell are not run here: {pipe}",
                    call.name
                )));
            }
            Some(path) => {
                let path = self.file_named(path);
                let made = File::create(&path);
                To::File(made.map_err(|err| Fault::own(format_args!("{path}: {}", reason(&err))))?)
            }
        };
        Ok(Go { to, settings: Some(settings) })
    }

    /// Reads options of `\pset` as `name=value`, up to the parenthesis. As in psql, every invalid one is reported.
    fn options(
        &mut self,
        frame: &mut Frame<'_>,
        call: &mut MetaCall,
        first: String,
        settings: &mut Settings,
    ) -> Result<(), Fault> {
        let mut word = Some(first);
        let mut wrong = Vec::new();
        while let Some(text) = word {
            let (text, is_last) = match text.strip_suffix(')') {
                Some(text) => (text, true),
                None => (text.as_str(), false),
            };
            if !text.is_empty() {
                let (option, value) = match text.split_once('=') {
                    Some((option, value)) => (option, Some(value)),
                    None => (text, None),
                };
                wrong.extend(pset::set(settings, option, value).err());
            }
            if is_last {
                return self.refused(wrong);
            }
            word = self.word(frame, call)?;
        }
        wrong.push(format!("\\{}: missing right parenthesis", call.name));
        self.refused(wrong)
    }

    /// Fails with the last of several errors, and reports those before it.
    fn refused(&mut self, mut errors: Vec<String>) -> Result<(), Fault> {
        let Some(last) = errors.pop() else { return Ok(()) };
        errors.iter().for_each(|it| self.screen.complain(&format!("error: {it}")));
        Err(Fault::own(last))
    }

    /// `\gset`, with what the variables' names are to begin with.
    pub(super) fn gset(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<Go, Fault> {
        let prefix = self.word(frame, call)?.unwrap_or_default();
        Ok(Go { to: To::Variables(prefix), settings: None })
    }

    /// Sends a query that is in no script, such as the one before again.
    pub(super) async fn send_text(&mut self, sql: &str, go: &Go) -> Result<(), Fault> {
        let queries = parts(sql);
        match queries.as_slice() {
            [only] if only.copies() == 0 => self.send(Parcel::from(only), None, go).await,
            all if all.iter().all(|it| it.copies() == 0 && it.copies_out() == 0) => {
                self.send(Parcel::of(sql), None, go).await
            }
            _ => Err(Fault::own("a COPY from or to the client cannot be repeated or generated")),
        }
    }

    /// Sets a variable for each column of the only row.
    pub(in crate::pg::run) fn store(&mut self, held: Option<Held>, prefix: &str) -> Result<(), Fault> {
        let Some(held) = held else { return Ok(()) };
        let row = match held.rows.as_slice() {
            [row] => row,
            [] => return Err(Fault::own("no rows returned for \\gset")),
            [..] => return Err(Fault::own("more than one row returned for \\gset")),
        };
        for (column, value) in held.columns.iter().zip(row) {
            let name = format!("{prefix}{}", column.name);
            if self.variables.is_special(&name) {
                let why = format!("attempt to \\gset into specially treated variable \"{name}\" ignored");
                self.screen.warn(&why);
                continue;
            }
            let set = match value {
                Some(value) => self.variables.set(&name, value.clone()),
                None => self.variables.unset(&name),
            };
            set.map_err(Fault::own)?;
        }
        Ok(())
    }

    /// Runs each cell as a statement, row after row. Where errors do not end the script, they do not end this either.
    pub(in crate::pg::run) async fn execute(&mut self, held: Option<Held>) -> Result<(), Fault> {
        let cells = held.into_iter().flat_map(|it| it.rows).flatten().flatten();
        for sql in cells {
            if self.variables.echo() == Echo::All {
                self.screen.line(&sql)?;
            }
            match Box::pin(self.send_text(&sql, &Go::default())).await {
                Err(Fault::Step(text)) if !self.variables.is_on("ON_ERROR_STOP") => {
                    self.screen.complain(&text)
                }
                ran => ran?,
            }
        }
        Ok(())
    }
}

/// Buffered, since rows come one by one.
pub(in crate::pg::run) fn buffered(file: &File) -> std::io::Result<BufWriter<File>> {
    Ok(BufWriter::new(file.try_clone()?))
}
