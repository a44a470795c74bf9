//! Where a configuration is wrong: the file and the line that a server's message speaks of.

use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::Site;

/// The message with the file and the line that it is about, where PostgreSQL does not say them itself.
pub fn placed(said: String, site: &Site, data: &Path) -> String {
    if said.contains(" line ") {
        return said;
    }
    // What is set in the second file has the last word.
    let files = [data.join("postgresql.auto.conf"), site.config_file(), data.join("postgresql.conf")];
    match files.iter().find_map(|file| place(&said, file)) {
        Some((file, line)) => format!("{said} ({} line {line})", file.display()),
        None => said,
    }
}

/// The last line of the file that sets what the message speaks of.
fn place(said: &str, file: &Path) -> Option<(PathBuf, usize)> {
    let text = fs::read_to_string(file).ok()?;
    let of_message: Vec<String> = words(said).collect();
    let speaks_of = |line: &str| {
        let setting = line.split('#').next().unwrap_or_default();
        setting.contains('=') && words(setting).any(|it| of_message.contains(&it))
    };
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().rposition(|line| speaks_of(line))?;
    Some((file.to_owned(), at + 1))
}

/// Names of settings and what they are set to, in lower case, without the words of plain English and numbers.
fn words(text: &str) -> impl Iterator<Item = String> {
    let is_name = |it: &&str| it.contains('_') || it.len() > 4;
    text.split(|c: char| !(c.is_alphanumeric() || "_.".contains(c))).filter(is_name).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(said: &str, text: &str) -> Option<usize> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        place(said, file.path()).map(|(_, line)| line)
    }

    #[test]
    fn a_message_without_a_line_gets_the_line_that_it_speaks_of() {
        let text =
            "# max_connections = 1\nmax_connections = 100\nTimeZone = 'Mars'\nmax_connections = 2 # few\n";
        let few = "superuser_reserved_connections (3) must be less than max_connections (2)";
        assert_eq!(line_of(few, text), Some(4));
        assert_eq!(line_of("invalid value for parameter \"timezone\": \"Mars\"", text), Some(3));
        assert_eq!(line_of("out of memory", text), None);
    }
}
