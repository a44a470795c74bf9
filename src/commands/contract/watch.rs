//! `Watch`: how far the judging of several resources is, for whoever watches it at a terminal.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::contract::report::printable;
use crate::contract::subject::Subject;
use crate::output::Out;
use crate::progress::{PACE, Progress};

/// Characters of a resource's name that are shown: the line has to keep to one line of any terminal.
const NAME_CHARS: usize = 24;
/// Characters of the bar.
const BAR_CHARS: usize = 10;

/// What is under way.
#[derive(Debug)]
pub struct Watch {
    total: usize,
    begun: Instant,
    state: Mutex<State>,
    /// Who follows it.
    follower: Thread,
}

#[derive(Debug, Default)]
struct State {
    done: usize,
    /// The resources that are being judged, the oldest first.
    names: Vec<String>,
}

/// A resource that is being judged, until this is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    watch: &'a Watch,
    name: String,
}

impl Watch {
    /// So many resources are to be judged. This thread will follow it.
    pub fn over(total: usize) -> Self {
        Self { total, begun: Instant::now(), state: Mutex::default(), follower: thread::current() }
    }

    /// A resource's turn begins.
    pub fn begin(&self, dir: &Path) -> Turn<'_> {
        let name = Subject::name_of(dir).unwrap_or_default();
        self.state().names.push(name.clone());
        Turn { watch: self, name }
    }

    /// Shows how far it is until all is done, or until nobody works on it any more.
    pub fn follow(&self, out: Out, is_over: impl Fn() -> bool) {
        let mut progress = Progress::to(out);
        while progress.is_watched() && self.state().done < self.total && !is_over() {
            progress.show(|| {
                let state = self.state();
                let name = state.names.first().map_or("", String::as_str);
                line(state.done, self.total, name, self.begun.elapsed())
            });
            thread::park_timeout(PACE);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.watch.state();
        state.done += 1;
        if let Some(at) = state.names.iter().position(|it| *it == self.name) {
            state.names.remove(at);
        }
        drop(state);
        self.watch.follower.unpark();
    }
}

/// `[###-------] resource 4 of 10: redis, 12 s`
fn line(done: usize, total: usize, name: &str, elapsed: Duration) -> String {
    let filled = done * BAR_CHARS / total.max(1);
    let bar = "#".repeat(filled) + &"-".repeat(BAR_CHARS.saturating_sub(filled));
    let name: String = printable(name).chars().take(NAME_CHARS).collect();
    format!("[{bar}] resource {} of {total}: {name}, {} s", (done + 1).min(total), elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_which_of_how_many_is_judged_and_for_how_long() {
        let told = |done, total, name| line(done, total, name, Duration::from_millis(12_300));
        assert_eq!(told(0, 1, "redis"), "[----------] resource 1 of 1: redis, 12 s");
        assert_eq!(told(3, 10, "a\u{1b}"), "[###-------] resource 4 of 10: a\\u{1b}, 12 s");
        assert_eq!(told(110, 110, ""), "[##########] resource 110 of 110: , 12 s");
        assert!(told(110, 110, &"long ".repeat(20)).chars().count() < 80);
    }

    #[test]
    fn the_oldest_resource_that_is_under_way_is_named() {
        let watch = Watch::over(3);
        let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        let mut turns: Vec<_> = dirs.iter().map(|it| watch.begin(it.path())).collect();
        assert_eq!(watch.state().names.len(), 3);
        drop(turns.remove(0));
        let state = watch.state();
        assert_eq!((state.done, state.names.first()), (1, Some(&turns[0].name)));
        drop(state);
    }
}
