//! `Ctx`: all that a command needs to know of its surroundings. Only this module reads the environment.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::backups::folder::Backups;
use crate::backups::name::WAL;
use crate::engine::Site;
use crate::engine::docker::Docker;
use crate::engine::docker::client::Client;
use crate::engine::engines::Engines;
use crate::engine::native::Native;
use crate::engine::native::programs::Search;
use crate::engine::user::{ServerUser, is_root};
use crate::error::{Error, IoContext, absent_is_none};
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::instances::store::Store;
use crate::instances::templates::Templates;
use crate::output::Out;
use crate::paint::Paint;
use crate::rules::limits::question_limit;
use crate::runtime::Container;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::timers::{Scope, Timers};
use crate::wait::Waiting;

/// Where root keeps instances that the server's user could not reach in the resource's folder.
const ROOT_INSTANCES: &str = "/var/lib/vrooli/postgres/instances";

/// Where root keeps archived WAL for servers that could not reach the folder of backups.
const ROOT_WAL: &str = "/var/lib/vrooli/postgres/wal";

/// What [`Ctx::lasting`] keeps beside folders that are always known.
const LASTING: [&str; 24] = [
    "HOME",
    "PATH",
    "XDG_RUNTIME_DIR",
    "DOCKER_HOST",
    "POSTGRES_RESOURCE_BIN",
    "POSTGRES_RUNTIME",
    "POSTGRES_TEMPLATE_DIR",
    "POSTGRES_WAL_DIR",
    "POSTGRES_CACHE_DIR",
    "POSTGRES_BIN_DIR",
    "POSTGRES_OS_USER",
    "POSTGRES_IMAGE",
    "POSTGRES_CONTAINER_PREFIX",
    "POSTGRES_NETWORK",
    "POSTGRES_MEMORY_LIMIT",
    "POSTGRES_CPU_LIMIT",
    "POSTGRES_DEFAULT_PORT",
    "POSTGRES_DEFAULT_USER",
    "POSTGRES_DEFAULT_DB",
    "POSTGRES_DB",
    "POSTGRES_MAINTENANCE_DB",
    "POSTGRES_MAX_INSTANCES",
    "POSTGRES_INSTANCE_PORT_RANGE_START",
    "POSTGRES_INSTANCE_PORT_RANGE_END",
];

/// A command's surroundings.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// What the environment asks for.
    pub settings: Arc<Settings>,
    /// The resource's folder (`cli.sh contract/ test/ ...`), where there is one beside the binary.
    pub resource_dir: Option<PathBuf>,
    /// The instances.
    pub store: Store,
    /// Their backups.
    pub backups: Backups,
    /// Who runs their servers.
    pub engine: Engines,
    /// What their configuration begins as.
    pub templates: Templates,
    /// The program's streams.
    pub out: Out,
    /// What is waited for just now.
    pub waiting: Waiting,
    /// The command that runs, such as `manage start`.
    pub command: String,
    /// Set where the instances are not in the folder that the user would look in first.
    pub moved: Option<String>,
    /// The user's home, which `~` stands for in scripts.
    pub home: Option<PathBuf>,
    secrets: Vec<PathBuf>,
    #[cfg(debug_assertions)]
    kill_at: Option<String>,
    #[cfg(debug_assertions)]
    limit: Option<Duration>,
}

impl Ctx {
    /// Reads the environment.
    pub fn new(command: String, out: Out) -> Self {
        let settings = Settings::read(|name| env::var(name).ok());
        let resource_dir = resource_dir();
        let (root, moved) = instances_dir(&settings, resource_dir.as_deref());
        let engine = engines(&command, &settings, &root);
        let beside = resource_dir.as_ref().map(|dir| dir.join("config/templates")).filter(|dir| dir.is_dir());
        Self {
            templates: Templates { dir: settings.template_dir.clone().or(beside) },
            store: Store::new(root),
            backups: Backups::new(settings.backup_dir.clone().unwrap_or_else(backup_dir)),
            engine,
            resource_dir,
            out,
            waiting: Waiting::default(),
            command,
            moved,
            home: env::var_os("HOME").map(PathBuf::from).filter(|it| !it.as_os_str().is_empty()),
            secrets: ["VROOLI_ROOT", "HOME"]
                .iter()
                .filter_map(|name| Some(PathBuf::from(env::var_os(name)?).join(".vrooli/secrets.json")))
                .collect(),
            settings: Arc::new(settings),
            #[cfg(debug_assertions)]
            kill_at: env::var("RESOURCE_POSTGRES_KILL_AT").ok(),
            #[cfg(debug_assertions)]
            limit: env::var("RESOURCE_POSTGRES_LIMIT_SECONDS")
                .ok()
                .and_then(|it| it.parse().ok())
                .map(Duration::from_secs),
        }
    }

    /// Where an instance lives, as the engine needs to know it.
    pub fn site(&self, record: &Record) -> Site {
        Site {
            name: record.name.to_string(),
            dir: record.dir.clone(),
            port: record.port,
            user: record.user.clone(),
            database: record.database.clone(),
            kind: record.engine,
            container: match record.container.image.is_empty() {
                true => Container { image: self.image(), ..record.container.clone() },
                false => record.container.clone(),
            },
            archive: record.archive.clone(),
            replay: record.replay.clone(),
        }
    }

    /// Where an instance lives, or did, whose record cannot be read, or is not written yet.
    pub fn site_of(&self, name: &Name) -> Site {
        let container = Container { image: self.image(), ..Container::default() };
        Site::at(name.as_str(), self.store.dir(name), container)
    }

    /// Returns the image of an instance whose record names none; empty, so that no container can be made from it, if
    /// `POSTGRES_IMAGE` cannot be used.
    fn image(&self) -> String {
        match self.settings.image.get() {
            Ok(image) => image.clone(),
            Err(_) => String::new(),
        }
    }

    /// What the container of a new instance is to be made from.
    pub fn new_container(&self, template: &str) -> Result<Container, Error> {
        Ok(Container {
            image: self.settings.image.get()?.clone(),
            digest: String::new(),
            networks: self.templates.networks(template)?,
            memory_bytes: *self.settings.memory_bytes.get()?,
            cpu_millis: *self.settings.cpu_millis.get()?,
        })
    }

    /// Where the WAL of an instance is archived: beside its backups, unless its server could not get there.
    pub fn wal_dir(&self, instance: &str, reaches: impl Fn(&Path) -> bool) -> PathBuf {
        let beside = self.backups.dir(instance).join(WAL);
        match &self.settings.wal_dir {
            Some(dir) => dir.join(instance),
            None if reaches(&beside) => beside,
            None => Path::new(ROOT_WAL).join(instance),
        }
    }

    /// The password that a new instance gets: the environment's, the secrets file's, or a new one.
    pub fn new_password(&self) -> Result<Secret, Error> {
        if let Some(password) = self.settings.password.get()? {
            return Ok(password.clone());
        }
        for file in &self.secrets {
            if let Some(password) = password_in(file)? {
                return Ok(password);
            }
        }
        Ok(Secret::random())
    }

    /// Who runs commands again and again on this machine.
    pub fn timers(&self) -> Timers {
        let home = self.home.clone().unwrap_or_default();
        let config = env::var_os("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
        let (scope, units) = match is_root() {
            true => (Scope::System, PathBuf::from("/etc/systemd/system")),
            false => (Scope::User, config.join("systemd/user")),
        };
        Timers { path: self.settings.path.clone(), scope, units }
    }

    /// What a run of this program needs in its environment to mean what this one means. Passwords are not among it: they are
    /// for creations only.
    pub fn lasting(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("POSTGRES_BACKUP_DIR", self.backups.root().display().to_string()),
            ("POSTGRES_INSTANCES_DIR", self.store.root().display().to_string()),
        ];
        all.extend(LASTING.iter().filter_map(|name| {
            let value = env::var(name).ok().filter(|it| !it.is_empty())?;
            // What is run later is run elsewhere.
            let value = match name.ends_with("_DIR") || name.ends_with("_BIN") {
                true => std::path::absolute(&value).ok()?.display().to_string(),
                false => value,
            };
            Some((*name, value))
        }));
        all
    }

    /// A variable that the user names.
    pub fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok()
    }

    /// This program.
    pub fn program(&self) -> Result<PathBuf, Error> {
        env::current_exe().doing("finding", Path::new("this program"))
    }

    /// Whether what is written to stdout gets colors.
    pub fn paint(&self) -> Paint {
        if self.out.is_for_people() { self.settings.paint } else { Paint::Plain }
    }

    /// The command's time limit, which a test can have shorter. Release builds know the contract's only.
    pub fn limit(&self, contract: Duration) -> Duration {
        #[cfg(debug_assertions)]
        let contract = self.limit.unwrap_or(contract);
        contract
    }

    /// A named point of a command at which a test can have it killed. Release builds have no such points.
    pub fn step(&self, _name: &str) {
        #[cfg(debug_assertions)]
        if self.kill_at.as_deref() == Some(_name) {
            let me = rustix::process::getpid();
            let _ = rustix::process::kill_process(me, rustix::process::Signal::KILL);
        }
    }
}

fn engines(command: &str, settings: &Settings, root: &Path) -> Engines {
    let runtime_dir = settings.user_runtime_dir.as_deref();
    let cache = settings.cache_dir.clone().unwrap_or_else(|| root.join(".cache"));
    Engines {
        native: Native {
            search: Search { only: settings.bin_dir.clone(), path: settings.path.clone() },
            os_user: settings.os_user.clone(),
            cache: cache.clone(),
            clients: None,
        },
        docker: Docker {
            client: Client::new(settings.docker_host.clone(), runtime_dir, question_limit(command)),
            prefix: settings.container_prefix.clone(),
            network: settings.network.clone(),
            cache,
        },
        runtime: settings.runtime.clone(),
    }
}

/// `POSTGRES_RESOURCE_DIR` (cli.sh sets it), or the nearest folder above the binary that looks like the resource.
fn resource_dir() -> Option<PathBuf> {
    let is_resource =
        |dir: &Path| dir.join("cli.sh").is_file() && dir.join("contract/universal.yaml").is_file();
    if let Some(dir) = env::var_os("POSTGRES_RESOURCE_DIR") {
        return Some(PathBuf::from(dir)).filter(|dir| is_resource(dir));
    }
    let binary = env::current_exe().ok()?.canonicalize().ok()?;
    binary.ancestors().find(|dir| is_resource(dir)).map(Path::to_owned)
}

fn instances_dir(settings: &Settings, resource_dir: Option<&Path>) -> (PathBuf, Option<String>) {
    if let Some(dir) = &settings.instances_dir {
        return (dir.clone(), None);
    }
    let data_home = || {
        let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        env::var_os("XDG_DATA_HOME")
            .map_or_else(|| home.join(".local/share"), PathBuf::from)
            .join("resource-postgres")
    };
    let wished = resource_dir.map_or_else(data_home, Path::to_owned).join("instances");
    // Without a server user yet, root's choice must not depend on whether one exists later.
    let reached = match ServerUser::find(&settings.os_user) {
        Ok(user) => !user.foreign || user.reaches(&wished),
        Err(_) => !is_root() || ServerUser::anybody().reaches(&wished),
    };
    if reached {
        return (wished, None);
    }
    let why = format!(
        "instances are kept in {ROOT_INSTANCES}, since user `{}` cannot reach {}",
        settings.os_user,
        wished.display()
    );
    (PathBuf::from(ROOT_INSTANCES), Some(why))
}

/// Where backups are kept unless the user says otherwise: not beside the instances, which may be deleted as a whole.
fn backup_dir() -> PathBuf {
    let root = ["VROOLI_ROOT", "HOME"].iter().find_map(|name| env::var_os(name).filter(|it| !it.is_empty()));
    root.map(PathBuf::from).unwrap_or_default().join(".vrooli/backups/postgres")
}

fn password_in(file: &Path) -> Result<Option<Secret>, Error> {
    let Some(text) = absent_is_none(fs::read_to_string(file)).doing("reading", file)? else {
        return Ok(None);
    };
    let secrets: serde_json::Value = serde_json::from_str(&text)
        .map_err(|err| Error::Setting { name: file.display().to_string(), why: err.to_string() })?;
    let Some(password) = secrets.get("POSTGRES_PASSWORD").and_then(|it| it.as_str()) else { return Ok(None) };
    let password = crate::settings::password(&file.display().to_string(), password);
    password.map(Some).map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_setting_lasts_but_a_password() {
        let read = RefCell::new(BTreeSet::new());
        let note = |name: &str| {
            read.borrow_mut().insert(name.to_owned());
            None
        };
        let _ = Settings::read(note);
        let mut read = read.into_inner();
        for name in LASTING {
            read.remove(name);
        }
        let others = [
            "NO_COLOR",
            "POSTGRES_BACKUP_DIR",
            "POSTGRES_INSTANCES_DIR",
            "POSTGRES_PASSWORD",
            "POSTGRES_SKIP_EXIT_CODE",
            "TERM",
        ];
        assert_eq!(read.into_iter().collect::<Vec<_>>(), others);
    }
}
