//! `\timing`: how long statements take.

use std::time::Duration;

use crate::pg::run::condition::boolean;
use crate::pg::run::fault::Fault;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::MetaCall;

impl Runner {
    /// `\timing`: without an argument the other way round.
    pub(super) fn time(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let word = self.word(frame, call)?;
        let asked = word.as_deref().map_or(Some(!self.is_timed), boolean);
        self.is_timed = asked.unwrap_or(self.is_timed);
        let line = if self.is_timed { "Timing is on." } else { "Timing is off." };
        self.screen.tell(line)?;
        let wrong = || {
            format!("unrecognized value \"{}\" for \"\\timing\": Boolean expected", word.unwrap_or_default())
        };
        asked.map(drop).ok_or_else(|| Fault::own(wrong()))
    }
}

/// A time in psql's words: in milliseconds, and from a second on in larger units too.
pub(in crate::pg::run) fn told(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    let seconds = time.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let rest = (milliseconds - 1000.0 * (seconds / 60 * 60) as f64) / 1000.0;
    match (seconds, days) {
        (0, _) => format!("Time: {milliseconds:.3} ms"),
        (..3600, _) => format!("Time: {milliseconds:.3} ms ({minutes:02}:{rest:06.3})"),
        (_, 0) => format!("Time: {milliseconds:.3} ms ({hours:02}:{minutes:02}:{rest:06.3})"),
        (_, days) => format!("Time: {milliseconds:.3} ms ({days} d {hours:02}:{minutes:02}:{rest:06.3})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_as_psql_tells_it() {
        for (milliseconds, line) in [
            (0, "Time: 0.000 ms"),
            (999, "Time: 999.000 ms"),
            (61_234, "Time: 61234.000 ms (01:01.234)"),
            (3_600_000, "Time: 3600000.000 ms (01:00:00.000)"),
            (90_061_000, "Time: 90061000.000 ms (1 d 01:01:01.000)"),
        ] {
            assert_eq!(told(Duration::from_millis(milliseconds)), line);
        }
    }
}
