//! Settings that must not act in a copy: its server would write into places of the other's, or wait for those who
//! follow the other.

use std::fs;
use std::path::Path;

/// A setting, and the value with which it does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// The value.
    pub value: &'static str,
}

/// It would put its WAL into the other's archive.
const ARCHIVING: Setting = Setting { name: "archive_mode", value: "off" };
/// It would wait for the other's standbys at each commit.
const WAITING: Setting = Setting { name: "synchronous_standby_names", value: "" };
/// It would read on in place of the other, whose slots with a publisher would so lose what the other has not seen.
const SUBSCRIBING: Setting = Setting { name: "max_logical_replication_workers", value: "0" };

/// The catalog of subscriptions, which all databases share. Its file is called so until it is rewritten.
const SUBSCRIPTIONS: &str = "global/6100";

/// What has to be kept from acting that these texts of configuration set. What other files may set that are included
/// is kept from acting in any case.
pub fn of(texts: &[&str]) -> Vec<Setting> {
    let lines = || texts.iter().flat_map(|it| it.lines()).filter_map(assignment);
    let includes = lines().any(|(name, _)| name.starts_with("include"));
    let is_set = |it: &Setting| lines().any(|(name, value)| name == it.name && !does_nothing(it, value));
    [ARCHIVING, WAITING].into_iter().filter(|it| includes || is_set(it)).collect()
}

/// The same of subscriptions, which a server follows that has any.
pub fn of_subscriptions(data: &Path) -> Option<Setting> {
    let has_none = fs::metadata(data.join(SUBSCRIPTIONS)).is_ok_and(|it| it.len() == 0);
    (!has_none).then_some(SUBSCRIBING)
}

/// Lines of configuration with these settings.
pub fn lines(settings: &[Setting]) -> String {
    settings.iter().map(|it| format!("{} = '{}'\n", it.name, it.value)).collect()
}

/// `name = value` without its quotes, as the server reads a line.
fn assignment(line: &str) -> Option<(String, &str)> {
    let line = line.trim_start();
    let end = line.find(|it: char| !(it.is_ascii_alphanumeric() || "_.".contains(it)))?;
    let (name, rest) = line.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
    let rest = rest.trim_start();
    let value = rest.strip_prefix('=').unwrap_or(rest).trim();
    let value = match value.strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next().unwrap_or_default(),
        None => value.split(['#', ' ', '\t']).next().unwrap_or_default(),
    };
    Some((name.to_ascii_lowercase(), value))
}

/// Whether the value is as good as ours: a truth value may be shortened.
fn does_nothing(setting: &Setting, value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let is_false = ["off", "false", "no", "0"].iter().any(|it| it.starts_with(&value) && value != "o");
    match setting.value {
        "off" => is_false && !value.is_empty(),
        other => value == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Vec<&'static str> {
        of(texts).into_iter().map(|it| it.name).collect()
    }

    #[test]
    fn what_would_act_is_kept_from_it() {
        assert_eq!(names(&["archive_mode = on\n"]), ["archive_mode"]);
        assert_eq!(names(&["", "  ARCHIVE_MODE 'always' # all\n"]), ["archive_mode"]);
        assert_eq!(names(&["synchronous_standby_names='FIRST 1 (a)'"]), ["synchronous_standby_names"]);
    }

    #[test]
    fn what_does_nothing_is_left_as_it_is() {
        let text = "#archive_mode = on\narchive_mode = off\narchive_command = 'cp %p /a'\nsynchronous_standby_names = ''\n";
        assert!(names(&[text, "archive_mode=false", "archive_mode = 'no'", "archive_mode 0"]).is_empty());
    }

    #[test]
    fn what_included_files_say_is_not_looked_at_and_so_not_trusted() {
        assert_eq!(names(&["include_dir 'conf.d'"]), ["archive_mode", "synchronous_standby_names"]);
    }

    #[test]
    fn the_lines_are_configuration() {
        assert_eq!(lines(&[ARCHIVING, WAITING]), "archive_mode = 'off'\nsynchronous_standby_names = ''\n");
    }
}
