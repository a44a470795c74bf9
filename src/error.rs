//! `Error`: what was tried, on what, and why it failed; and the hint that says what to do.
#![deny(clippy::wildcard_enum_match_arm)]

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Every way in which a command fails. All end with exit code 1.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was given as SQL cannot be read as text.
    #[error("no SQL text: {0}")]
    NoText(String),
    /// A script wants what is not there.
    #[error("nothing was run, since this is not supported: {0}")]
    Unsupported(String),
    /// The server, or the way to it, is gone in the middle of a script.
    #[error("{place}connection lost: {why}")]
    ConnectionLost {
        /// Where in the script, with a colon behind it; empty where that is not known.
        place: String,
        /// Why, and what was acknowledged last.
        why: String,
    },
    /// A file or folder could not be used.
    #[error("{doing} {path}")]
    Io {
        /// The act, such as `reading`.
        doing: String,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An environment variable holds what it may not.
    #[error("environment variable {name}: {why}")]
    Setting {
        /// The variable.
        name: String,
        /// What is wrong with its value.
        why: String,
    },
    /// The command line does not make sense as a whole.
    #[error("{0}")]
    Usage(String),
    /// The third layer was asked for without leave to do what it does.
    #[error("layer 3 installs, starts, fills, stops and uninstalls resources, and nobody has allowed it")]
    LifecycleNotAllowed,
    /// A signal ended a command that heeds it.
    #[error("judging was ended by {by}: what ran was killed")]
    JudgingEnded {
        /// The signal.
        by: &'static str,
    },
    /// Migrations cannot be applied, taken back or recorded as they are.
    #[error("{what}: {why}")]
    NotMigrated {
        /// The folder, the file, or the database.
        what: String,
        /// Why.
        why: String,
        /// What to do about it.
        advice: String,
    },
    /// There is a backup of that name already.
    #[error("there is a backup `{name}` of `{instance}` already")]
    BackupExists {
        /// The backup.
        name: String,
        /// The instance.
        instance: String,
    },
    /// There is no such backup.
    #[error("there is no backup `{name}` of `{instance}`; there are: {known}")]
    NoBackup {
        /// The backup.
        name: String,
        /// The instance.
        instance: String,
        /// Those that there are.
        known: String,
    },
    /// A backup is not as it was made.
    #[error("backup `{name}` in {} cannot be used: {why}", path.display())]
    BackupDamaged {
        /// The backup.
        name: String,
        /// Its folder.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A backup does not fit to where it is to be restored.
    #[error("backup `{name}` does not fit: {why}")]
    BackupUnfit {
        /// The backup.
        name: String,
        /// Why.
        why: String,
        /// What fits.
        advice: String,
    },
    /// Nobody here runs a command again and again.
    #[error("no timer is installed: {why}")]
    NoTimer {
        /// Why.
        why: String,
        /// The command.
        command: String,
        /// How often it is to be run.
        minutes: u32,
    },
    /// A signal ended a command that cleans up behind itself.
    #[error("`{command}` was ended by {by}: nothing of it is left")]
    Ended {
        /// The command.
        command: String,
        /// The signal.
        by: &'static str,
    },
    /// A command ran out of the time that the contract gives it.
    #[error("`{command}` ran out of its {} s: it was waiting for {waiting}", limit.as_secs())]
    OutOfTime {
        /// The command.
        command: String,
        /// The contract's limit.
        limit: Duration,
        /// What it waited for.
        waiting: String,
    },
    /// No instance of this name.
    #[error("there is no instance `{name}`")]
    NoInstance {
        /// The name asked for.
        name: String,
        /// The names that exist, comma-separated.
        known: String,
    },
    /// An instance.conf cannot be understood.
    #[error("the record of instance `{name}` in {file} cannot be used: {why}")]
    BrokenRecord {
        /// The instance.
        name: String,
        /// Its instance.conf.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The same name with other parameters.
    #[error("instance `{name}` exists already with {differs}")]
    OtherParameters {
        /// The instance.
        name: String,
        /// Which parameters it has.
        differs: String,
    },
    /// A name that has to be new is in use.
    #[error("{what} exists already")]
    Taken {
        /// What it is, such as "instance `shop`".
        what: String,
        /// What to do instead.
        advice: String,
    },
    /// What is to be copied is in use.
    #[error("{what} cannot be copied while it is in use by {by}")]
    InUse {
        /// What it is, such as "database `shop`".
        what: String,
        /// By whom.
        by: String,
    },
    /// The instance cannot be cloned as it is.
    #[error("instance `{name}` cannot be cloned: {why}")]
    NotCloned {
        /// The instance.
        name: String,
        /// Why.
        why: String,
        /// What to do about it.
        advice: String,
    },
    /// The instance is the beginning of a clone, of which nothing else can be made.
    #[error("instance `{name}` is a clone of `{source_name}` that was interrupted, or is still going on")]
    HalfCloned {
        /// The instance.
        name: String,
        /// The instance that it was to be a copy of.
        source_name: String,
    },
    /// The instance is the beginning of what a backup has, of which nothing else can be made.
    #[error("restoring {what} into `{name}` was interrupted, or is still going on")]
    HalfRestored {
        /// The instance.
        name: String,
        /// What it is to be made of.
        what: String,
        /// What asks for it, behind `content restore`.
        again: String,
    },
    /// An instance cannot be made as it was at a moment.
    #[error("`{instance}` cannot be restored up to {until}: {why}")]
    OutOfReach {
        /// The instance.
        instance: String,
        /// The moment.
        until: String,
        /// Why.
        why: String,
        /// What can be done.
        advice: String,
    },
    /// An instance's WAL cannot be archived.
    #[error("the WAL of `{name}` cannot be archived: {why}")]
    NotArchived {
        /// The instance.
        name: String,
        /// Why.
        why: String,
        /// What can be done.
        advice: String,
    },
    /// The instance is the beginning of another's upgrade, of which nothing else can be made.
    #[error("upgrading `{source_name}` into `{name}` was interrupted, or is still going on")]
    HalfUpgraded {
        /// The instance.
        name: String,
        /// The instance whose place it was to take.
        source_name: String,
    },
    /// The instance cannot be upgraded as it is.
    #[error("instance `{name}` cannot be upgraded: {why}")]
    NotUpgraded {
        /// The instance.
        name: String,
        /// Why.
        why: String,
        /// What to do about it.
        advice: String,
    },
    /// As many instances as are allowed.
    #[error("there are {count} instances already, and no more than {count} are allowed")]
    TooManyInstances {
        /// How many there are.
        count: usize,
    },
    /// The template does not exist.
    #[error("there is no template `{name}`")]
    NoTemplate {
        /// The template asked for.
        name: String,
        /// The ones that exist, comma-separated.
        known: String,
    },
    /// A directory that is to be made exists already.
    #[error("{path} exists already")]
    Occupied {
        /// The directory.
        path: PathBuf,
    },
    /// Data that this program did not make lies where an instance should be.
    #[error("{path} holds {what}, and no record says that it is ours: it is left as it is")]
    NotOurs {
        /// The folder.
        path: PathBuf,
        /// What lies there.
        what: String,
    },
    /// The record says that there is data, and there is none.
    #[error("the data directory of instance `{name}` is missing: {path}")]
    DataMissing {
        /// The instance.
        name: String,
        /// Where its data should be.
        path: PathBuf,
    },
    /// The data directory is there, and the server may not or cannot use it.
    #[error("the data directory of instance `{name}`, {path}, cannot be used: {why}")]
    DataUnusable {
        /// The instance.
        name: String,
        /// Its data directory.
        path: PathBuf,
        /// Why.
        why: String,
        /// The command that mends it.
        mend: String,
    },
    /// Every port of the range is leased or taken.
    #[error("no port from {start} to {end} is free")]
    NoFreePort {
        /// First port of the range.
        start: u16,
        /// Last port of the range.
        end: u16,
    },
    /// The port asked for is outside the range.
    #[error("port {port} is outside the range {start}-{end}")]
    PortOutOfRange {
        /// The port asked for.
        port: u16,
        /// First port of the range.
        start: u16,
        /// Last port of the range.
        end: u16,
    },
    /// Another instance has the port.
    #[error("port {port} belongs to another instance")]
    PortLeased {
        /// The port asked for.
        port: u16,
    },
    /// A program that is not ours listens on the port.
    #[error("port {port} is taken by {owner}")]
    PortTaken {
        /// The port.
        port: u16,
        /// Who listens there.
        owner: String,
    },
    /// No PostgreSQL programs on this machine.
    #[error("no PostgreSQL programs{} were found", major.map(|it| format!(" of version {it}")).unwrap_or_default())]
    NoPrograms {
        /// The major version that the data needs; none if any will do.
        major: Option<u32>,
        /// The command that installs them.
        install: String,
    },
    /// A program that is needed ended badly.
    #[error("{program}: {said}")]
    Program {
        /// The program, such as `initdb`.
        program: String,
        /// The last telling line that it wrote.
        said: String,
    },
    /// PostgreSQL refuses to run as root, and there is no user to run it as.
    #[error("PostgreSQL does not run as root, and there is no user `{user}` to run it as")]
    NoServerUser {
        /// The user looked for.
        user: String,
    },
    /// We are a user whom the system does not know by name.
    #[error("uid {uid} has no name on this system, and PostgreSQL's initdb wants one")]
    NoPasswdEntry {
        /// Our user id.
        uid: u32,
    },
    /// The configuration would not start a server.
    #[error("the configuration of instance `{name}` is not valid: {said}")]
    BadConfiguration {
        /// The instance.
        name: String,
        /// The server's words, with file and line.
        said: String,
    },
    /// The server ended instead of starting.
    #[error("the server of instance `{name}` ended while it started: {said}")]
    DiedAtStart {
        /// The instance.
        name: String,
        /// What it wrote last.
        said: String,
    },
    /// The server of an instance that was being created did not come up, and the instance is gone again.
    #[error("the server of the new instance `{name}` did not start: {said}")]
    NotCreated {
        /// The instance.
        name: String,
        /// What the server wrote last, or what the last look found.
        said: String,
    },
    /// The server did not answer in time.
    #[error("instance `{name}` did not answer within {} s: {last}", waited.as_secs())]
    NotReady {
        /// The instance.
        name: String,
        /// How long it was waited for.
        waited: Duration,
        /// What the last look found.
        last: String,
    },
    /// The server did not end in time.
    #[error("the server of instance `{name}` did not stop within {} s: {last}", waited.as_secs())]
    NotStopped {
        /// The instance.
        name: String,
        /// How long it was waited for.
        waited: Duration,
        /// What the last look found.
        last: String,
    },
    /// The server runs and does not serve, so that it is left alone.
    #[error("instance `{name}` is {state}: {why}")]
    Unwell {
        /// The instance.
        name: String,
        /// Its state.
        state: String,
        /// Why it is in it.
        why: String,
    },
    /// The instance is needed and does not run.
    #[error("instance `{name}` is {state}")]
    NotServing {
        /// The instance.
        name: String,
        /// Its state.
        state: String,
    },
    /// The server could not be reached or refused the connection.
    #[error("connecting to {target}: {why}")]
    Connection {
        /// Instance, database and port.
        target: String,
        /// The server's or the system's reason.
        why: String,
        /// What to do, where that is known.
        advice: Option<String>,
    },
    /// A server answers on the instance's port, and it is not the instance's.
    #[error("port {port} of instance `{name}` is answered by another server")]
    OtherServer {
        /// The instance.
        name: String,
        /// Its port.
        port: u16,
    },
    /// The Docker engine does not answer, so that nothing is known of its containers.
    #[error("Docker engine unreachable at {at}: {why}")]
    EngineUnreachable {
        /// Where it was looked for.
        at: String,
        /// Why it was not reached.
        why: String,
    },
    /// The Docker engine said no.
    #[error("the Docker engine refused {doing}: {said}")]
    EngineRefused {
        /// The act, such as `starting a container`.
        doing: String,
        /// The engine's words.
        said: String,
    },
    /// The image is not here and cannot be fetched, or cannot run here.
    #[error("image `{name}` cannot be used: {why}")]
    NoImage {
        /// The image.
        name: String,
        /// Why.
        why: String,
    },
    /// Somebody else's container has the name that ours should have.
    #[error("the container `{container}` is not that of instance `{name}`: its data is elsewhere")]
    ContainerTaken {
        /// The instance.
        name: String,
        /// The container.
        container: String,
    },
    /// SQL failed; the text is psql's, position included.
    #[error("{0}")]
    Sql(String),
    /// Stored content has a name that does not say which of them is meant.
    #[error("`{name}` is stored under several types: {kinds}")]
    SeveralKinds {
        /// The name.
        name: String,
        /// The types, comma-separated.
        kinds: String,
    },
    /// What is known of stored content cannot be understood.
    #[error("what is known of stored content in {file} cannot be used: {why}")]
    BrokenMeta {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A contract file cannot be understood.
    #[error("{place}: {why}")]
    BrokenContract {
        /// The file, with line and column where they are known.
        place: String,
        /// What is wrong there.
        why: String,
    },
    /// A file or folder cannot be stored as what it was given for.
    #[error("{path} cannot be added: {why}")]
    Unfit {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        why: String,
        /// What to do.
        advice: String,
    },
    /// The server refused what a command of ours wanted of it.
    #[error("{doing}: {why}")]
    Refused {
        /// The act, such as "creating database `shop`".
        doing: String,
        /// The server's reason, with its SQLSTATE.
        why: String,
        /// The server's hint.
        advice: Option<String>,
    },
    /// It exists, and not as it is wanted.
    #[error("{what} exists already with {differs}")]
    Exists {
        /// What it is, such as "database `shop`".
        what: String,
        /// What it has instead.
        differs: String,
    },
    /// Nobody knows a user's password.
    #[error("the password of user `{user}` of instance `{instance}` is not known here")]
    UnknownPassword {
        /// The user.
        user: String,
        /// The instance.
        instance: String,
    },
    /// What is asked to be removed is needed.
    #[error("{what} is not removed: {why}")]
    Needed {
        /// What it is, such as "database `postgres`".
        what: String,
        /// Who needs it.
        why: String,
        /// What to do instead.
        instead: String,
    },
    /// A destructive command was not confirmed.
    #[error("{what} needs to be confirmed")]
    Unconfirmed {
        /// What would be lost.
        what: String,
        /// Flags that confirm or soften it.
        flags: String,
    },
    /// Several instances were asked, and some failed; each has been reported.
    #[error("{failed} of {asked} instances failed")]
    Several {
        /// How many failed.
        failed: usize,
        /// How many were asked.
        asked: usize,
    },
    /// Output could not be written, or made.
    #[error("writing the output")]
    Output(#[source] io::Error),
}

impl Error {
    /// What the user can do about it.
    #[expect(clippy::too_many_lines, reason = "a table, with a line or two for each error")]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Io { source, .. } => io_hint(source),
            Self::Setting { name, .. } => Some(format!("correct or unset {name}")),
            Self::Usage(_) => Some("see `resource-postgres help`".to_owned()),
            Self::BackupExists { .. } => Some("--name gives it another name".to_owned()),
            Self::NoBackup { .. } => Some("`resource-postgres content list-backups` shows all".to_owned()),
            Self::BackupDamaged { .. } => {
                Some("nothing was touched; `content list-backups` shows those that were proved".to_owned())
            }
            Self::BackupUnfit { advice, .. } | Self::NotMigrated { advice, .. } => Some(advice.clone()),
            Self::NoTimer { command, minutes, .. } => {
                Some(format!("let something run this every {minutes} minutes: {command}"))
            }
            Self::LifecycleNotAllowed => {
                Some("--allow-lifecycle allows it; a resource that is installed is left alone all the same".to_owned())
            }
            Self::JudgingEnded { .. } | Self::Ended { .. } => None,
            Self::OutOfTime { .. } => {
                Some("nothing is lost: run the command again, and see `resource-postgres logs`".to_owned())
            }
            Self::NoInstance { name, known } if known.is_empty() && name == "main" => {
                Some("`resource-postgres manage install` creates it".to_owned())
            }
            Self::NoInstance { name, known } if known.is_empty() => {
                Some(format!("`resource-postgres content create-instance {name}` creates it"))
            }
            Self::NoInstance { known, .. } => Some(format!("there are: {known}")),
            Self::BrokenContract { why, .. } if why.contains("escape") => {
                Some("`--lenient` takes backslashes that escape nothing for themselves".to_owned())
            }
            Self::BrokenContract { .. } => Some("correct the file".to_owned()),
            Self::BrokenRecord { .. } => Some("correct the file, or restore it from a backup".to_owned()),
            Self::Taken { advice, .. } | Self::NotCloned { advice, .. } | Self::NotUpgraded { advice, .. } => {
                Some(advice.clone())
            }
            Self::InUse { .. } => Some("`--force` ends their sessions".to_owned()),
            Self::HalfRestored { name, again, .. } => Some(format!(
                "`resource-postgres content restore {again} --into {name}` makes it anew, `content remove --name {name} --force` removes it"
            )),
            Self::HalfUpgraded { name, source_name } => Some(format!(
                "the next `resource-postgres content upgrade {source_name}` makes it anew, `content remove --name {name} --force` removes it"
            )),
            Self::OutOfReach { advice, .. } | Self::NotArchived { advice, .. } => Some(advice.clone()),
            Self::HalfCloned { name, source_name } => Some(format!(
                "`resource-postgres content clone {source_name} {name}` makes it anew, `content remove --name {name} --force` removes it"
            )),
            Self::OtherParameters { .. } => {
                Some("choose another name, or leave the parameters out".to_owned())
            }
            Self::TooManyInstances { .. } => Some(
                "remove one with `content remove --name NAME --force`, or raise POSTGRES_MAX_INSTANCES"
                    .to_owned(),
            ),
            Self::NoTemplate { known, .. } => Some(format!("there are: {known}")),
            Self::Occupied { .. } => Some("choose another name or folder, or move it away".to_owned()),
            Self::NotOurs { .. } => Some("move it away, or choose another name".to_owned()),
            Self::DataMissing { name, .. } => Some(format!(
                "put the data back, or begin anew with `resource-postgres content remove --name {name} --force`"
            )),
            Self::DataUnusable { mend, .. } => Some(mend.clone()),
            Self::NoFreePort { .. } => Some(
                "widen POSTGRES_INSTANCE_PORT_RANGE_START/END, or end the programs that listen there"
                    .to_owned(),
            ),
            Self::PortOutOfRange { .. } => Some("choose a port in the range, or leave --port out".to_owned()),
            Self::PortLeased { .. } => Some("choose another, or leave --port out".to_owned()),
            Self::PortTaken { .. } => Some("end that program, or choose another port".to_owned()),
            Self::NoPrograms { install, .. } => Some(install.clone()),
            Self::Program { said, .. } if said.contains("No space left") => Some(FULL.to_owned()),
            Self::Program { .. } => None,
            Self::NoServerUser { user } => {
                Some(format!("`useradd --system {user}` makes it, or name another in POSTGRES_OS_USER"))
            }
            Self::NoPasswdEntry { uid } => {
                Some(format!("add uid {uid} to /etc/passwd, or run as another user"))
            }
            Self::BadConfiguration { .. } => {
                Some("correct the line; a running server goes on with its old configuration".to_owned())
            }
            Self::DiedAtStart { name, .. } => {
                Some(format!("the data is untouched; `resource-postgres logs {name}` tells more"))
            }
            Self::NotCreated { .. } => {
                Some("nothing of it is left behind: mend what is said, and create it again".to_owned())
            }
            Self::NotReady { name, .. } => {
                Some(format!("it may still come up: `resource-postgres status {name}`"))
            }
            Self::NotStopped { name, .. } => Some(format!(
                "`resource-postgres manage stop --instance {name} --force` ends it at once; committed data is safe"
            )),
            Self::Unwell { name, .. } => Some(format!(
                "its data is untouched; `resource-postgres logs {name}` tells more, `manage restart --instance {name} --force` ends all sessions"
            )),
            Self::OtherServer { name, .. } => {
                Some(format!("`resource-postgres status {name}` tells what became of its own server"))
            }
            Self::NotServing { name, .. } => {
                Some(format!("`resource-postgres start --instance {name}` starts it"))
            }
            Self::NoText(_) => Some(
                "`--options encoding=NAME` says what it is written in, where it is no UTF-8; `pg_restore` reads archives"
                    .to_owned(),
            ),
            Self::Unsupported(_) => {
                Some("`--options engine=psql` hands the script to psql, where there is one".to_owned())
            }
            Self::ConnectionLost { .. } => {
                Some("what was acknowledged is done; `resource-postgres status` tells how the server is".to_owned())
            }
            Self::SeveralKinds { .. } => Some("`--type TYPE` says which is meant".to_owned()),
            Self::BrokenMeta { .. } => Some(
                "the content itself is untouched: correct the file, or move it away to begin again with revision 1"
                    .to_owned(),
            ),
            Self::Unfit { advice, .. } => Some(advice.clone()),
            Self::Connection { advice, .. } | Self::Refused { advice, .. } => advice.clone(),
            Self::Exists { .. } => Some("choose another name, or leave the parameters out".to_owned()),
            Self::UnknownPassword { user, instance } => Some(format!(
                "`content create-user --instance {instance} --name {user} --password-file FILE` gives it a new one"
            )),
            Self::Needed { instead, .. } => Some(instead.clone()),
            Self::Unconfirmed { flags, .. } => Some(flags.clone()),
            Self::EngineUnreachable { why, .. } => Some(match why.contains("permission denied") {
                true => "become a member of the group `docker`, or correct the socket's permissions".to_owned(),
                false => "start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile".to_owned(),
            }),
            Self::NoImage { .. } => Some(
                "name another in POSTGRES_IMAGE, fetch it on a machine that can and load it here, or use POSTGRES_RUNTIME=native"
                    .to_owned(),
            ),
            Self::ContainerTaken { .. } => {
                Some("rename or remove that container, or set POSTGRES_CONTAINER_PREFIX".to_owned())
            }
            Self::EngineRefused { .. } | Self::Sql(_) | Self::Several { .. } | Self::Output(_) => None,
        }
    }

    /// The message with its causes, in one line.
    pub fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(err) = cause {
            line.push_str(": ");
            line.push_str(&err.to_string());
            cause = err.source();
        }
        line
    }
}

/// What to do about a full disk.
const FULL: &str = "free some disk space";

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds are the standard library's, which adds to them"
)]
fn io_hint(err: &io::Error) -> Option<String> {
    match err.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(FULL.to_owned()),
        io::ErrorKind::PermissionDenied => {
            Some("run as the user who created the instances, or correct the permissions".to_owned())
        }
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => Some(
            "a file and a folder are in each other's place: move it away, or choose another folder"
                .to_owned(),
        ),
        io::ErrorKind::ReadOnlyFilesystem => {
            Some("choose a writable folder with POSTGRES_INSTANCES_DIR".to_owned())
        }
        _ => None,
    }
}

/// Says what was being done, to which path, when an I/O operation failed.
pub trait IoContext<T> {
    /// Turns an I/O error into [`Error::Io`].
    fn doing(self, doing: &str, path: &Path) -> Result<T, Error>;
}

impl<T> IoContext<T> for Result<T, io::Error> {
    fn doing(self, doing: &str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Io { doing: doing.to_owned(), path: path.to_owned(), source })
    }
}

/// Whether an error says that a path, or a folder on the way to it, does not exist.
pub fn is_absent(err: &io::Error) -> bool {
    matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Success where a path that was to be deleted did not exist.
pub fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    absent_is_none(result).map(drop)
}

/// Nothing where a path did not exist.
pub fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(read) => Ok(Some(read)),
        Err(err) if is_absent(&err) => Ok(None),
        Err(err) => Err(err),
    }
}
