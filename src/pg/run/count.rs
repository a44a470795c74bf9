//! How far a long script is, on a terminal.

use crate::output::Out;
use crate::progress::Progress;

/// Which of its statements a script is at.
#[derive(Debug, Default)]
pub struct Count {
    total: usize,
    done: usize,
    line: Progress,
}

impl Count {
    /// So many statements, which are counted only where somebody would see it.
    pub fn of(total: impl FnOnce() -> usize, out: Out) -> Self {
        let line = Progress::to(out);
        let total = if line.is_watched() { total() } else { 0 };
        let line = if total > 1 { line } else { Progress::default() };
        Self { total, done: 0, line }
    }

    /// One more statement begins.
    pub(super) fn step(&mut self) {
        self.done += 1;
        // A script in which one file includes another has more statements than were counted.
        let (done, total) = (self.done, self.total.max(self.done));
        self.line.show(|| format!("statement {done} of {total}"));
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        self.line.clear();
    }
}
