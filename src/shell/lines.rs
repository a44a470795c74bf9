//! `Lines`: which line a place of a text is in.

use std::ops::Range;

/// Where the lines of a text end.
#[derive(Clone, Debug)]
pub struct Lines {
    ends: Vec<usize>,
    length: usize,
}

impl Lines {
    /// The lines of a text.
    pub fn of(text: &[u8]) -> Self {
        let ends = text.iter().enumerate().filter(|(_, it)| **it == b'\n').map(|(at, _)| at).collect();
        Self { ends, length: text.len() }
    }

    /// The line of a place, counted from 1.
    pub fn number(&self, at: usize) -> usize {
        self.before(at) + 1
    }

    /// Where the line of a place begins, and where it ends.
    pub fn range(&self, at: usize) -> Range<usize> {
        let before = self.before(at);
        let start = before.checked_sub(1).and_then(|it| self.ends.get(it)).map_or(0, |it| it + 1);
        start..self.ends.get(before).copied().unwrap_or(self.length)
    }

    /// How many lines have ended before a place.
    fn before(&self, at: usize) -> usize {
        self.ends.partition_point(|it| *it < at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_with_its_line_feed_or_with_the_text() {
        let text = "ab\n\ncd";
        let lines = Lines::of(text.as_bytes());
        let told: Vec<(usize, &str)> =
            (0..text.len()).map(|at| (lines.number(at), &text[lines.range(at)])).collect();
        assert_eq!(told, [(1, "ab"), (1, "ab"), (1, "ab"), (2, ""), (3, "cd"), (3, "cd")]);
    }
}
