//! Migrations: scripts that change a database step by step, each once and in order.
//!
//! - `name`, `text`, `folder`: the files, what their names and headers say, and what of a folder is refused.
//! - `steps`: where the statements of a script are, for those that no transaction may hold together.
//! - `history`: the tables in which the database itself keeps what was applied.
//! - `lock`: one runner at a time.

mod folder;
pub mod history;
pub mod lock;
mod name;
mod steps;
mod text;

pub use folder::{Back, Migration, read, statements_of, unclear};
pub use name::{Version, number};
pub use steps::{Step, parts};
pub use text::{Mode, checksum};

use std::fmt;
use std::str::FromStr;

/// The scope of those who name none.
const DEFAULT: &str = "default";

/// A history of its own: several folders may be applied to one database under different ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(String);

impl Scope {
    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self(DEFAULT.to_owned())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_good = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.');
        match (1..=63).contains(&text.len()) && text.chars().all(is_good) {
            true => Ok(Self(text.to_owned())),
            false => Err("a scope has 1 to 63 letters, digits, `_`, `-` and `.`".to_owned()),
        }
    }
}
