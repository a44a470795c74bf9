//! Rows that wait until all of them are known: in memory while they are few, beyond that in a file without a name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};

/// The length that stands for NULL: no field is that long.
const NULL: u32 = u32::MAX;

/// Rows that wait. Each is its length, and each field of it its length and its bytes.
#[derive(Debug)]
pub struct Spool {
    limit_bytes: usize,
    kept: Vec<u8>,
    file: Option<File>,
    rows: u64,
}

impl Spool {
    /// No rows yet. More than `limit_bytes` of them are not kept in memory.
    pub fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, kept: Vec::new(), file: None, rows: 0 }
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a row.
    pub fn push(&mut self, row: &[Option<String>]) -> io::Result<()> {
        let bytes: usize = row.iter().map(|cell| 4 + cell.as_ref().map_or(0, String::len)).sum();
        self.kept.extend_from_slice(&(bytes as u64).to_le_bytes());
        for cell in row {
            let length = cell.as_ref().map_or(Ok(NULL), |it| u32::try_from(it.len()));
            self.kept.extend_from_slice(&length.map_err(io::Error::other)?.to_le_bytes());
            self.kept.extend_from_slice(cell.as_deref().unwrap_or_default().as_bytes());
        }
        self.rows += 1;
        if self.kept.len() > self.limit_bytes { self.write_away().map_err(in_file) } else { Ok(()) }
    }

    fn write_away(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.kept)?;
        self.kept.clear();
        Ok(())
    }

    /// Reads all rows from the first on.
    pub fn each(&mut self, mut on: impl FnMut(Fields<'_>) -> io::Result<()>) -> io::Result<()> {
        let mut source: Box<dyn BufRead + '_> = match &mut self.file {
            Some(file) => {
                file.rewind().map_err(in_file)?;
                Box::new(BufReader::with_capacity(1 << 16, file).chain(self.kept.as_slice()))
            }
            None => Box::new(self.kept.as_slice()),
        };
        let mut row = Vec::new();
        for _ in 0..self.rows {
            let mut bytes = [0; 8];
            source.read_exact(&mut bytes).map_err(in_file)?;
            row.clear();
            source.by_ref().take(u64::from_le_bytes(bytes)).read_to_end(&mut row).map_err(in_file)?;
            on(Fields(&row))?;
        }
        Ok(())
    }
}

/// The fields of a row; `None` is NULL.
#[derive(Clone, Debug)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Option<&'a str>;

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length);
        if length == NULL {
            self.0 = rest;
            return Some(None);
        }
        let (field, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        // What went in was text.
        Some(Some(std::str::from_utf8(field).unwrap_or_default()))
    }
}

/// An error that is not one of stdout, whose kind says how the program ends.
fn in_file(err: io::Error) -> io::Error {
    io::Error::other(format!("keeping rows in a temporary file: {err}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went_in_wherever_they_were_kept() {
        let row = |number: usize| vec![Some(number.to_string()), None, Some("é\n".repeat(number))];
        for limit_bytes in [0, 100, 1 << 20] {
            let mut spool = Spool::new(limit_bytes);
            (0..50).for_each(|number| spool.push(&row(number)).unwrap());
            assert_eq!(spool.file.is_some(), limit_bytes < 1 << 20);
            for _ in 0..2 {
                let mut back = Vec::new();
                let read = |fields: Fields<'_>| {
                    back.push(fields.map(|it| it.map(str::to_owned)).collect::<Vec<_>>());
                    Ok(())
                };
                spool.each(read).unwrap();
                assert_eq!(back, (0..50).map(row).collect::<Vec<_>>(), "{limit_bytes}");
            }
        }
    }

    #[test]
    fn rows_without_fields_are_counted() {
        let mut spool = Spool::new(100);
        (0..3).for_each(|_| spool.push(&[]).unwrap());
        let mut widths = Vec::new();
        let read = |fields: Fields<'_>| {
            widths.push(fields.count());
            Ok(())
        };
        spool.each(read).unwrap();
        assert_eq!((widths, spool.rows()), (vec![0; 3], 3));
    }
}
