//! psql's variables: the script's own, those that psql sets, and those that steer the run.

use std::collections::BTreeMap;

use crate::pg::run::condition::boolean;

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
}

impl Variables {
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
            "AUTOCOMMIT" | "ON_ERROR_STOP" => self.set(name, "off".to_owned()),
            _ if is_name(name) => {
                self.0.remove(name);
                Ok(())
            }
            _ => Err(format!("invalid variable name: \"{name}\"")),
        }
    }

    /// All of them, as `\set` lists them.
    pub fn listed(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name} = '{}'\n", value.replace('\'', "''"))).collect()
    }

    /// Whether a variable that is on or off is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).and_then(boolean).unwrap_or(false)
    }

    /// What is shown of the script.
    pub fn echo(&self) -> Echo {
        match self.get("ECHO") {
            Some("queries" | "all") => Echo::Queries,
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
                None => Err(format!(
                    "unrecognized value \"{value}\" for \"{name}\": Boolean expected\n\\set: error while setting variable"
                )),
            };
        }
        "ECHO" => &["none", "errors", "queries", "all"],
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
    fn variables_are_listed_as_the_script_would_set_them() {
        let mut all = Variables::default();
        all.set("b", "it's".to_owned()).unwrap();
        all.set("a", "1".to_owned()).unwrap();
        assert_eq!(all.listed(), "a = '1'\nb = 'it''s'\n");
    }
}
