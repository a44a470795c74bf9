//! Amounts in the unit that fits, for people.

/// A size in bytes.
pub fn size(count: u64) -> String {
    match count {
        0..1_048_576 => format!("{} KiB", count / 1024),
        1_048_576..1_073_741_824 => format!("{} MiB", count / 1_048_576),
        _ => format!("{} GiB", count / 1_073_741_824),
    }
}

/// A span in seconds.
pub fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, _, _) => format!("{days} d {hours} h"),
    }
}

/// So many of something, such as `1 table` or `3 tables`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes_are_told_in_the_unit_that_fits() {
        assert_eq!(
            [span(59), span(61), span(7260), span(90000)],
            ["59 s", "1 min 1 s", "2 h 1 min", "1 d 1 h"]
        );
        assert_eq!([size(2048), size(8_000_000), size(3 << 30)], ["2 KiB", "7 MiB", "3 GiB"]);
    }

    #[test]
    fn one_is_no_plural() {
        assert_eq!([counted(0, "table"), counted(1, "table")], ["0 tables", "1 table"]);
    }
}
