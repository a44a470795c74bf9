//! Patterns of names, as a shell has them.

/// Whether the text matches a pattern of `*` and `?`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| text.get(at..).is_some_and(|text| matches(rest.as_str(), text))),
        Some(wanted) => text.chars().next().is_some_and(|c| {
            (wanted == '?' || wanted == c)
                && matches(rest.as_str(), text.get(c.len_utf8()..).unwrap_or_default())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*.sql", "a.sql", true),
            ("*.sql", "a.txt", false),
            ("a?", "ab", true),
            ("a?", "a", false),
            ("a*b*c", "aXbYc", true),
            ("main", "main2", false),
            ("é?", "éü", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
