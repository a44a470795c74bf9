//! Handing scripts to the `psql` of the machine, for what this program does not cover.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::{NamedTempFile, TempDir};
use tokio::process::Command;

use crate::commands::content::execute::options::{OnError, Options};
use crate::commands::content::execute::sources::Script;
use crate::error::{Error, IoContext};
use crate::pg::connect::{At, Target};
use crate::pg::run::Scope;

/// Runs the scripts by psql, whose output goes where ours would.
pub async fn run(target: &Target, scripts: &[Script], options: &Options) -> Result<(), Error> {
    let folder = TempDir::new().doing("making", Path::new("a temporary folder"))?;
    let passwords = passwords(target, folder.path())?;
    let mut psql = Command::new("psql");
    psql.args(["-X", "-w", "-h", "127.0.0.1", "-U", &target.user, "-d", &target.database]);
    let (At::Tcp(port) | At::Socket(_, port)) = &target.at;
    psql.args(["-p", &port.to_string()]);
    let stop = if options.on_error == OnError::Stop { "1" } else { "0" };
    psql.args(["-v", &format!("ON_ERROR_STOP={stop}")]);
    for (name, value) in &options.variables {
        psql.args(["-v", &format!("{name}={value}")]);
    }
    if options.scope == Scope::Transaction {
        psql.arg("--single-transaction");
    }
    let mut kept = Vec::new();
    for (source, file) in scripts {
        let path = match file {
            Some(path) => path.clone(),
            None => written(source.text(), folder.path(), &mut kept)?,
        };
        psql.arg("-f").arg(path);
    }
    psql.env("PGPASSFILE", passwords.path()).env("PGAPPNAME", &target.application_name);
    psql.env("PGOPTIONS", server_options(target)).stdin(Stdio::null()).kill_on_drop(true);
    ended(psql.status().await)
}

fn ended(status: io::Result<std::process::ExitStatus>) -> Result<(), Error> {
    let said = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(err) if err.kind() == io::ErrorKind::NotFound => {
            "it is not on PATH; install it, or leave `engine=psql` out".to_owned()
        }
        Err(err) => err.to_string(),
    };
    Err(Error::Program { program: "psql".to_owned(), said })
}

/// A file that only its owner may read: a password in the environment or in arguments could be read by others.
fn passwords(target: &Target, folder: &Path) -> Result<NamedTempFile, Error> {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace(':', "\\:");
    let password = target.password.as_ref().map(|it| escaped(it.reveal())).unwrap_or_default();
    let line = format!("*:*:*:{}:{password}\n", escaped(&target.user));
    temporary(&line, folder)
}

fn written(text: &str, folder: &Path, kept: &mut Vec<NamedTempFile>) -> Result<PathBuf, Error> {
    let file = temporary(text, folder)?;
    let path = file.path().to_owned();
    kept.push(file);
    Ok(path)
}

fn temporary(text: &str, folder: &Path) -> Result<NamedTempFile, Error> {
    let file = NamedTempFile::new_in(folder).doing("making a file in", folder)?;
    std::fs::write(file.path(), text).doing("writing", file.path())?;
    Ok(file)
}

fn server_options(target: &Target) -> String {
    let timeout = target.statement_timeout.unwrap_or(Duration::ZERO).as_millis();
    let role =
        target.role.as_ref().map(|it| format!(" -c role={}", it.replace(' ', "\\ "))).unwrap_or_default();
    format!("-c statement_timeout={timeout}{role}")
}
