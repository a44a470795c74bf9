//! `\if`: which parts of a script are run.

/// Open `\if`s, the innermost last.
#[derive(Clone, Debug, Default)]
pub struct Conditions(Vec<Branch>);

/// The branch of an `\if` that the script is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Branch {
    /// It is run.
    Taken,
    /// It is not, and a later one may be.
    NotYet,
    /// It is not, because an earlier one was, or because all around it is not run.
    Skipped,
    /// The last one, which is run.
    ElseTaken,
    /// The last one, which is not.
    ElseSkipped,
}

/// Whether a condition has to be found out before the script goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It decides.
    Evaluate,
    /// Whatever it says, its branch is not run: it is not even looked at.
    Ignore,
}

impl Conditions {
    /// Whether what comes now is run.
    pub fn is_active(&self) -> bool {
        self.0.last().is_none_or(|it| matches!(it, Branch::Taken | Branch::ElseTaken))
    }

    /// How many `\if`s are open.
    pub fn depth(&self) -> usize {
        self.0.len()
    }

    /// `\if`: whether its condition counts.
    pub fn begin(&self) -> Need {
        if self.is_active() { Need::Evaluate } else { Need::Ignore }
    }

    /// `\if` with the value of its condition; none if that was not looked at.
    pub fn open(&mut self, value: Option<bool>) {
        self.0.push(match value {
            Some(true) => Branch::Taken,
            Some(false) => Branch::NotYet,
            None => Branch::Skipped,
        });
    }

    /// `\elif`: whether its condition counts.
    pub fn alternative(&self) -> Result<Need, &'static str> {
        match self.0.last() {
            None => Err("\\elif: no matching \\if"),
            Some(Branch::ElseTaken | Branch::ElseSkipped) => Err("\\elif: cannot occur after \\else"),
            Some(Branch::NotYet) => Ok(Need::Evaluate),
            Some(Branch::Taken | Branch::Skipped) => Ok(Need::Ignore),
        }
    }

    /// `\elif` with the value of its condition; none if that was not looked at.
    pub fn turn(&mut self, value: Option<bool>) {
        if let Some(branch) = self.0.last_mut() {
            *branch = match (*branch, value) {
                (Branch::NotYet, Some(true)) => Branch::Taken,
                (Branch::NotYet, Some(false) | None) => Branch::NotYet,
                _ => Branch::Skipped,
            };
        }
    }

    /// `\else`.
    pub fn otherwise(&mut self) -> Result<(), &'static str> {
        let Some(branch) = self.0.last_mut() else { return Err("\\else: no matching \\if") };
        *branch = match branch {
            Branch::NotYet => Branch::ElseTaken,
            Branch::Taken | Branch::Skipped => Branch::ElseSkipped,
            Branch::ElseTaken | Branch::ElseSkipped => return Err("\\else: cannot occur after \\else"),
        };
        Ok(())
    }

    /// `\endif`.
    pub fn close(&mut self) -> Result<(), &'static str> {
        self.0.pop().map(drop).ok_or("\\endif: no matching \\if")
    }
}

/// A condition's value as psql reads one: words for yes and no, in any case and down to their first letters.
pub fn boolean(text: &str) -> Option<bool> {
    let text = text.to_ascii_lowercase();
    let is = |word: &str, least: usize| text.len() >= least && word.starts_with(&text);
    match text.as_str() {
        "1" => Some(true),
        "0" => Some(false),
        _ if is("true", 1) || is("yes", 1) || is("on", 2) => Some(true),
        _ if is("false", 1) || is("no", 1) || is("off", 2) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_branch_whose_condition_holds_is_run_and_no_other() {
        let mut all = Conditions::default();
        all.open(Some(false));
        assert!(!all.is_active());
        assert_eq!(all.alternative(), Ok(Need::Evaluate));
        all.turn(Some(true));
        assert!(all.is_active());
        assert_eq!(all.alternative(), Ok(Need::Ignore));
        all.turn(None);
        assert!(!all.is_active());
        all.otherwise().unwrap();
        assert!(!all.is_active());
        assert!(all.otherwise().is_err() && all.alternative().is_err());
        all.close().unwrap();
        assert!(all.is_active());
        assert_eq!(all.close(), Err("\\endif: no matching \\if"));
    }

    #[test]
    fn what_is_inside_of_a_branch_that_is_not_run_is_not_run_either() {
        let mut all = Conditions::default();
        all.open(Some(false));
        assert_eq!(all.begin(), Need::Ignore);
        all.open(None);
        all.otherwise().unwrap();
        assert!(!all.is_active());
        all.close().unwrap();
        all.otherwise().unwrap();
        assert!(all.is_active());
    }

    #[test]
    fn words_for_yes_and_no_are_those_of_psql() {
        for yes in ["true", "T", "tr", "yes", "y", "on", "ON", "1"] {
            assert_eq!(boolean(yes), Some(true), "{yes}");
        }
        for no in ["false", "f", "no", "N", "off", "of", "0"] {
            assert_eq!(boolean(no), Some(false), "{no}");
        }
        for neither in ["", "o", "2", "truely", "maybe"] {
            assert_eq!(boolean(neither), None, "{neither:?}");
        }
    }
}
