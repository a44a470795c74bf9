//! Whether a statement makes a routine, in whose body between BEGIN and END semicolons end nothing.

/// How far the words of a statement go along `CREATE [OR REPLACE] {FUNCTION | PROCEDURE}`, and what follows.
///
/// That is psql's rule of thumb in place of a parser: words in double quotes and comments do not count.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Routine {
    head: Head,
    depth: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Head {
    #[default]
    Start,
    Create,
    CreateOr,
    CreateOrReplace,
    Routine,
    Other,
}

impl Routine {
    /// Takes notice of a word in so many parentheses.
    pub(super) fn word(&mut self, word: &str, parentheses: usize) {
        let is = |it: &str| word.eq_ignore_ascii_case(it);
        self.head = match self.head {
            Head::Start if is("create") => Head::Create,
            Head::Create if is("or") => Head::CreateOr,
            Head::CreateOr if is("replace") => Head::CreateOrReplace,
            Head::Create | Head::CreateOrReplace if is("function") || is("procedure") => Head::Routine,
            Head::Routine => Head::Routine,
            Head::Start | Head::Create | Head::CreateOr | Head::CreateOrReplace | Head::Other => Head::Other,
        };
        if self.head == Head::Routine && parentheses == 0 {
            self.depth = match self.depth {
                depth if is("begin") => depth + 1,
                depth if is("case") && depth > 0 => depth + 1,
                depth if is("end") => depth.saturating_sub(1),
                depth => depth,
            };
        }
    }

    /// Begins another statement. A BEGIN that is open stays open, as in psql.
    pub(super) fn restart(&mut self) {
        self.head = Head::Start;
    }

    /// Whether a BEGIN is open.
    pub(super) fn is_open(&self) -> bool {
        self.depth > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_after(words: &str) -> bool {
        let mut routine = Routine::default();
        words.split(' ').for_each(|word| routine.word(word, 0));
        routine.is_open()
    }

    #[test]
    fn begin_is_open_in_a_routine_only() {
        assert!(open_after("CREATE FUNCTION f BEGIN"));
        assert!(open_after("create or replace procedure f begin atomic"));
        assert!(!open_after("create table f begin"));
        assert!(!open_after("create or function f begin"));
        assert!(!open_after("x create function f begin"));
        assert!(!open_after("begin"));
    }

    #[test]
    fn end_closes_begin_and_a_case_within_it() {
        assert!(!open_after("create function f begin end"));
        assert!(open_after("create function f begin case end"));
        assert!(!open_after("create function f begin case end end"));
        assert!(!open_after("create function f case end end begin end"));
    }

    #[test]
    fn words_in_parentheses_open_nothing() {
        let mut routine = Routine::default();
        ["create", "function", "f"].into_iter().for_each(|word| routine.word(word, 0));
        routine.word("begin", 1);
        assert!(!routine.is_open());
    }
}
