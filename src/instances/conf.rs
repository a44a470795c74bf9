//! `Conf`: the text of an `instance.conf`, read and rewritten without losing a line.

/// Lines `key="value"`, with everything else kept as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conf {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    /// With the text that it was read from, until its value is changed: `note='a "quoted" word'` is not ours to spell.
    Pair {
        key: String,
        value: String,
        text: Option<String>,
    },
    Other(String),
}

impl Conf {
    /// Reads a file's text. Every text can be read; lines that hold no `key=value` are kept.
    pub fn parse(text: &str) -> Self {
        Self { lines: text.lines().map(Line::parse).collect() }
    }

    /// The value of `key`, or of upstream's older spelling `INSTANCE_<KEY>`. The last line wins, as in a shell.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.last(key).or_else(|| self.last(&older(key)))
    }

    /// Sets `key` in every line that holds it in either spelling, or in a new line at the end.
    pub fn set(&mut self, key: &str, new: &str) {
        let older = older(key);
        let mut found = false;
        for line in &mut self.lines {
            if let Line::Pair { key: name, value, text } = line
                && (name == key || *name == older)
            {
                found = true;
                if value != new {
                    new.clone_into(value);
                    *text = None;
                }
            }
        }
        if !found {
            self.lines.push(Line::Pair { key: key.to_owned(), value: new.to_owned(), text: None });
        }
    }

    /// Drops every line that holds `key`.
    pub fn unset(&mut self, key: &str) {
        self.lines.retain(|line| !matches!(line, Line::Pair { key: name, .. } if name == key));
    }

    /// The file's text.
    pub fn render(&self) -> String {
        self.lines.iter().map(Line::render).collect()
    }

    fn last(&self, key: &str) -> Option<&str> {
        self.lines.iter().rev().find_map(|line| match line {
            Line::Pair { key: name, value, .. } if name == key => Some(value.as_str()),
            Line::Pair { .. } | Line::Other(_) => None,
        })
    }
}

impl Line {
    fn parse(line: &str) -> Self {
        match line.split_once('=') {
            Some((key, value)) if is_key(key) => Self::Pair {
                key: key.to_owned(),
                value: unquote(value.trim()).to_owned(),
                text: Some(line.to_owned()),
            },
            Some(_) | None => Self::Other(line.to_owned()),
        }
    }

    fn render(&self) -> String {
        match self {
            Self::Pair { key, value, text: None } => format!("{key}=\"{value}\"\n"),
            Self::Pair { text: Some(line), .. } | Self::Other(line) => format!("{line}\n"),
        }
    }
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn unquote(value: &str) -> &str {
    ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value)
}

fn older(key: &str) -> String {
    format!("INSTANCE_{}", key.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLDER: &str = "# PostgreSQL instance\nINSTANCE_PORT=\"5440\"\nINSTANCE_PASSWORD='s3cret'\ncustom line\nextra='a \"1\"'\n";

    #[test]
    fn the_older_upper_case_keys_are_read() {
        let conf = Conf::parse(OLDER);
        assert_eq!(conf.get("port"), Some("5440"));
        assert_eq!(conf.get("password"), Some("s3cret"));
        assert_eq!(conf.get("user"), None);
    }

    #[test]
    fn a_rewrite_keeps_comments_and_unknown_lines() {
        let mut conf = Conf::parse(OLDER);
        conf.set("port", "5441");
        conf.set("desired", "running");
        assert_eq!(
            conf.render(),
            "# PostgreSQL instance\nINSTANCE_PORT=\"5441\"\nINSTANCE_PASSWORD='s3cret'\ncustom line\nextra='a \"1\"'\ndesired=\"running\"\n"
        );
    }

    #[test]
    fn the_last_of_two_lines_wins_and_both_are_rewritten() {
        let mut conf = Conf::parse("port=\"1\"\nport=\"2\"\n");
        assert_eq!(conf.get("port"), Some("2"));
        conf.set("port", "3");
        assert_eq!(conf.render(), "port=\"3\"\nport=\"3\"\n");
    }
}
