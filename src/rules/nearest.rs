//! `nearest`: which of the names that there are was meant.

/// The name that differs least from `wanted`, if it could have been meant: at most a third of its characters differ.
pub fn nearest<'a>(wanted: &str, known: &'a [String]) -> Option<&'a str> {
    let most = (wanted.chars().count() / 3).max(1);
    let distances = known.iter().map(|name| (distance(&wanted.to_lowercase(), &name.to_lowercase()), name));
    distances.min().filter(|(distance, _)| *distance <= most).map(|(_, name)| name.as_str())
}

/// How many characters have to be inserted, deleted, changed, or swapped with the next to make one text the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let (mut higher, mut before) = (above.clone(), None);
    for (at, letter) in left.chars().enumerate() {
        let mut row = vec![at + 1];
        for (column, other) in right.iter().enumerate() {
            let cell = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let changed = cell(&above, column) + usize::from(letter != *other);
            let inserted = cell(&row, column).min(cell(&above, column + 1)) + 1;
            let earlier = column.checked_sub(1).and_then(|it| Some((it, *right.get(it)?)));
            let swapped = match (before, earlier) {
                (Some(before), Some((it, earlier))) if before == *other && earlier == letter => {
                    cell(&higher, it) + 1
                }
                (Some(_) | None, Some(_) | None) => usize::MAX,
            };
            row.push(changed.min(inserted).min(swapped));
        }
        (higher, above, before) = (above, row, Some(letter));
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_one_step() {
        for (left, right, steps) in [
            ("shop", "shop", 0),
            ("shop", "shpo", 1),
            ("shop", "shops", 1),
            ("", "ab", 2),
            ("über", "uber", 1),
        ] {
            assert_eq!(distance(left, right), steps, "{left} {right}");
            assert_eq!(distance(right, left), steps, "{right} {left}");
        }
    }

    #[test]
    fn only_what_could_have_been_meant_is_named() {
        let known = ["postgres", "shop", "vrooli"].map(str::to_owned);
        assert_eq!(nearest("shpo", &known), Some("shop"));
        assert_eq!(nearest("Vrooly", &known), Some("vrooli"));
        assert_eq!(nearest("warehouse", &known), None);
        assert_eq!(nearest("shop", &[]), None);
    }
}
