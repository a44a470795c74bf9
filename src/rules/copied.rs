//! What is told of a copy while it goes on.

use std::time::Duration;

use crate::units::{size, span};

/// The first bytes of a copy say nothing about how fast it will be.
const SETTLED: Duration = Duration::from_secs(1);

/// `copied 1.2 of 3.4 GiB, 210 MiB/s, 11 s left`, of bytes that were and that are to be copied.
pub fn told((done, total): (u64, u64), elapsed: Duration) -> String {
    let (unit, size) =
        [("GiB", 30), ("MiB", 20)].into_iter().find(|(_, bits)| total >> bits > 0).unwrap_or(("KiB", 10));
    let of = |bytes: u64| {
        let tenths = bytes.saturating_mul(10) >> size;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let mut line = format!("copied {} of {} {unit}", of(done.min(total)), of(total));
    if let Some(rate) = rate(done, elapsed) {
        let left = total.saturating_sub(done).div_ceil(rate);
        line += &format!(", {} MiB/s, {left} s left", rate >> 20);
    }
    line
}

/// ``database `shop`, about 40 MiB: 12 MiB written, 5 MiB/s``. How much it will be nobody knows: a backup has no indexes and
/// no dead rows, and is compressed.
pub fn dumped(what: &str, about: u64, done: u64, elapsed: Duration) -> String {
    let rate = rate(done, elapsed).map(|it| format!(", {}/s", size(it))).unwrap_or_default();
    format!("{what}, about {}: {} written{rate}", size(about), size(done))
}

/// ``filling database `shop`, about 40 MiB, 12 s``, of a database that had so many bytes, where that is known.
pub fn filled(database: &str, about: u64, elapsed: Duration) -> String {
    let about = if about > 0 { format!(", about {}", size(about)) } else { String::new() };
    format!("filling database `{database}`{about}, {}", span(elapsed.as_secs()))
}

/// Bytes in a second.
fn rate(done: u64, elapsed: Duration) -> Option<u64> {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    done.saturating_mul(1000).checked_div(millis).filter(|it| *it > 0 && elapsed >= SETTLED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_much_how_fast_and_how_long() {
        let (gib, mib) = (1 << 30, 1 << 20);
        assert_eq!(
            told((gib, 3 * gib), Duration::from_secs(4)),
            "copied 1.0 of 3.0 GiB, 256 MiB/s, 8 s left"
        );
        assert_eq!(told((5 * mib, 40 * mib), Duration::from_millis(500)), "copied 5.0 of 40.0 MiB");
        assert_eq!(told((0, 0), Duration::from_secs(2)), "copied 0.0 of 0.0 KiB");
    }

    #[test]
    fn what_is_not_known_beforehand_is_not_told_as_if_it_were() {
        let (mib, second) = (1 << 20, Duration::from_secs(2));
        assert_eq!(
            dumped("database `shop`", 40 * mib, 10 * mib, second),
            "database `shop`, about 40 MiB: 10 MiB written, 5 MiB/s"
        );
        assert_eq!(
            dumped("database `shop`", 40 * mib, 0, second),
            "database `shop`, about 40 MiB: 0 KiB written"
        );
        assert_eq!(filled("shop", 40 * mib, second), "filling database `shop`, about 40 MiB, 2 s");
        assert_eq!(filled("shop", 0, second), "filling database `shop`, 2 s");
    }
}
