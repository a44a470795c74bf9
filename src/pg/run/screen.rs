//! Where a run's results and messages go.

use std::io::{self, Write};

use crate::output::Out;
use crate::pg::query::Event;
use crate::pg::render::Printer;
use crate::pg::render::settings::Settings;
use crate::pg::run::count::Count;
use crate::pg::run::place::Place;
use crate::pg::script::{Encoded, Encoding};

/// Where a run's results and messages go.
pub struct Screen {
    /// Prints results.
    pub(super) printer: Printer,
    /// Where to.
    data: Encoded<Box<dyn Write + Send>>,
    out: Out,
    place: Place,
    /// Whether the data is for programs, which want nothing else among it.
    is_data_only: bool,
    /// How far the script is, for a terminal.
    pub(super) progress: Count,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("printer", &self.printer).finish_non_exhaustive()
    }
}

impl Screen {
    /// Prints results to `data`, and says all else where `out` does.
    pub fn new(settings: Settings, data: Box<dyn Write + Send>, out: Out, place: &Place) -> Self {
        let is_data_only = settings.quiet || settings.format.is_data();
        Self {
            printer: Printer::new(settings),
            data: Encoded::new(data),
            out,
            place: place.clone(),
            is_data_only,
            progress: Count::default(),
        }
    }

    /// Shows how far the script is.
    pub fn expect(&mut self, progress: Count) {
        self.progress = progress;
    }

    /// Prints what belongs to a result.
    pub(super) fn event(&mut self, event: Event) -> io::Result<()> {
        let has_ended = matches!(event, Event::Done(_));
        self.check(&event)?;
        self.progress.clear();
        self.printer.print(event, &mut self.data)?;
        if has_ended { self.data.flush() } else { Ok(()) }
    }

    /// The server would refuse what the encoding lacks before anything of its row is printed.
    fn check(&self, event: &Event) -> io::Result<()> {
        match event {
            Event::Columns(columns) => columns.iter().try_for_each(|it| self.data.check(&it.name)),
            Event::Row(cells) => cells.iter().flatten().try_for_each(|it| self.data.check(it)),
            Event::Done(_) => Ok(()),
        }
    }

    /// Leaves a result that has failed.
    pub(super) fn abandon(&mut self) -> io::Result<()> {
        self.progress.clear();
        self.printer.abandon(&mut self.data)?;
        self.data.flush()
    }

    /// Writes to where results go.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.progress.clear();
        self.data.write_all(bytes)
    }

    /// Hands on what was written.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.data.flush()
    }

    /// Writes a line about the run itself, unless that is not wanted among the data.
    pub(super) fn tell(&mut self, line: &str) -> io::Result<()> {
        if self.printer.settings().quiet || self.printer.settings().format.is_data() {
            return Ok(());
        }
        self.write(line.as_bytes())?;
        self.write(b"\n")
    }

    /// Writes a line of the script's own to where results go.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        self.write(line.as_bytes())?;
        self.write(b"\n")?;
        self.flush()
    }

    /// Writes a line that psql has among the data, to where programs do not look for theirs.
    pub(super) fn aside(&mut self, line: &str) -> io::Result<()> {
        match self.is_data_only {
            true => self.say(line, "\n"),
            false => self.line(line)?,
        }
        Ok(())
    }

    /// What results are written in.
    pub(super) fn encoding(&self) -> Encoding {
        self.data.encoding()
    }

    /// Writes them in another encoding from now on.
    pub(super) fn encode(&mut self, encoding: Encoding) {
        self.data.encode(encoding);
    }

    /// Lets another writer have the results for a while.
    pub(super) fn redirect(&mut self, data: Box<dyn Write + Send>) -> Box<dyn Write + Send> {
        self.data.exchange(data)
    }

    /// Prints otherwise from now on; answers how it was.
    pub(super) fn exchange(&mut self, settings: Settings) -> Settings {
        let before = self.printer.settings().clone();
        self.printer.set(settings);
        before
    }

    /// Changes how results are printed.
    pub(super) fn set(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.printer.settings().clone();
        change(&mut settings);
        self.printer.set(settings);
    }

    /// Says on stderr what goes wrong, whatever the format of the data.
    pub(super) fn complain(&mut self, text: &str) {
        self.progress.clear();
        self.out.complain(&format!("{}{text}", self.place));
    }

    /// Says a warning on stderr, where talk is wanted.
    pub(super) fn warn(&mut self, text: &str) {
        self.progress.clear();
        self.out.note(&format!("{}warning: {text}", self.place));
    }

    /// Says text of the script's own on stderr.
    pub(super) fn say(&mut self, text: &str, end: &str) {
        self.progress.clear();
        self.out.say(&format!("{text}{end}"));
    }
}
