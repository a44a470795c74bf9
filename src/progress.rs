//! `Progress`: how far something long is, in a line on a terminal that is written over and over.

use std::io::{self, IsTerminal, Write};
use std::pin::pin;
use std::time::{Duration, Instant};

use crate::output::{Out, Talk};

/// What is over before a reader has found it is not shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is written anew.
pub const PACE: Duration = Duration::from_millis(100);

/// A line on stderr, which is gone when anything else is said. Without a terminal there is none.
#[derive(Debug, Default)]
pub struct Progress {
    /// When the line is written next; never where nobody watches.
    next: Option<Instant>,
    /// How wide the line is that is shown.
    width: usize,
}

impl Progress {
    /// For whoever watches.
    pub fn to(out: Out) -> Self {
        let is_watched = out.talk == Talk::Aloud && io::stderr().is_terminal();
        Self { next: is_watched.then(|| Instant::now() + PATIENCE), width: 0 }
    }

    /// Whether anybody watches.
    pub fn is_watched(&self) -> bool {
        self.next.is_some()
    }

    /// Writes the line, if it is time to.
    pub fn show(&mut self, line: impl FnOnce() -> String) {
        let now = Instant::now();
        if self.next.is_some_and(|it| it <= now) {
            self.next = Some(now + PACE);
            let line = line();
            // Blanks take away what is left of a longer one, even on terminals that know no more than how to go back.
            let _ = write!(io::stderr(), "\r{line:width$}", width = self.width);
            self.width = line.chars().count();
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        let width = std::mem::take(&mut self.width);
        if width > 0 {
            let _ = write!(io::stderr(), "\r{:width$}\r", "");
        }
    }
}

/// Does something, and shows for whoever watches what `line` says of it after so much time.
pub async fn shown<T>(out: Out, work: impl Future<Output = T>, line: impl Fn(Duration) -> String) -> T {
    let (mut progress, begun) = (Progress::to(out), Instant::now());
    if !progress.is_watched() {
        return work.await;
    }
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(PACE) => progress.show(|| line(begun.elapsed())),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
