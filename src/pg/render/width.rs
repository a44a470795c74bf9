//! How many columns of a terminal psql counts for a text, and how it shows characters that have none.

use std::io::Write;

use crate::pg::columns::columns;

/// What a text takes on a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Columns of its widest line.
    pub width: usize,
    /// Lines.
    pub height: usize,
}

impl Size {
    /// The least size that has room for both.
    pub fn max(self, other: Self) -> Self {
        Self { width: self.width.max(other.width), height: self.height.max(other.height) }
    }
}

/// Measures a text.
pub fn size(text: &str) -> Size {
    if is_plain(text) {
        return Size { width: text.len(), height: 1 };
    }
    let line = |line| Size { width: line_width(line), height: 1 };
    let all = text.split('\n').map(line);
    all.reduce(|a, b| Size { width: a.width.max(b.width), height: a.height + 1 }).unwrap_or_default()
}

/// Columns of one line.
pub fn line_width(line: &str) -> usize {
    match is_plain(line) {
        true => line.len(),
        false => line.chars().fold(0, |column, c| column + columns_at(c, column)),
    }
}

/// Writes one line as psql shows it.
pub fn show(line: &str, to: &mut Vec<u8>) {
    if is_plain(line) {
        to.extend_from_slice(line.as_bytes());
        return;
    }
    line.chars().fold(0, |column, c| {
        let wide = columns_at(c, column);
        show_char(c, wide, to);
        column + wide
    });
}

/// Columns of a character that begins at `column`. psql knows nothing of characters that join.
fn columns_at(c: char, column: usize) -> usize {
    match (c, columns(c)) {
        ('\t', _) => 8 - column % 8,
        ('\r', _) => 2,
        (_, Some(width)) => width,
        (c, None) if c.is_ascii() => 4,
        (_, None) => 6,
    }
}

fn show_char(c: char, wide: usize, to: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = match (c, columns(c)) {
        ('\t', _) => write!(to, "{:wide$}", ""),
        ('\r', _) => write!(to, "\\r"),
        (c, Some(_)) => write!(to, "{c}"),
        (c, None) if c.is_ascii() => write!(to, "\\x{:02X}", u32::from(c)),
        (c, None) => write!(to, "\\u{:04X}", u32::from(c)),
    };
}

/// Whether a text is shown as it stands, on one line, with a column for each byte.
fn is_plain(text: &str) -> bool {
    // Without an early end, the compiler makes it look at many bytes at once.
    text.as_bytes().iter().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let mut to = Vec::new();
        show(line, &mut to);
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn what_is_shown_is_as_wide_as_was_measured() {
        for (line, text, width) in [
            ("plain", "plain", 5),
            ("", "", 0),
            ("a\tb", "a       b", 9),
            ("日本\tb", "日本    b", 9),
            ("12345678\t", "12345678        ", 16),
            ("cr\rx", "cr\\rx", 5),
            ("\x07", "\\x07", 4),
            ("\u{85}", "\\u0085", 6),
            ("e\u{301}", "e\u{301}", 1),
            ("\u{2764}\u{fe0f}", "\u{2764}\u{fe0f}", 1),
            ("\u{200b}x\u{ad}", "\u{200b}x\u{ad}", 3),
            ("👩\u{200d}👩", "👩\u{200d}👩", 5),
        ] {
            assert_eq!((shown(line).as_str(), line_width(line)), (text, width), "{line:?}");
        }
    }

    #[test]
    fn a_text_is_as_wide_as_its_widest_line() {
        assert_eq!(size("a\nbcd\n"), Size { width: 3, height: 3 });
        assert_eq!(size(""), Size { width: 0, height: 1 });
    }
}
