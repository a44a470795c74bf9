//! The operating system's user who runs the server, and what that user can reach.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use nix::unistd::{Uid, User};

use crate::error::{Error, IoContext};

/// Who runs the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUser {
    /// Its name.
    pub name: String,
    /// Its user id.
    pub uid: u32,
    /// Its group id.
    pub gid: u32,
    /// Whether that is somebody else, which only root can ask for.
    pub foreign: bool,
}

impl ServerUser {
    /// Ourselves, or `os_user` if we are root, whom PostgreSQL refuses.
    pub fn find(os_user: &str) -> Result<Self, Error> {
        let me = Uid::effective();
        let found = if me.is_root() { User::from_name(os_user) } else { User::from_uid(me) };
        let user = found.ok().flatten();
        match user {
            Some(user) if !user.uid.is_root() => Ok(Self {
                name: user.name,
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
                foreign: me.is_root(),
            }),
            Some(_) => Err(Error::Setting {
                name: "POSTGRES_OS_USER".to_owned(),
                why: format!("`{os_user}` is root, as whom PostgreSQL does not run"),
            }),
            None if me.is_root() => Err(Error::NoServerUser { user: os_user.to_owned() }),
            None => Err(Error::NoPasswdEntry { uid: me.as_raw() }),
        }
    }

    /// Any user of the machine: what this one can reach, everybody can.
    pub fn anybody() -> Self {
        Self { name: String::new(), uid: u32::MAX, gid: u32::MAX, foreign: true }
    }

    /// Gives a file or folder to this user; nothing to do where it is ours already.
    pub fn own(&self, path: &Path) -> Result<(), Error> {
        if !self.foreign {
            return Ok(());
        }
        chown(path, Some(self.uid), Some(self.gid)).doing("giving to the server's user", path)
    }

    /// Whether this user could enter `path`, or its nearest existing parent if it does not exist.
    pub fn reaches(&self, path: &Path) -> bool {
        self.blocked_at(path).is_none()
    }

    /// The first folder on the way to `path`, itself included, that this user cannot enter.
    pub fn blocked_at<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        let enters = |it: &Path| {
            let Ok(found) = fs::metadata(it) else { return true };
            let bit = match (found.uid() == self.uid, found.gid() == self.gid) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            !found.is_dir() || found.mode() & bit != 0
        };
        path.ancestors().filter(|it| !enters(it)).last()
    }
}

/// Whether this process is root.
pub fn is_root() -> bool {
    Uid::effective().is_root()
}
