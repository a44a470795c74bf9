//! psql's unaligned format: fields as they are, with a separator between them.

use std::sync::Arc;

use crate::pg::query::Column;
use crate::pg::render::settings::{Expanded, Settings};
use crate::pg::render::{Stream, footer};

/// The stream of a result.
pub fn stream(settings: Arc<Settings>, columns: &[Column]) -> Box<dyn Stream> {
    let names = columns.iter().map(|it| it.name.clone()).collect();
    match settings.expanded {
        Expanded::On => Box::new(Vertical { settings, names, begun: Begun::No }),
        Expanded::Off | Expanded::Auto => Box::new(Horizontal { settings, names, rows: 0, begun: Begun::No }),
    }
}

/// Whether something has been printed: only what follows something has a separator in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    No,
    Yes,
}

/// A record for each row.
#[derive(Debug)]
struct Horizontal {
    settings: Arc<Settings>,
    names: Vec<String>,
    rows: u64,
    begun: Begun,
}

/// A record for each column of each row.
#[derive(Debug)]
struct Vertical {
    settings: Arc<Settings>,
    names: Vec<String>,
    begun: Begun,
}

impl Horizontal {
    fn separate(&mut self, text: &mut Vec<u8>) {
        if self.begun == Begun::Yes {
            text.extend_from_slice(self.settings.recordsep.as_bytes());
        }
        self.begun = Begun::Yes;
    }
}

impl Stream for Horizontal {
    fn head(&mut self, text: &mut Vec<u8>) {
        if self.settings.tuples_only {
            return;
        }
        if let Some(title) = &self.settings.title {
            text.extend_from_slice(title.as_bytes());
            text.extend_from_slice(self.settings.recordsep.as_bytes());
        }
        text.extend_from_slice(self.names.join(&self.settings.fieldsep).as_bytes());
        self.begun = Begun::Yes;
    }

    fn row(&mut self, row: &[Option<String>], text: &mut Vec<u8>) {
        self.rows += 1;
        for (at, cell) in row.iter().enumerate() {
            match at {
                0 => self.separate(text),
                _ => text.extend_from_slice(self.settings.fieldsep.as_bytes()),
            }
            text.extend_from_slice(cell.as_ref().unwrap_or(&self.settings.null).as_bytes());
        }
    }

    fn foot(&mut self, text: &mut Vec<u8>) {
        for line in footer(&self.settings, self.rows).lines() {
            self.separate(text);
            text.extend_from_slice(line.as_bytes());
        }
        end(&self.settings, self.begun, text);
    }
}

impl Stream for Vertical {
    fn head(&mut self, text: &mut Vec<u8>) {
        if let Some(title) = self.settings.title.as_ref().filter(|_| !self.settings.tuples_only) {
            text.extend_from_slice(title.as_bytes());
            self.begun = Begun::Yes;
        }
    }

    fn row(&mut self, row: &[Option<String>], text: &mut Vec<u8>) {
        let settings = &self.settings;
        for (at, (name, cell)) in self.names.iter().zip(row).enumerate() {
            let separators = match (at, self.begun) {
                (0, Begun::No) => 0,
                // An empty record stands between records.
                (0, Begun::Yes) => 2,
                _ => 1,
            };
            text.extend_from_slice(settings.recordsep.repeat(separators).as_bytes());
            text.extend_from_slice(name.as_bytes());
            text.extend_from_slice(settings.fieldsep.as_bytes());
            text.extend_from_slice(cell.as_ref().unwrap_or(&settings.null).as_bytes());
            self.begun = Begun::Yes;
        }
    }

    fn foot(&mut self, text: &mut Vec<u8>) {
        let footers = self.settings.footers.iter().flatten().filter(|_| !self.settings.tuples_only);
        for (at, footer) in footers.enumerate() {
            text.extend_from_slice(self.settings.recordsep.repeat(if at == 0 { 2 } else { 1 }).as_bytes());
            text.extend_from_slice(footer.as_bytes());
        }
        end(&self.settings, self.begun, text);
    }
}

/// The last record ends with a line break whatever the separator is, but for the zero byte of `xargs -0`.
fn end(settings: &Settings, begun: Begun, text: &mut Vec<u8>) {
    match (begun, settings.recordsep.as_str()) {
        (Begun::No, _) => {}
        (Begun::Yes, "\0") => text.push(0),
        (Begun::Yes, _) => text.push(b'\n'),
    }
}
