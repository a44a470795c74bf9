//! Server processes: finding the one that serves a data directory, starting it, ending it.
//!
//! A pid file proves nothing: it may be stale, damaged, or name a recycled pid. What proves a server is PostgreSQL's
//! program with the data directory as its working directory, because it changes into it before anything else.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::engine::native::programs::Programs;
use crate::engine::pid_file::PidFile;
use crate::engine::said::death;
use crate::engine::user::ServerUser;
use crate::engine::{Booting, Death, Halt, Process, Site, archiving};
use crate::error::{Error, IoContext};
use crate::wait::{Late, Look, until};

/// A log that is larger than this when its server starts is set aside.
const LOG_LIMIT_BYTES: u64 = 16 * 1024 * 1024;
/// Between two looks at a process that is to end.
const PAUSE: Duration = Duration::from_millis(5);
/// How long a server may take to obey SIGQUIT, at which it only has to exit, before it is killed.
const QUIT_LIMIT: Duration = Duration::from_secs(2);
/// An idle child of a killed server notices its death within moments.
const NOTICE_LIMIT: Duration = Duration::from_millis(500);
/// How long killed processes may take to be gone.
const KILL_LIMIT: Duration = Duration::from_secs(10);

/// The server that serves `data`. The pid file is asked first, all processes where it leads nowhere: a server that
/// was started this moment has not written one yet.
pub fn find(data: &Path) -> Process {
    let is_server = |pid: &i32| works_in(*pid, data) && !is_child(*pid);
    let server = pid_file(data).filter(is_server).or_else(|| all_in(data).into_iter().find(is_server));
    server.map_or(Process::None, |pid| Process::Alive { pid })
}

/// Every process of PostgreSQL that works in `data`, a dead server's children included.
fn all_in(data: &Path) -> Vec<i32> {
    pids().filter(|pid| works_in(*pid, data)).collect()
}

fn pids() -> impl Iterator<Item = i32> {
    let pid = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<i32>().ok();
    fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(pid)
}

/// Kills every process that works in a folder, and waits until they are gone. Only for a folder that nobody else works in.
pub async fn clear_out(site: &Site, dir: &Path) -> Result<(), Error> {
    let cleared = until(KILL_LIMIT, PAUSE, async || {
        let mut left = None;
        for pid in pids().filter(|pid| is_in(*pid, dir)) {
            if let Err(err) = send(pid, dir, Signal::KILL, is_in) {
                return Look::Never(err);
            }
            left = Some(pid);
        }
        match left {
            None => Look::Ready(()),
            Some(pid) => Look::NotYet(format!("process {pid} of it still lives")),
        }
    });
    cleared.await.map_err(|late| not_stopped(site, late))
}

/// Whether a `pg_upgrade` lives that makes other data of this.
pub fn is_upgraded(data: &Path) -> bool {
    let told = format!(" --old-datadir={} ", data.display());
    pids().any(|pid| command_line(pid).is_some_and(|it| it.contains(&told)))
}

/// Whether a server is one that `pg_upgrade` has started for itself alone.
pub fn serves_upgrade(pid: i32) -> bool {
    command_line(pid).is_some_and(|it| it.contains(" -b "))
}

/// Waits until nothing is left of a dead server. A child that is busy would go on until its statement ends: it is
/// killed, since nobody will see its work any more.
pub async fn bury(site: &Site, data: &Path) -> Result<(), Error> {
    if buried(data, NOTICE_LIMIT).await.is_ok() {
        return Ok(());
    }
    let left = all_in(data);
    // With a server among them it is not dead after all: somebody else has started one.
    if left.iter().all(|pid| is_child(*pid)) {
        left.iter().try_for_each(|pid| signal(*pid, data, Signal::KILL))?;
    }
    buried(data, KILL_LIMIT).await.map_err(|late| not_stopped(site, late))
}

async fn buried(data: &Path, limit: Duration) -> Result<(), Late<Error>> {
    until(limit, PAUSE, async || match all_in(data).as_slice() {
        [] => Look::Ready(()),
        [pid, ..] => Look::NotYet(format!("process {pid} of it still lives")),
    })
    .await
}

/// Deletes what a dead server left in the way of its successor. PostgreSQL would take a damaged file, or a recycled
/// pid in one, for a living server and refuse to start.
pub fn clear(site: &Site, data: &Path, socket_dir: &Path) -> Result<(), Error> {
    let socket = format!(".s.PGSQL.{}", site.port);
    let lock = format!("{socket}.lock");
    for file in [PidFile::path(data), socket_dir.join(socket), socket_dir.join(lock)] {
        match fs::remove_file(&file) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => {}
            removed => removed.doing("deleting the stale", &file)?,
        }
    }
    Ok(())
}

fn pid_file(data: &Path) -> Option<i32> {
    PidFile::read(data).ok()?.pid
}

fn works_in(pid: i32, data: &Path) -> bool {
    is_in(pid, data) && is_postgres(pid)
}

fn is_in(pid: i32, dir: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == dir)
}

/// By its program, since an editor of `postgresql.conf` has the name in its arguments too. The program of a server
/// that was upgraded while it runs is called `postgres (deleted)`.
fn is_postgres(pid: i32) -> bool {
    let program = fs::read_link(format!("/proc/{pid}/exe"));
    program.is_ok_and(|it| it.file_name().is_some_and(|it| it.as_encoded_bytes().starts_with(b"postgres")))
}

/// The server rewrites its children's titles to `postgres: ...` and keeps its own command line.
fn is_child(pid: i32) -> bool {
    command_line(pid).is_some_and(|it| it.starts_with("postgres: "))
}

fn command_line(pid: i32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    Some(String::from_utf8_lossy(&bytes).replace('\0', " "))
}

/// A native server on its way up.
#[derive(Debug)]
pub struct NativeBooting {
    child: Child,
    data: PathBuf,
    log: PathBuf,
    log_from: u64,
}

/// Starts the server as a process of its own, which outlives this program.
pub fn spawn(
    site: &Site,
    data: &Path,
    socket_dir: &Path,
    programs: &Programs,
    user: &ServerUser,
) -> Result<NativeBooting, Error> {
    let log_path = site.log_file();
    rotate(&log_path)?;
    let log = File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        // The folder is the server user's: root must not follow a link that this user put there.
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(&log_path)
        .doing("opening the log", &log_path)?;
    user.own(&log_path)?;
    let log_from = log.metadata().doing("reading", &log_path)?.len();
    let also = log.try_clone().doing("opening the log", &log_path)?;
    let mut command = server_command(data, programs, user);
    command.args(settings(site, socket_dir)).stdout(log).stderr(also).process_group(0);
    let child = command.spawn().doing("starting", &programs.path("postgres"))?;
    Ok(NativeBooting { child, data: data.to_owned(), log: log_path, log_from })
}

/// `postgres -D data`, as the server's user, with nothing of our environment: a password there would be handed on.
pub fn server_command(data: &Path, programs: &Programs, user: &ServerUser) -> Command {
    let mut command = Command::new(programs.path("postgres"));
    // An adopted configuration may name the data directory that it had elsewhere.
    command.arg("-D").arg(data).arg("-c").arg(format!("data_directory={}", data.display())).current_dir(data);
    as_user(&mut command, user);
    command
}

/// Where a server's shell finds programs.
pub const SERVER_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Makes a command run as the server's user, without our environment.
pub fn as_user(command: &mut Command, user: &ServerUser) {
    command.env_clear().env("PATH", SERVER_PATH).env("LC_ALL", "C").stdin(Stdio::null());
    if user.foreign {
        command.uid(user.uid).gid(user.gid);
    }
}

/// Settings that are the engine's affair, whatever the template says.
pub fn settings(site: &Site, socket_dir: &Path) -> Vec<String> {
    // An adopted instance may have its configuration in its data directory only.
    let config_file = Some(site.config_file()).filter(|file| file.exists());
    let config_file = config_file.map(|file| ("config_file", file.display().to_string()));
    let pairs = [
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("port", site.port.to_string()),
        ("unix_socket_directories", quoted(socket_dir)),
        ("cluster_name", site.name.clone()),
        ("logging_collector", "off".to_owned()),
        ("log_destination", "stderr".to_owned()),
        ("log_line_prefix", "%m [%p] ".to_owned()),
        ("log_timezone", "UTC".to_owned()),
    ];
    config_file
        .into_iter()
        .chain(pairs)
        .chain(archiving::settings(site, |path| path.display().to_string()))
        .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
        .collect()
}

/// One folder in a list of them, which is separated by commas.
fn quoted(dir: &Path) -> String {
    format!("\"{}\"", dir.display().to_string().replace('"', "\"\""))
}

fn rotate(log: &Path) -> Result<(), Error> {
    match fs::metadata(log) {
        Ok(found) if found.len() > LOG_LIMIT_BYTES => {
            fs::rename(log, log.with_extension("log.1")).doing("setting aside", log)
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

impl Booting for NativeBooting {
    async fn died(&mut self) -> io::Result<Option<Death>> {
        if self.child.try_wait()?.is_none() {
            return Ok(None);
        }
        let mut said = String::new();
        let mut log = File::open(&self.log)?;
        log.seek(SeekFrom::Start(self.log_from))?;
        log.read_to_string(&mut said)?;
        Ok(Some(death(&said)))
    }

    fn accepts(&self) -> bool {
        let pid = i32::try_from(self.child.id()).ok();
        PidFile::read(&self.data).is_ok_and(|it| it.pid == pid && it.ready)
    }
}

/// Ends the server that serves `data` and waits until it is gone.
pub async fn halt(site: &Site, data: &Path, how: Halt, limit: Duration) -> Result<(), Error> {
    let mut found = find(data);
    // One that a killed command has started this moment shows itself a little later.
    if found == Process::None && buried(data, NOTICE_LIMIT).await.is_err() {
        found = find(data);
    }
    let Process::Alive { pid } = found else { return bury(site, data).await };
    let late = match how {
        Halt::Fast => {
            signal(pid, data, Signal::INT)?;
            // A server that somebody has stopped with SIGSTOP obeys once it goes on.
            all_in(data).into_iter().try_for_each(|pid| signal(pid, data, Signal::CONT))?;
            gone(pid, data, limit).await
        }
        Halt::Immediate => {
            signal(pid, data, Signal::QUIT)?;
            match gone(pid, data, limit.min(QUIT_LIMIT)).await {
                Ok(()) => Ok(()),
                Err(_) => kill(pid, data, limit).await,
            }
        }
    };
    late.map_err(|late| not_stopped(site, late))
}

fn not_stopped(site: &Site, late: Late<Error>) -> Error {
    match late {
        Late::TimedOut { limit, last } => Error::NotStopped { name: site.name.clone(), waited: limit, last },
        Late::Never(err) => err,
    }
}

async fn kill(pid: i32, data: &Path, limit: Duration) -> Result<(), Late<Error>> {
    for pid in std::iter::once(pid).chain(all_in(data)) {
        signal(pid, data, Signal::KILL).map_err(Late::Never)?;
    }
    buried(data, limit).await
}

async fn gone(pid: i32, data: &Path, limit: Duration) -> Result<(), Late<Error>> {
    until(limit, PAUSE, async || match works_in(pid, data) {
        false => Look::Ready(()),
        true => Look::NotYet(format!("its process {pid} still lives")),
    })
    .await
}

/// Signals a process, but only while it is the server of `data`: the descriptor pins the process before it is
/// looked at, so that a recycled pid is never hit.
fn signal(pid: i32, data: &Path, signal: Signal) -> Result<(), Error> {
    send(pid, data, signal, works_in)
}

fn send(pid: i32, dir: &Path, signal: Signal, is_meant: fn(i32, &Path) -> bool) -> Result<(), Error> {
    let Some(number) = Pid::from_raw(pid) else { return Ok(()) };
    let Ok(process) = pidfd_open(number, PidfdFlags::empty()) else { return Ok(()) };
    if !is_meant(pid, dir) {
        return Ok(());
    }
    match pidfd_send_signal(&process, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(err) => Err(io::Error::from(err)).doing("ending what works in", dir),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_works_elsewhere_is_not_a_server_of_the_data() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("postmaster.pid"), std::process::id().to_string()).unwrap();
        assert_eq!(find(dir.path()), Process::None);
        assert!(all_in(dir.path()).is_empty());
    }
}
