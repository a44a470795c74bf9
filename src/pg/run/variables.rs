//! psql's variables: the script's own, those that psql sets, and those that steer the run.

use std::collections::BTreeMap;

use crate::pg::message::{Context, Verbosity};
use crate::pg::run::condition::boolean;

/// Variables that do something when they are set.
const SPECIAL: [&str; 19] = [
    "AUTOCOMMIT",
    "COMP_KEYWORD_CASE",
    "ECHO",
    "ECHO_HIDDEN",
    "FETCH_COUNT",
    "HIDE_TABLEAM",
    "HIDE_TOAST_COMPRESSION",
    "HISTCONTROL",
    "HISTSIZE",
    "IGNOREEOF",
    "ON_ERROR_ROLLBACK",
    "ON_ERROR_STOP",
    "PROMPT1",
    "PROMPT2",
    "PROMPT3",
    "QUIET",
    "SHOW_ALL_RESULTS",
    "SHOW_CONTEXT",
    "VERBOSITY",
];

/// All variables of a run, in order of their names.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, String>);

/// What `ECHO` asks to be shown of the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// Nothing.
    None,
    /// Statements that fail, on stderr.
    Errors,
    /// Every statement before it is run.
    Queries,
    /// Every line as it is read.
    All,
}

impl Variables {
    /// The variables that psql begins with.
    pub fn new() -> Self {
        let mut all = Self::default();
        for (name, value) in [
            ("AUTOCOMMIT", "on"),
            ("ECHO", "none"),
            ("FETCH_COUNT", "0"),
            ("LAST_ERROR_MESSAGE", ""),
            ("LAST_ERROR_SQLSTATE", "00000"),
            ("ON_ERROR_ROLLBACK", "off"),
            ("ON_ERROR_STOP", "off"),
            ("QUIET", "off"),
            ("SHOW_CONTEXT", "errors"),
            ("VERBOSITY", "default"),
            // Those of the psql whose ways are kept.
            ("VERSION", concat!("PostgreSQL 15.0 (resource-postgres ", env!("CARGO_PKG_VERSION"), ")")),
            ("VERSION_NAME", "15.0"),
            ("VERSION_NUM", "150000"),
        ] {
            all.record(name, value);
        }
        all
    }

    /// A variable's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets a variable; an error in psql's words if it cannot have this name or value.
    pub fn set(&mut self, name: &str, value: String) -> Result<(), String> {
        if !is_name(name) {
            return Err(format!("invalid variable name: \"{name}\""));
        }
        let value = allowed(name, value)?;
        self.0.insert(name.to_owned(), value);
        Ok(())
    }

    /// Deletes a variable. Those that steer the run are switched off instead.
    pub fn unset(&mut self, name: &str) -> Result<(), String> {
        match name {
            "AUTOCOMMIT" | "ON_ERROR_ROLLBACK" | "ON_ERROR_STOP" | "QUIET" => {
                self.set(name, "off".to_owned())
            }
            "ECHO" => self.set(name, "none".to_owned()),
            "FETCH_COUNT" => self.set(name, "0".to_owned()),
            "SHOW_CONTEXT" => self.set(name, "errors".to_owned()),
            "VERBOSITY" => self.set(name, "default".to_owned()),
            // What cannot be is not there, which is all that was wanted.
            _ => {
                self.0.remove(name);
                Ok(())
            }
        }
    }

    /// All of them, as `\set` lists them.
    pub fn listed(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name} = '{value}'\n")).collect()
    }

    /// Whether a variable that is on or off is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).and_then(boolean).unwrap_or(false)
    }

    /// Sets a variable of psql's own, whatever it is called.
    pub fn record(&mut self, name: &str, value: &str) {
        match self.0.get_mut(name) {
            Some(old) => value.clone_into(old),
            None => drop(self.0.insert(name.to_owned(), value.to_owned())),
        }
    }

    /// Whether a variable does something, so that `\gset` leaves it alone.
    pub fn is_special(&self, name: &str) -> bool {
        SPECIAL.contains(&name)
    }

    /// How much is told of errors and notices.
    pub fn verbosity(&self) -> Verbosity {
        match self.get("VERBOSITY") {
            Some("verbose") => Verbosity::Verbose,
            Some("terse") => Verbosity::Terse,
            Some("sqlstate") => Verbosity::Sqlstate,
            Some(_) | None => Verbosity::Default,
        }
    }

    /// Whether it is told in what the server came upon errors and notices.
    pub fn context(&self) -> Context {
        match self.get("SHOW_CONTEXT") {
            Some("always") => Context::Always,
            Some("never") => Context::Never,
            Some(_) | None => Context::Errors,
        }
    }

    /// What is shown of the script.
    pub fn echo(&self) -> Echo {
        match self.get("ECHO") {
            Some("queries") => Echo::Queries,
            Some("all") => Echo::All,
            Some("errors") => Echo::Errors,
            Some(_) | None => Echo::None,
        }
    }
}

/// Letters, digits, underscores, and whatever is not ASCII.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
    !name.is_empty() && name.chars().all(fits)
}

/// The value, if the variable can have it.
fn allowed(name: &str, value: String) -> Result<String, String> {
    let words: &[&str] = match name {
        "AUTOCOMMIT" | "ON_ERROR_STOP" | "QUIET" | "SINGLELINE" if value.is_empty() => {
            return Ok("on".to_owned());
        }
        "AUTOCOMMIT" | "ON_ERROR_STOP" | "QUIET" => {
            return match boolean(&value) {
                Some(_) => Ok(value),
                None => Err(format!("unrecognized value \"{value}\" for \"{name}\": Boolean expected")),
            };
        }
        "ECHO" => &["none", "errors", "queries", "all"],
        "FETCH_COUNT" if value.is_empty() => return Ok("0".to_owned()),
        "FETCH_COUNT" => {
            let wrong = |_| format!("invalid value \"{value}\" for \"{name}\": integer expected");
            return value.parse::<i32>().map_err(wrong).map(|_| value.clone());
        }
        "SHOW_CONTEXT" => &["never", "errors", "always"],
        "ON_ERROR_ROLLBACK" if boolean(&value).is_some() => return Ok(value),
        "ON_ERROR_ROLLBACK" => &["on", "off", "interactive"],
        "VERBOSITY" => &["default", "verbose", "terse", "sqlstate"],
        _ => return Ok(value),
    };
    match words.iter().any(|it| *it == value) {
        true => Ok(value),
        false => Err(format!(
            "unrecognized value \"{value}\" for \"{name}\"\nAvailable values are: {}.",
            words.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_on_or_off_takes_nothing_else() {
        let mut all = Variables::default();
        all.set("ON_ERROR_STOP", String::new()).unwrap();
        assert!(all.is_on("ON_ERROR_STOP"));
        assert!(all.set("ON_ERROR_STOP", "perhaps".to_owned()).is_err());
        all.unset("ON_ERROR_STOP").unwrap();
        assert!(!all.is_on("ON_ERROR_STOP"));
    }

    #[test]
    fn a_name_has_letters_digits_and_underscores() {
        let mut all = Variables::default();
        all.set("größe_1", "x".to_owned()).unwrap();
        assert_eq!(all.get("größe_1"), Some("x"));
        for bad in ["", "a b", "a-b", "a'"] {
            assert_eq!(all.set(bad, String::new()), Err(format!("invalid variable name: \"{bad}\"")));
        }
    }

    #[test]
    fn variables_are_listed_with_their_values_as_they_are() {
        let mut all = Variables::default();
        all.set("b", "it's".to_owned()).unwrap();
        all.set("a", "1".to_owned()).unwrap();
        assert_eq!(all.listed(), "a = '1'\nb = 'it's'\n");
    }
}
