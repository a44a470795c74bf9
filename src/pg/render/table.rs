//! A result whose columns are as wide as their widest cell: nothing is printed before the last row is known.

use std::io::{self, Write};
use std::sync::Arc;

use crate::pg::query::Column;
use crate::pg::render::settings::{Border, Expanded, Settings};
use crate::pg::render::spool::Spool;
use crate::pg::render::width::{Size, size};
use crate::pg::render::{aligned, expanded};

/// Bytes of rows that are kept in memory.
const KEPT_BYTES: usize = 8 << 20;

/// A table that is being collected.
#[derive(Debug)]
pub struct Table {
    /// How it will be printed.
    pub settings: Arc<Settings>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The sizes of their names.
    pub heads: Vec<Size>,
    /// The sizes that hold each column's cells.
    pub cells: Vec<Size>,
    /// Its rows.
    pub rows: Spool,
}

impl Table {
    /// A table without rows.
    pub fn new(settings: Arc<Settings>, columns: Vec<Column>) -> Self {
        let heads: Vec<Size> = columns.iter().map(|it| size(&it.name)).collect();
        let cells = vec![Size::default(); columns.len()];
        Self { settings, columns, heads, cells, rows: Spool::new(KEPT_BYTES) }
    }

    /// Adds a row.
    pub fn push(&mut self, row: &[Option<String>]) -> io::Result<()> {
        for (most, cell) in self.cells.iter_mut().zip(row) {
            *most = most.max(size(cell.as_deref().unwrap_or(&self.settings.null)));
        }
        self.rows.push(row)
    }

    /// Prints it.
    pub fn print(mut self, out: &mut dyn Write) -> io::Result<()> {
        match self.is_expanded() {
            true => expanded::print(&mut self, out),
            false => aligned::print(&mut self, out),
        }
    }

    /// Columns of the terminal that each column takes.
    pub fn widths(&self) -> impl Iterator<Item = usize> {
        self.heads.iter().zip(&self.cells).map(|(head, cell)| head.width.max(cell.width))
    }

    /// Columns of the terminal that the whole table takes.
    pub fn width(&self) -> usize {
        let columns = self.columns.len();
        let lines = match self.settings.border {
            Border::None => columns,
            Border::Inner => (columns * 3).saturating_sub(1),
            Border::Full => columns * 3 + 1,
        };
        lines + self.widths().sum::<usize>()
    }

    /// One column would only get wider by being expanded.
    fn is_expanded(&self) -> bool {
        let columns = self.settings.columns;
        match self.settings.expanded {
            Expanded::Off => false,
            Expanded::On => true,
            Expanded::Auto => columns > 0 && self.columns.len() > 1 && self.width() > columns,
        }
    }
}
