//! The System V shared memory segment by which PostgreSQL tells that a data directory is in use. A server that was
//! killed leaves it behind, the next one reuses it, and one whose data is deleted would leave it until a reboot:
//! after some thousands of those no server starts any more.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Removes the segment that a dead server left, if its pid file tells which it is and nobody is attached to it.
pub fn remove_left_by(data: &Path) {
    let pid_file = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let segments = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    if let Some(id) = left_in(&pid_file, &segments) {
        // A segment that resists is 56 bytes that a reboot frees.
        let _ = Command::new("ipcrm").args(["-m", id]).env_clear().stderr(Stdio::null()).status();
    }
}

/// The id in the pid file's seventh line, `key id`, where the system has that segment with nobody attached. Its
/// columns are `key shmid perms size cpid lpid nattch ...`; the key makes up for ids that start anew with a reboot.
fn left_in<'a>(pid_file: &'a str, segments: &str) -> Option<&'a str> {
    let (key, id) = pid_file.lines().nth(6)?.trim().split_once(' ')?;
    let id = id.trim();
    let is_left = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        matches!(columns.as_slice(), [its_key, its_id, _, _, _, _, "0", ..] if *its_key == key && *its_id == id)
    };
    segments.lines().any(is_left).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_only_taken_for_left_if_key_and_id_agree_and_nobody_is_attached() {
        let pid_file = "42\n/data\n1795442938\n5433\n/run\n127.0.0.1\n  10019993    163840\nready\n";
        let segment = |key: &str, id: &str, attached: &str| {
            format!("key shmid perms size cpid lpid nattch\n{key} {id} 600 56 42 42 {attached} 101 104\n")
        };
        assert_eq!(left_in(pid_file, &segment("10019993", "163840", "0")), Some("163840"));
        assert_eq!(left_in(pid_file, &segment("10019993", "163840", "3")), None);
        assert_eq!(left_in(pid_file, &segment("10019993", "163841", "0")), None);
        assert_eq!(left_in(pid_file, &segment("7", "163840", "0")), None);
        assert_eq!(left_in("42\n/data\n", &segment("10019993", "163840", "0")), None);
    }
}
