//! Passwords of an instance's further users, one file each at `config/users/` in its folder. Each is the one that this
//! program set last: the server itself keeps none that could be read.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, IoContext, absent_is_fine, absent_is_none};
use crate::files::{make_dir, write_bytes};
use crate::instances::artifacts::percent_encoded;
use crate::secret::Secret;

/// The password that is kept of a user.
pub fn kept(instance: &Path, user: &str) -> Result<Option<Secret>, Error> {
    let file = file_of(instance, user);
    Ok(absent_is_none(fs::read_to_string(&file)).doing("reading", &file)?.map(Secret::new))
}

/// Keeps a password, in a file that its owner alone can read.
pub fn keep(instance: &Path, user: &str, password: &Secret) -> Result<(), Error> {
    let file = file_of(instance, user);
    if let Some(dir) = file.parent() {
        make_dir(dir, 0o700)?;
    }
    write_bytes(&file, password.reveal().as_bytes())
}

/// Forgets a user's password.
pub fn forget(instance: &Path, user: &str) -> Result<(), Error> {
    let file = file_of(instance, user);
    absent_is_fine(fs::remove_file(&file)).doing("deleting", &file)
}

fn file_of(instance: &Path, user: &str) -> PathBuf {
    // The prefix keeps users called `.` and `..` from being taken for those folders.
    instance.join("config/users").join(format!("user-{}", percent_encoded(user)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_password_is_kept_for_its_owner_alone_until_it_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        for user in ["app", "..", "a/b \"c\" %é"] {
            assert_eq!(kept(dir.path(), user).unwrap(), None);
            keep(dir.path(), user, &Secret::new("s e\\c")).unwrap();
            assert_eq!(kept(dir.path(), user).unwrap(), Some(Secret::new("s e\\c")));
            let mode = fs::metadata(file_of(dir.path(), user)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            forget(dir.path(), user).unwrap();
            forget(dir.path(), user).unwrap();
            assert_eq!(kept(dir.path(), user).unwrap(), None);
        }
    }
}
