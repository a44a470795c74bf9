//! The folders of an instance, and a data directory put among them.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::engine::user::ServerUser;
use crate::engine::{Site, control, copy};
use crate::error::{Error, IoContext};

/// How the name of a folder begins in which a seed is made.
const MAKING: &str = ".making-";

/// A new folder in which a seed is made, among the seeds.
pub fn making_in(seeds: &Path) -> Result<TempDir, Error> {
    let permissions = fs::Permissions::from_mode(0o700);
    let made = tempfile::Builder::new().prefix(MAKING).permissions(permissions).tempdir_in(seeds);
    made.doing("making a folder in", seeds)
}

/// Deletes what killed commands left while they made seeds. What resists is left to the next time.
pub fn sweep(seeds: &Path) {
    for entry in fs::read_dir(seeds).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(MAKING.as_bytes()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Copies a seed to a name beside `data` and renames it, so that `data` is whole or absent. The folders around it are
/// `owner`'s, the data the `server`'s.
pub fn settle(site: &Site, seed: &Path, owner: &ServerUser, server: &ServerUser) -> Result<(), Error> {
    let new = prepare(site, owner)?;
    copy::copy(seed, &new, server)?;
    take_in(site, &new)
}

/// Makes the instance's folders without any data in them, and answers the place where new data is made.
pub fn prepare(site: &Site, owner: &ServerUser) -> Result<PathBuf, Error> {
    for dir in ["", "config", "content", "run", "log"] {
        own_dir(&site.dir.join(dir), owner)?;
    }
    let (data, new) = (site.data(), site.dir.join("data.new"));
    for old in [&data, &new] {
        if old.exists() {
            fs::remove_dir_all(old).doing("deleting the unfinished", old)?;
        }
    }
    Ok(new)
}

/// Gives new data an identity and its name.
pub fn take_in(site: &Site, new: &Path) -> Result<(), Error> {
    control::restamp(new).doing("giving an identity to", new)?;
    let data = site.data();
    fs::rename(new, &data).doing("putting in place", &data)
}

/// A folder that only the server's user may enter.
pub fn own_dir(dir: &Path, user: &ServerUser) -> Result<(), Error> {
    match fs::DirBuilder::new().mode(0o700).create(dir) {
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
        made => made.doing("making the folder", dir)?,
    }
    let found = fs::symlink_metadata(dir).doing("reading", dir)?;
    let own = found.uid() == user.uid || found.uid() == nix::unistd::Uid::effective().as_raw();
    if !found.is_dir() || !own {
        return Err(Error::NotOurs { path: dir.to_owned(), what: "somebody else's files".to_owned() });
    }
    user.own(dir)
}
