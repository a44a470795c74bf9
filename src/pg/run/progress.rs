//! How far a long script is, on a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::output::{Out, Talk};

/// What is over before a reader has found it is not shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is written anew.
const PACE: Duration = Duration::from_millis(100);

/// A line that is written over and over, and gone when anything else is said. Without a terminal there is none.
#[derive(Debug, Default)]
pub struct Progress {
    total: usize,
    done: usize,
    next: Option<Instant>,
    is_shown: bool,
}

impl Progress {
    /// Progress through so many statements, which are counted only where somebody would see it.
    pub fn of(total: impl FnOnce() -> usize, out: Out) -> Self {
        if out.talk == Talk::Quiet || !io::stderr().is_terminal() {
            return Self::default();
        }
        let total = total();
        let next = (total > 1).then(|| Instant::now() + PATIENCE);
        Self { total, done: 0, next, is_shown: false }
    }

    /// One more statement begins.
    pub(super) fn step(&mut self) {
        self.done += 1;
        let now = Instant::now();
        if self.next.is_some_and(|it| it <= now) {
            self.next = Some(now + PACE);
            self.is_shown = true;
            // A script in which one file includes another has more statements than were counted.
            let total = self.total.max(self.done);
            let _ = write!(io::stderr(), "\r\x1b[Kstatement {} of {total}", self.done);
        }
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
