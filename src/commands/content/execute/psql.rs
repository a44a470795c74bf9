//! Handing scripts to the `psql` of the machine, for what this program does not cover.

use std::fs::File;
use std::io::{self, IsTerminal, Seek, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::fs::{MemfdFlags, Mode, fchmod, memfd_create};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout, timeout_at};

use crate::commands::content::execute::options::{OnError, Options};
use crate::commands::content::execute::sources::Script;
use crate::commands::content::execute::{ExecuteArgs, RowFormat};
use crate::error::{Error, IoContext};
use crate::pg::connect::{At, Target};
use crate::pg::render::settings::{Expanded, Format, Settings};
use crate::pg::run::{Interrupts, Scope, Shell};

/// The program.
const PROGRAM: &str = "psql";
/// How long it may take to end after an interrupt.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long before it is interrupted again: an interrupt that comes between two statements ends none.
const AGAIN: Duration = Duration::from_millis(250);
/// libpq's variables that speak of other servers, or of other ways to reach them.
const OF_OTHERS: [&str; 12] = [
    "PGHOSTADDR",
    "PGPASSWORD",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSSLMODE",
    "PGREQUIRESSL",
    "PGSSLNEGOTIATION",
    "PGGSSENCMODE",
    "PGCHANNELBINDING",
    "PGREQUIREAUTH",
    "PGREQUIREPEER",
    "PGTARGETSESSIONATTRS",
];

/// What psql is asked to do, and until when.
#[derive(Debug)]
pub struct Task<'a> {
    /// Whom it connects to.
    pub target: &'a Target,
    /// What it runs.
    pub scripts: &'a [Script],
    /// How it runs them.
    pub options: &'a Options,
    /// How it prints.
    pub settings: &'a Settings,
    /// When it is interrupted.
    pub deadline: Instant,
    /// When it is killed at the latest.
    pub end: Instant,
}

/// Refuses what psql cannot do, or does whatever it is asked.
pub fn check(args: &ExecuteArgs, options: &Options) -> Result<(), Error> {
    let refused = |what: &str, why: &str| {
        Err(Error::Usage(format!("`--options engine=psql` cannot be combined with `{what}`: {why}")))
    };
    let only = "psql prints text and csv here";
    match args.format {
        RowFormat::Text | RowFormat::Csv => {}
        RowFormat::Tsv => return refused("--format tsv", only),
        RowFormat::Json => return refused("--format json", only),
        RowFormat::Yaml => return refused("--format yaml", only),
    }
    let always = "psql always runs commands of the shell";
    match options.shell {
        None => {}
        Some(Shell::Allowed) => return refused("shell=allow", always),
        Some(Shell::Refused) => return refused("shell=refuse", always),
    }
    let has_stdin = args.file.iter().any(|it| it.as_os_str() == "-");
    match options.encoding {
        Some(_) if has_stdin && args.file.len() > 1 => {
            refused("encoding=NAME", "`--file -` is read in UTF-8 where other files are not")
        }
        Some(_) | None => Ok(()),
    }
}

/// Runs the scripts by psql, whose output goes where ours would.
pub async fn run(task: &Task<'_>) -> Result<(), Error> {
    let program = Path::new(PROGRAM);
    let passwords = passwords(task.target).doing("handing over a password to", program)?;
    let interrupts = Interrupts::new(task.deadline).map_err(Error::Output)?;
    let mut command = Command::new(program);
    command.args(flags(task.options, task.settings));
    let mut input = None;
    for (source, file) in task.scripts {
        command.arg("-f");
        match file {
            Some(path) => command.arg(named(path)),
            // Through a file, its name would be told in every message.
            None => {
                input = Some(source.text());
                command.arg("-")
            }
        };
    }
    // What is decoded already is UTF-8, whatever its file was written in.
    let given = task.options.encoding.filter(|_| input.is_none());
    for name in OF_OTHERS {
        command.env_remove(name);
    }
    let (At::Tcp(port) | At::Socket(_, port)) = task.target.at;
    command.env("PGHOST", "127.0.0.1").env("PGPORT", port.to_string());
    // As an argument, a database called `host=elsewhere` would be taken for a connection string.
    command.env("PGUSER", &task.target.user).env("PGDATABASE", &task.target.database);
    command.env("PGPASSFILE", format!("/proc/self/fd/{}", passwords.as_raw_fd()));
    command.env("PGAPPNAME", &task.target.application_name);
    command.env("PGCLIENTENCODING", given.unwrap_or_default().name());
    command.env("PGOPTIONS", server_options(task.target, task.settings));
    command.stdin(match input {
        Some(text) => Stdio::from(in_memory("script", text.as_bytes()).doing("handing SQL to", program)?),
        None => Stdio::inherit(),
    });
    let family = Family::of_one_started_now();
    if family == Family::Own {
        command.process_group(0);
    }
    let child = command.kill_on_drop(true).spawn().map_err(not_started)?;
    ended(child, family, interrupts, task.end).await
}

/// The processes that psql's end is to take with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// It is a group of its own with what it starts.
    Own,
    /// It is in ours, since only that one may use the terminal.
    Ours,
}

impl Family {
    fn of_one_started_now() -> Self {
        if io::stdin().is_terminal() { Self::Ours } else { Self::Own }
    }

    fn signal(self, leader: Option<Pid>, signal: Signal) {
        let Some(leader) = leader else { return };
        let _ = match self {
            Self::Own => kill_process_group(leader, signal),
            Self::Ours => kill_process(leader, signal),
        };
    }
}

/// Waits for its end. What interrupts us interrupts it, at which it cancels its statement on the server.
async fn ended(
    mut child: Child,
    family: Family,
    mut interrupts: Interrupts,
    end: Instant,
) -> Result<(), Error> {
    let leader = child.id().and_then(|it| Pid::from_raw(it.cast_signed()));
    let why = tokio::select! {
        biased;
        status = child.wait() => return judged(status),
        why = interrupts.wait() => why,
    };
    let ending = async {
        loop {
            family.signal(leader, Signal::INT);
            if timeout(AGAIN, child.wait()).await.is_ok() {
                return;
            }
        }
    };
    let is_ended = tokio::select! {
        ended = timeout_at(end.min(Instant::now() + PATIENCE), ending) => ended.is_ok(),
        // Another signal abandons it.
        () = interrupts.signal() => false,
    };
    if !is_ended {
        family.signal(leader, Signal::KILL);
        let _ = child.wait().await;
    }
    Err(Error::Sql(format!("error: {why}")))
}

fn judged(status: io::Result<ExitStatus>) -> Result<(), Error> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) if status.signal() == Some(Signal::PIPE.as_raw()) => {
            Err(Error::Output(io::ErrorKind::BrokenPipe.into()))
        }
        Ok(status) => Err(failed(status.to_string())),
        Err(err) => Err(failed(err.to_string())),
    }
}

fn not_started(err: io::Error) -> Error {
    match err.kind() {
        io::ErrorKind::NotFound => {
            failed("it is not on PATH; install it, or leave `engine=psql` out".to_owned())
        }
        _ => failed(err.to_string()),
    }
}

fn failed(said: String) -> Error {
    Error::Program { program: PROGRAM.to_owned(), said }
}

fn flags(options: &Options, settings: &Settings) -> Vec<String> {
    let stop = if options.on_error == OnError::Stop { "1" } else { "0" };
    let mut flags = ["-X", "-w", "-v"].map(str::to_owned).to_vec();
    flags.push(format!("ON_ERROR_STOP={stop}"));
    for (name, value) in &options.variables {
        flags.extend(["-v".to_owned(), format!("{name}={value}")]);
    }
    let wishes = [
        ("--single-transaction", options.scope == Scope::Transaction),
        ("--csv", settings.format == Format::Csv),
        ("-q", settings.quiet),
        ("-t", settings.tuples_only),
        ("-x", settings.expanded == Expanded::On),
    ];
    flags.extend(wishes.iter().filter(|(_, is_wished)| *is_wished).map(|(flag, _)| (*flag).to_owned()));
    flags
}

/// A file's path, which may not be `-`: to psql that is its stdin.
fn named(path: &Path) -> PathBuf {
    if path.as_os_str() == "-" { Path::new(".").join(path) } else { path.to_owned() }
}

/// A password in the environment or in arguments could be read by others.
fn passwords(target: &Target) -> io::Result<OwnedFd> {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace(':', "\\:");
    let password = target.password.as_ref().map(|it| escaped(it.reveal())).unwrap_or_default();
    let line = format!("*:*:*:{}:{password}\n", escaped(&target.user));
    in_memory("passwords", line.as_bytes()).map(OwnedFd::from)
}

/// A file that is in memory only: whatever ends us, nothing is left of it. psql inherits it.
fn in_memory(name: &str, bytes: &[u8]) -> io::Result<File> {
    let file = memfd_create(name, MemfdFlags::empty())?;
    // libpq takes no file of passwords that others could read.
    fchmod(&file, Mode::RUSR | Mode::WUSR)?;
    let mut file = File::from(file);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

fn server_options(target: &Target, settings: &Settings) -> String {
    let escaped = |text: &str| text.replace('\\', r"\\").replace(' ', r"\ ");
    let timeout = target.statement_timeout.map(|it| format!("-c statement_timeout={}", it.as_millis()));
    let role = target.role.as_ref().map(|it| format!("-c role={}", escaped(it)));
    // Who reads values from both streams wants no notices.
    let notices = settings.quiet.then(|| "-c client_min_messages=error".to_owned());
    timeout.into_iter().chain(role).chain(notices).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_called_like_stdin_is_no_stdin() {
        assert_eq!(named(Path::new("-")), Path::new("./-"));
        assert_eq!(named(Path::new("a.sql")), Path::new("a.sql"));
    }

    #[test]
    fn what_the_user_asks_for_is_psqls_flags() {
        let options = Options::parse("single-transaction,var.a=1").unwrap();
        let settings =
            Settings { format: Format::Csv, quiet: true, tuples_only: true, ..Settings::default() };
        let flags = flags(&options, &settings).join(" ");
        assert_eq!(flags, "-X -w -v ON_ERROR_STOP=1 -v a=1 --single-transaction --csv -q -t");
    }
}
