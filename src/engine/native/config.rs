//! Judging a configuration by the server's own parser, without touching the server that may be running with the old.
//!
//! `postgres -C` of a value that is computed at start goes through all that a start checks before it opens anything,
//! combinations of settings and preloaded libraries included. It wants a data directory without a server, and gets
//! one that is made of links to what is in the real one.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::engine::Site;
use crate::engine::native::process::{self, telling};
use crate::engine::native::programs::Programs;
use crate::engine::native::user::ServerUser;
use crate::engine::native::{absent_is_fine, own_dir};
use crate::error::{Error, IoContext};

/// The oldest version that computes a value at start; older ones check single settings only.
const COMPUTES: u32 = 15;

/// Refuses a configuration that would not start a server.
pub async fn check(
    site: &Site,
    data: &Path,
    socket_dir: &Path,
    programs: &Programs,
    user: &ServerUser,
) -> Result<(), Error> {
    own_dir(&site.dir.join("run"), user)?;
    let stage = site.dir.join("run/check");
    set(&stage, data, user)?;
    let mut command = process::server_command(&stage, programs, user);
    let value = if programs.major >= COMPUTES { "shared_memory_size" } else { "port" };
    command.args(process::settings(site, socket_dir)).args(["-C", value]).current_dir("/");
    let output = tokio::process::Command::from(command).output().await;
    clear(&stage)?;
    let output = output.doing("running", &programs.path("postgres"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = telling(&said).replace(&*stage.to_string_lossy(), &data.to_string_lossy());
    Err(Error::BadConfiguration { name: site.name.clone(), said: placed(said, site, data) })
}

/// Makes the stage: all of the data directory but its lock.
fn set(stage: &Path, data: &Path, user: &ServerUser) -> Result<(), Error> {
    clear(stage)?;
    own_dir(stage, user)?;
    for entry in fs::read_dir(data).doing("reading", data)?.flatten() {
        if entry.file_name() != "postmaster.pid" && entry.file_name() != "postmaster.opts" {
            let link = stage.join(entry.file_name());
            symlink(entry.path(), &link).doing("making the link", &link)?;
        }
    }
    Ok(())
}

fn clear(stage: &Path) -> Result<(), Error> {
    absent_is_fine(fs::remove_dir_all(stage)).doing("deleting", stage)
}

/// The message with the file and the line that it is about, where PostgreSQL does not say them itself.
fn placed(said: String, site: &Site, data: &Path) -> String {
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
