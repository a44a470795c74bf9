//! Judging a configuration by the server's own parser, without touching the server that may be running with the old.
//!
//! `postgres -C` of a value that is computed at start goes through all that a start checks before it opens anything,
//! combinations of settings and preloaded libraries included. It wants a data directory without a server, and gets
//! one that is made of links to what is in the real one.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::engine::folder::own_dir;
use crate::engine::native::process;
use crate::engine::native::programs::Programs;
use crate::engine::place::placed;
use crate::engine::said::telling;
use crate::engine::user::ServerUser;
use crate::engine::{Site, judged_by};
use crate::error::{Error, IoContext, absent_is_fine};

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
    command
        .args(process::settings(site, socket_dir))
        .args(["-C", judged_by(programs.major)])
        .current_dir("/");
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
