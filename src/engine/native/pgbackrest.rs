//! An archive of WAL that `pgbackrest` keeps, as the server's user.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::engine::Site;
use crate::engine::archiving::{PGBACKREST, STANZA};
use crate::engine::native::process::{SERVER_PATH, as_user};
use crate::engine::tool::complaint;
use crate::engine::user::ServerUser;
use crate::error::{Error, IoContext};

/// The program, which the server's shell has to find.
const PROGRAM: &str = "pgbackrest";
/// Lines of its complaint that are told.
const LINES: usize = 2;

/// Makes the archive of a running server in `dir`: its configuration, and what `pgbackrest` calls a stanza.
pub async fn begin(
    site: &Site,
    dir: &Path,
    socket_dir: &Path,
    superuser: &str,
    user: &ServerUser,
) -> Result<(), Error> {
    if !SERVER_PATH.split(':').any(|it| Path::new(it).join(PROGRAM).exists()) {
        let said = format!("it is in none of the folders {SERVER_PATH}: install it there");
        return Err(Error::Program { program: PROGRAM.to_owned(), said });
    }
    let file = dir.join(PGBACKREST);
    let text = configuration(site, dir, socket_dir, superuser);
    fs::write(&file, text).doing("writing", &file)?;
    user.own(&file)?;
    let mut command = Command::new(PROGRAM);
    command
        .arg(format!("--config={}", file.display()))
        .arg(format!("--stanza={STANZA}"))
        .arg("stanza-create");
    as_user(&mut command, user);
    command.current_dir("/");
    let output =
        tokio::process::Command::from(command).output().await.doing("running", Path::new(PROGRAM))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned()).concat();
    Err(Error::Program { program: PROGRAM.to_owned(), said: complaint(PROGRAM, &said, LINES) })
}

/// Segments are compressed by `gzip`, so that whoever restores can tell whether they are whole.
fn configuration(site: &Site, dir: &Path, socket_dir: &Path, superuser: &str) -> String {
    let (at, data) = (|name: &str| dir.join(name).display().to_string(), site.data());
    let global = [
        ("repo1-path", at("repo")),
        ("log-path", at("log")),
        ("lock-path", at("lock")),
        ("spool-path", at("spool")),
        ("log-level-file", "off".to_owned()),
        ("log-level-console", "warn".to_owned()),
        ("compress-type", "gz".to_owned()),
        ("compress-level", "1".to_owned()),
    ];
    let stanza = [
        ("pg1-path", fs::canonicalize(&data).unwrap_or(data).display().to_string()),
        ("pg1-port", site.port.to_string()),
        ("pg1-socket-path", socket_dir.display().to_string()),
        ("pg1-user", superuser.to_owned()),
        ("pg1-database", "postgres".to_owned()),
    ];
    let lines = |all: &[(&str, String)]| {
        all.iter().map(|(key, value)| format!("{key}={value}\n")).collect::<String>()
    };
    format!("[global]\n{}\n[{STANZA}]\n{}", lines(&global), lines(&stanza))
}
