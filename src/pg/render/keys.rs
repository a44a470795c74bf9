//! Names of columns as keys, of which no object has two that are the same.

use std::collections::HashSet;

use crate::pg::query::Column;

/// A key for each column: its name, or its name and `_2` where another column on its left has it.
pub fn unique(columns: &[Column]) -> Vec<String> {
    let names: HashSet<&str> = columns.iter().map(|it| it.name.as_str()).collect();
    let mut taken = HashSet::new();
    let mut key = |name: &str| {
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut wishes = numbered.filter(|it| !names.contains(it.as_str()));
        let mut wish = name.to_owned();
        while !taken.insert(wish.clone()) {
            wish = wishes.next().unwrap_or_default();
        }
        wish
    };
    columns.iter().map(|it| key(&it.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_comes_again_gets_the_next_free_number() {
        let column = |name: &&str| Column { name: (*name).to_owned(), type_oid: 0 };
        let keys = |names: &[&str]| unique(&names.iter().map(column).collect::<Vec<_>>());
        assert_eq!(keys(&["a", "b"]), ["a", "b"]);
        assert_eq!(keys(&["a", "a", "a"]), ["a", "a_2", "a_3"]);
        assert_eq!(keys(&["a", "a", "a_2"]), ["a", "a_3", "a_2"]);
        assert_eq!(keys(&[]), [""; 0]);
    }
}
