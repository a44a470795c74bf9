//! What is told of a copy while it goes on.

use std::time::Duration;

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
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let rate = done.saturating_mul(1000).checked_div(millis).filter(|it| *it > 0 && elapsed >= SETTLED);
    if let Some(rate) = rate {
        let left = total.saturating_sub(done).div_ceil(rate);
        line += &format!(", {} MiB/s, {left} s left", rate >> 20);
    }
    line
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
}
