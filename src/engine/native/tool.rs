//! Running the machine's own client programs on a server.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::fs::{MemfdFlags, Mode, fchmod, memfd_create};
use tokio::process::Command;

use crate::engine::Site;
use crate::engine::native::programs::Programs;
use crate::engine::tool::{Tool, password_line};
use crate::error::{Error, IoContext};
use crate::secret::Secret;

/// Runs one, as ourselves, and answers what it wrote to its standard output.
pub async fn run(site: &Site, programs: &Programs, tool: &Tool<'_>) -> Result<String, Error> {
    let program = client(programs, tool.program)?;
    let passwords = tool.login.map(|it| passwords(it.password)).transpose();
    let passwords = passwords.doing("handing over a password to", &program)?;
    let arguments = connected(site, passwords.as_ref(), |connection| tool.command_line(connection));
    let output = command(&program, arguments).output().await.doing("running", &program)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(tool.failed(&String::from_utf8_lossy(&output.stderr))),
    }
}

/// Where a client program is.
pub(super) fn client(programs: &Programs, name: &'static str) -> Result<PathBuf, Error> {
    let program = programs.path(name);
    if program.exists() {
        return Ok(program);
    }
    let said = format!("{} has none: install PostgreSQL's client programs there", programs.bin.display());
    Err(Error::Program { program: name.to_owned(), said })
}

/// Arguments that are made of how the site's server is reached.
pub(super) fn connected(
    site: &Site,
    passwords: Option<&OwnedFd>,
    arguments: impl FnOnce(&[(&str, &str)]) -> Vec<String>,
) -> Vec<String> {
    let place = passwords.map(|it| format!("/proc/self/fd/{}", it.as_raw_fd())).unwrap_or_default();
    let port = site.port.to_string();
    arguments(&[("host", "127.0.0.1"), ("port", &port), ("sslmode", "disable"), ("passfile", &place)])
}

/// A run of a program, which ends with whoever waits for it.
pub(super) fn command(program: &Path, arguments: Vec<String>) -> Command {
    let mut command = Command::new(program);
    // The user's PG* variables speak of other servers.
    command.args(arguments).env_clear().env("LC_ALL", "C").kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A password file that is in memory only: whatever ends us, nothing is left of it. The program inherits it.
pub(super) fn passwords(password: &Secret) -> io::Result<OwnedFd> {
    let file = memfd_create("passwords", MemfdFlags::empty())?;
    // libpq takes no file that others could read.
    fchmod(&file, Mode::RUSR | Mode::WUSR)?;
    let mut file = File::from(file);
    file.write_all(password_line(password).as_bytes())?;
    Ok(file.into())
}
