//! `Record`: what an `instance.conf` says of one instance: intent and address, never state.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::Error;
use crate::instances::conf::Conf;
use crate::instances::name::Name;
use crate::moment;
use crate::replay::Replay;
use crate::runtime::{Container, Kind};
use crate::secret::Secret;

/// One instance as it was asked for.
#[derive(Clone, Debug)]
pub struct Record {
    /// The instance's name, which is its folder's name.
    pub name: Name,
    /// The instance's folder.
    pub dir: PathBuf,
    /// TCP port on 127.0.0.1.
    pub port: u16,
    /// Who chose the port.
    pub port_source: PortSource,
    /// Superuser that the instance was created with.
    pub user: String,
    /// Database that clients are sent to.
    pub database: String,
    /// Password of `user`.
    pub password: Secret,
    /// Template that its postgresql.conf was written from.
    pub template: String,
    /// When it was created, RFC 3339; empty where an adopted record does not say.
    pub created: String,
    /// Major version of the server, where it is known.
    pub version: Option<u32>,
    /// What the user wants: running or stopped.
    pub desired: Desired,
    /// Whether creation has been proved by a query.
    pub creation: Creation,
    /// Which engine runs it; an adopted record does not say.
    pub engine: Option<Kind>,
    /// What its container is made from, where it has one.
    pub container: Container,
    /// The instance that it began as a copy of, if it did.
    pub clone_of: Option<String>,
    /// Where its server archives its WAL, if it does.
    pub archive: Option<PathBuf>,
    /// The WAL that it replays before it is an instance of its own.
    pub replay: Option<Replay>,
    conf: Conf,
}

/// Who chose an instance's port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortSource {
    /// The lease did: a port lost to a stranger is replaced by the next free one.
    Auto,
    /// The user did (or it was adopted): it is never changed.
    Explicit,
}

/// The state that the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desired {
    /// Started, and not stopped since.
    Running,
    /// Stopped on purpose.
    Stopped,
}

/// How far creation got. An unfinished instance was never handed to anybody, so it may be made anew; what an unproved
/// one holds may be somebody's already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It has answered a query with its own credentials.
    Finished,
    /// It is whole and has never been booted, as its user wished: its first start proves it.
    Unproved,
    /// It was interrupted: the next command makes it anew.
    Unfinished,
    /// It was to be a copy of another instance and was interrupted: an empty one in its place would be no copy.
    Cloning,
}

/// What an instance has to itself among all others.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its name.
    pub name: Name,
    /// Its folder.
    pub dir: PathBuf,
    /// Leased port.
    pub port: u16,
    /// Who chose it.
    pub port_source: PortSource,
}

/// What is needed to write a new record.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// What is claimed for the instance.
    pub claim: Claim,
    /// Superuser.
    pub user: String,
    /// Database.
    pub database: String,
    /// Password of the superuser.
    pub password: Secret,
    /// Template.
    pub template: String,
    /// Engine.
    pub engine: Kind,
    /// What its container is made from.
    pub container: Container,
}

impl Record {
    /// A record of an instance whose creation begins now.
    pub fn unfinished(new: NewRecord) -> Self {
        let mut conf = Conf::default();
        for key in ["port", "password", "template", "created", "user", "database", "networks", "engine"] {
            conf.set(key, "");
        }
        Self {
            name: new.claim.name,
            dir: new.claim.dir,
            port: new.claim.port,
            port_source: new.claim.port_source,
            user: new.user,
            database: new.database,
            password: new.password,
            template: new.template,
            created: moment::now(),
            version: None,
            desired: Desired::Stopped,
            creation: Creation::Unfinished,
            engine: Some(new.engine),
            container: new.container,
            clone_of: None,
            archive: None,
            replay: None,
            conf,
        }
    }

    /// A record of an instance that begins now as a copy: `of` says of what.
    pub fn cloning(new: NewRecord, of: String) -> Self {
        Self { creation: Creation::Cloning, clone_of: Some(of), ..Self::unfinished(new) }
    }

    /// Reads a record, upstream's two generations included: what they do not say gets upstream's defaults.
    pub fn parse(name: &Name, dir: &Path, text: &str) -> Result<Self, Error> {
        let conf = Conf::parse(text);
        let broken = |why: String| Error::BrokenRecord { name: name.to_string(), file: file_in(dir), why };
        let text = |key: &str, default: &str| {
            conf.get(key).filter(|it| !it.is_empty()).unwrap_or(default).to_owned()
        };
        let port = text("port", "");
        let unknown = |word: &str| broken(format!("engine `{word}` is not one of native, docker"));
        let engine = match text("engine", "").as_str() {
            "" => None,
            word => Some(Kind::named(word).ok_or_else(|| unknown(word))?),
        };
        Ok(Self {
            name: name.clone(),
            dir: dir.to_owned(),
            port: port.parse().map_err(|_| broken(format!("port `{port}` is not a port number")))?,
            port_source: keyword(
                &text("port_source", "explicit"),
                "auto",
                PortSource::Auto,
                PortSource::Explicit,
            ),
            user: text("user", "vrooli"),
            database: text("database", "vrooli"),
            password: conf
                .get("password")
                .map(Secret::new)
                .ok_or_else(|| broken("it holds no password".to_owned()))?,
            template: text("template", "development"),
            created: text("created", ""),
            version: conf.get("version").and_then(|it| u32::from_str(it).ok()),
            desired: keyword(&text("desired", "running"), "stopped", Desired::Stopped, Desired::Running),
            creation: match text("creation", "").as_str() {
                "unfinished" => Creation::Unfinished,
                "unproved" => Creation::Unproved,
                "cloning" => Creation::Cloning,
                _ => Creation::Finished,
            },
            engine,
            container: container(&conf),
            clone_of: conf.get("clone_of").filter(|it| !it.is_empty()).map(str::to_owned),
            archive: conf.get(ARCHIVE).filter(|it| !it.is_empty()).map(PathBuf::from),
            replay: replay(&conf),
            conf,
        })
    }

    /// Returns the value of a key as the file has it, or would have it if it were written now.
    pub fn value(&self, key: &str) -> Option<String> {
        Conf::parse(&self.render()).get(key).map(str::to_owned)
    }

    /// The file's text: our values in place, every line that we do not know kept.
    pub fn render(&self) -> String {
        let mut conf = self.conf.clone();
        conf.set("port", &self.port.to_string());
        conf.set("password", self.password.reveal());
        conf.set("template", &self.template);
        if !self.created.is_empty() {
            conf.set("created", &self.created);
        }
        conf.set("user", &self.user);
        conf.set("database", &self.database);
        if let Some(engine) = self.engine {
            conf.set("engine", engine.word());
        }
        if self.engine == Some(Kind::Docker) {
            set_container(&mut conf, &self.container);
        }
        if let Some(version) = self.version {
            conf.set("version", &version.to_string());
        }
        conf.set(
            "desired",
            match self.desired {
                Desired::Running => "running",
                Desired::Stopped => "stopped",
            },
        );
        match self.port_source {
            PortSource::Auto => conf.set("port_source", "auto"),
            PortSource::Explicit => conf.set("port_source", "explicit"),
        }
        match &self.clone_of {
            Some(source) => conf.set("clone_of", source),
            None => conf.unset("clone_of"),
        }
        match &self.archive {
            Some(archive) => conf.set(ARCHIVE, &archive.display().to_string()),
            None => conf.unset(ARCHIVE),
        }
        set_replay(&mut conf, self.replay.as_ref());
        match self.creation {
            Creation::Unfinished => conf.set("creation", "unfinished"),
            Creation::Unproved => conf.set("creation", "unproved"),
            Creation::Cloning => conf.set("creation", "cloning"),
            Creation::Finished => conf.unset("creation"),
        }
        conf.render()
    }
}

/// Key of the folder in which the server's WAL is archived.
const ARCHIVE: &str = "wal_archive";
/// Keys of the WAL that is replayed, and of where that ends.
const REPLAY: [&str; 2] = ["replay_archive", "replay_until"];

fn replay(conf: &Conf) -> Option<Replay> {
    let [archive, until] = REPLAY.map(|key| conf.get(key));
    Some(Replay { archive: archive?.into(), until: until?.parse().ok()? })
}

fn set_replay(conf: &mut Conf, replay: Option<&Replay>) {
    let [archive, until] = REPLAY;
    match replay {
        Some(it) => {
            conf.set(archive, &it.archive.display().to_string());
            conf.set(until, &it.until.to_string());
        }
        None => REPLAY.into_iter().for_each(|key| conf.unset(key)),
    }
}

fn container(conf: &Conf) -> Container {
    let text = |key: &str| conf.get(key).unwrap_or_default().to_owned();
    let number = |key: &str| conf.get(key).and_then(|it| it.parse().ok());
    Container {
        image: text("image"),
        digest: text("digest"),
        networks: networks(&text("networks")),
        memory_bytes: number("memory_bytes"),
        cpu_millis: number("cpu_millis"),
    }
}

fn set_container(conf: &mut Conf, container: &Container) {
    // An adopted instance has the image that its container was made from, which nobody told us.
    for (key, value) in [("image", &container.image), ("digest", &container.digest)] {
        if !value.is_empty() {
            conf.set(key, value);
        }
    }
    conf.set("networks", &container.networks.join(","));
    for (key, limit) in [("memory_bytes", container.memory_bytes), ("cpu_millis", container.cpu_millis)] {
        match limit {
            Some(limit) => conf.set(key, &limit.to_string()),
            None => conf.unset(key),
        }
    }
}

/// Names of networks, which upstream separates by commas, or by spaces.
pub fn networks(text: &str) -> Vec<String> {
    text.split([',', ' ', '\t']).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// Where an instance's record lies in its folder.
pub fn file_in(dir: &Path) -> PathBuf {
    dir.join("config").join("instance.conf")
}

fn keyword<T>(value: &str, word: &str, when: T, otherwise: T) -> T {
    if value == word { when } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Record, Error> {
        Record::parse(&Name::main(), Path::new("/instances/main"), text)
    }

    #[test]
    fn a_new_record_is_read_back_as_it_was_written() {
        let new = Record::unfinished(NewRecord {
            claim: Claim {
                name: Name::main(),
                dir: "/instances/main".into(),
                port: 5435,
                port_source: PortSource::Auto,
            },
            user: "vrooli".to_owned(),
            database: "shop".to_owned(),
            password: Secret::new("abc"),
            template: "testing".to_owned(),
            engine: Kind::Docker,
            container: Container {
                image: "postgres:16-alpine".to_owned(),
                digest: "postgres@sha256:12".to_owned(),
                networks: vec!["shop".to_owned(), "web".to_owned()],
                memory_bytes: Some(1 << 30),
                cpu_millis: None,
            },
        });
        let back = parse(&new.render()).unwrap();
        assert_eq!((back.port, back.port_source), (5435, PortSource::Auto));
        assert_eq!((back.database.as_str(), back.template.as_str()), ("shop", "testing"));
        assert_eq!((back.desired, back.creation), (Desired::Stopped, Creation::Unfinished));
        assert_eq!((back.engine, &back.container), (Some(Kind::Docker), &new.container));
        assert_eq!(back.render(), new.render());
    }

    #[test]
    fn an_adopted_record_is_finished_wanted_and_keeps_its_port() {
        let record =
            parse("INSTANCE_PORT=\"5437\"\nINSTANCE_PASSWORD=\"x\"\ndatabase=\"vrooli_client\"\n").unwrap();
        assert_eq!((record.port, record.port_source), (5437, PortSource::Explicit));
        assert_eq!((record.user.as_str(), record.database.as_str()), ("vrooli", "vrooli_client"));
        assert_eq!((record.desired, record.creation), (Desired::Running, Creation::Finished));
        assert_eq!(record.engine, None, "which engine runs it is found out");
    }

    #[test]
    fn a_record_without_port_or_password_is_refused_with_its_file() {
        for (text, why) in [("password=\"x\"", "port `` is not"), ("port=\"5433\"", "no password")] {
            let err = parse(text).unwrap_err().to_string();
            assert!(err.contains("instance.conf") && err.contains(why), "{err}");
        }
    }
}
