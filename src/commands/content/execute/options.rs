//! What `--options` may hold.

use std::time::Duration;

use crate::pg::run::{Scope, Shell};
use crate::pg::script::Encoding;

/// The settings of a run, for help texts and errors.
pub const KNOWN: &str = "timeout=SECONDS, on-error=stop|continue, single-transaction, role=NAME, application_name=NAME, var.NAME=VALUE, encoding=NAME, engine=psql, shell=allow";

/// The settings of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Longest time that a statement may run.
    pub timeout: Option<Duration>,
    /// What happens after an error.
    pub on_error: OnError,
    /// Whether all is one transaction.
    pub scope: Scope,
    /// Role to act as.
    pub role: Option<String>,
    /// What the server shows the connection as.
    pub application_name: Option<String>,
    /// Variables for the scripts.
    pub variables: Vec<(String, String)>,
    /// What the scripts are written in, where that is not UTF-8.
    pub encoding: Option<Encoding>,
    /// Who runs the scripts.
    pub by: By,
    /// Whether they may run commands of the shell, where that is said.
    pub shell: Option<Shell>,
}

/// What happens after an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The run ends.
    #[default]
    Stop,
    /// It goes on with the next statement, and its end is that of psql without `ON_ERROR_STOP`: success.
    Continue,
}

/// Who runs the scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// This program.
    #[default]
    Ourselves,
    /// The `psql` that is found.
    Psql,
}

impl Options {
    /// Reads `KEY=VALUE,...`; a comma in a value has a backslash before it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        options.add(text)?;
        Ok(options)
    }

    /// Several of them, of which the later ones win.
    pub fn over(all: &[Self]) -> Self {
        let mut sum = Self::default();
        for it in all.iter().cloned() {
            let given = |it, sum| if it == Default::default() { sum } else { it };
            sum.timeout = it.timeout.or(sum.timeout);
            sum.on_error = if it.on_error == OnError::Stop { sum.on_error } else { it.on_error };
            sum.scope = given(it.scope, sum.scope);
            sum.role = it.role.or(sum.role);
            sum.application_name = it.application_name.or(sum.application_name);
            sum.variables.extend(it.variables);
            sum.encoding = it.encoding.or(sum.encoding);
            sum.by = if it.by == By::Ourselves { sum.by } else { it.by };
            sum.shell = it.shell.or(sum.shell);
        }
        sum
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        for pair in pairs(text) {
            let (key, value) = match pair.split_once('=') {
                Some((key, value)) => (key.trim(), value.trim()),
                None => (pair.trim(), ""),
            };
            self.set(key, value)?;
        }
        Ok(())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match (key, value) {
            ("timeout", value) => {
                let seconds = value.parse().ok().filter(|it| (1..=86_400).contains(it));
                self.timeout =
                    Some(Duration::from_secs(seconds.ok_or("timeout is a number from 1 to 86400")?));
            }
            ("on-error", "stop") => self.on_error = OnError::Stop,
            ("on-error", "continue") => self.on_error = OnError::Continue,
            ("on-error", _) => return Err("on-error is stop or continue".to_owned()),
            ("single-transaction", "" | "true" | "on" | "1") => self.scope = Scope::Transaction,
            ("single-transaction", "false" | "off" | "0") => self.scope = Scope::Statements,
            ("single-transaction", _) => return Err("single-transaction is true or false".to_owned()),
            ("role", "") => return Err("role needs a name".to_owned()),
            ("role", name) => self.role = Some(name.to_owned()),
            ("application_name", name) => self.application_name = Some(name.to_owned()),
            ("encoding", name) => {
                let unknown = || format!("`{name}` is no encoding that is known here, such as LATIN1");
                self.encoding = Some(Encoding::named(name).ok_or_else(unknown)?);
            }
            ("engine", "psql") => self.by = By::Psql,
            ("engine", _) => return Err("engine is psql, or left out".to_owned()),
            ("shell", "allow") => self.shell = Some(Shell::Allowed),
            ("shell", "refuse") => self.shell = Some(Shell::Refused),
            ("shell", _) => return Err("shell is allow or refuse".to_owned()),
            (key, value) => match key.strip_prefix("var.") {
                Some(name) => self.variables.push((name.to_owned(), value.to_owned())),
                None => return Err(format!("`{key}` is not one of {KNOWN}")),
            },
        }
        Ok(())
    }
}

/// The parts between commas that have no backslash before them.
fn pairs(text: &str) -> Vec<String> {
    let mut pairs = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(it) = chars.next() {
        match (it, pairs.last_mut()) {
            ('\\', Some(pair)) if chars.peek() == Some(&',') => pair.extend(chars.next()),
            (',', _) => pairs.push(String::new()),
            (it, Some(pair)) => pair.push(it),
            (_, None) => {}
        }
    }
    pairs.retain(|it| !it.trim().is_empty());
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked_one_by_one() {
        assert_eq!(Options::parse("timeout=5").unwrap().timeout, Some(Duration::from_secs(5)));
        assert_eq!(Options::parse("").unwrap(), Options::default());
        for bad in
            ["timeout=0", "timeout=x", "speed=fast", "timeout", "on-error=maybe", "role=", "engine=perl"]
        {
            assert!(Options::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_comma_may_stand_in_a_value() {
        let options = Options::parse(r"var.list=1\,2,role=app , single-transaction").unwrap();
        assert_eq!(options.variables, [("list".to_owned(), "1,2".to_owned())]);
        assert_eq!((options.role.as_deref(), options.scope), (Some("app"), Scope::Transaction));
    }
}
