//! Segments of WAL by their names: a timeline, and a number whose second half counts the segments within 4 GiB.

/// Whether a file in `pg_wal` is a segment: timeline and number, each of its halves 8 hexadecimal digits.
pub fn is_segment(name: &str) -> bool {
    name.len() == 24 && name.bytes().all(|it| matches!(it, b'0'..=b'9' | b'A'..=b'F'))
}

/// The timeline of a segment.
pub fn timeline(name: &str) -> Option<u32> {
    u32::from_str_radix(name.get(..8)?, 16).ok()
}

/// The number of a segment, all being so many bytes long.
pub fn number(name: &str, bytes: u64) -> Option<u64> {
    let part = |range| u64::from_str_radix(name.get(range)?, 16).ok();
    part(8..16)?.checked_mul(per_half(bytes)?)?.checked_add(part(16..24)?)
}

/// The name of the segment with a number.
pub fn name(timeline: u32, number: u64, bytes: u64) -> Option<String> {
    let per_half = per_half(bytes)?;
    let (high, low) = (number.checked_div(per_half)?, number.checked_rem(per_half)?);
    Some(format!("{timeline:08X}{high:08X}{low:08X}"))
}

fn per_half(bytes: u64) -> Option<u64> {
    (1_u64 << 32).checked_div(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_known_by_their_names() {
        assert!(is_segment("00000001000000A20000003F"));
        assert!(!is_segment("00000002.history") && !is_segment("xlogtemp.42"));
        assert!(!is_segment("000000010000000000000001.partial"));
    }

    #[test]
    fn a_name_is_read_back_as_the_number_that_it_was_made_of() {
        for bytes in [1 << 20, 16 << 20, 1 << 30] {
            for at in [0, 1, 0xFFF, 0x1000, 0x12345] {
                let name = name(2, at, bytes).unwrap();
                assert_eq!((timeline(&name), number(&name, bytes)), (Some(2), Some(at)), "{name}");
            }
        }
        assert_eq!((name(1, 1, 0), number("000000010000000000000001", 0)), (None, None));
    }
}
