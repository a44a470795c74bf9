//! Disks that are full soon.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{is_root, kill_all_below};

/// A small file system of its own, which only root can have.
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts one at a folder, of so many bytes or files.
    pub fn at(dir: &Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(dir).unwrap();
        let options = format!("mode=0711,{options}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "none"]).arg(dir);
        if is_root() && mount.status().is_ok_and(|it| it.success()) {
            return Some(Self(dir.to_owned()));
        }
        println!("skipped: no file system can be mounted here");
        None
    }
}

/// With all that works on it.
impl Drop for Disk {
    fn drop(&mut self) {
        kill_all_below(&self.0);
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
