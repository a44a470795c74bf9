//! `Settings`: what the environment asks for, checked once.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::Error;
use crate::paint::Paint;
use crate::runtime::Runtime;
use crate::secret::Secret;

/// The resource's settings. The names are upstream's `POSTGRES_*` variables.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `POSTGRES_RUNTIME`: which engine new instances get.
    pub runtime: Runtime,
    /// `POSTGRES_INSTANCES_DIR`, where it is set.
    pub instances_dir: Option<PathBuf>,
    /// `POSTGRES_TEMPLATE_DIR`, where it is set.
    pub template_dir: Option<PathBuf>,
    /// `POSTGRES_BACKUP_DIR`, where it is set.
    pub backup_dir: Option<PathBuf>,
    /// `POSTGRES_WAL_DIR`, where it is set: where the WAL of instances is archived.
    pub wal_dir: Option<PathBuf>,
    /// `POSTGRES_CACHE_DIR`: where initialized data directories are kept for copying.
    pub cache_dir: Option<PathBuf>,
    /// `POSTGRES_BIN_DIR`: the only place to look for PostgreSQL programs, where it is set.
    pub bin_dir: Option<PathBuf>,
    /// `PATH`: the folders that programs are looked for in.
    pub path: Vec<PathBuf>,
    /// `POSTGRES_OS_USER`: who runs the server when we are root.
    pub os_user: String,
    /// `POSTGRES_IMAGE`: what new instances' containers are made from.
    pub image: String,
    /// `POSTGRES_CONTAINER_PREFIX`: how the names of containers begin.
    pub container_prefix: String,
    /// `POSTGRES_NETWORK`: the Docker network that all containers join.
    pub network: String,
    /// `POSTGRES_MEMORY_LIMIT`: the most memory that a new instance's container may use, in bytes.
    pub memory_bytes: Option<u64>,
    /// `POSTGRES_CPU_LIMIT`: the most processor time that it may use, in thousandths of one processor.
    pub cpu_millis: Option<u64>,
    /// `DOCKER_HOST`: where the Docker engine listens.
    pub docker_host: Option<String>,
    /// `XDG_RUNTIME_DIR`: where a user's own Docker engine listens.
    pub user_runtime_dir: Option<PathBuf>,
    /// `NO_COLOR` and `TERM`: whether the user's terminal is to show colors.
    pub paint: Paint,
    /// `POSTGRES_DEFAULT_PORT`: the port that `main` gets if it is free.
    pub default_port: u16,
    /// `POSTGRES_DEFAULT_USER`: the superuser of new instances.
    pub default_user: String,
    /// The database of new instances, and the one that clients are sent to.
    pub database: DatabaseChoice,
    /// `POSTGRES_MAINTENANCE_DB`: where administrative work connects to.
    pub maintenance_db: String,
    /// `POSTGRES_PASSWORD`: the password of instances created from here on; never used later.
    pub password: Option<Secret>,
    /// `POSTGRES_MAX_INSTANCES`.
    pub max_instances: usize,
    /// `POSTGRES_INSTANCE_PORT_RANGE_START` to `_END`.
    pub port_range: RangeInclusive<u16>,
}

/// The environment's say in which database is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseChoice {
    /// `POSTGRES_DEFAULT_DB`.
    pub default_db: Option<String>,
    /// `POSTGRES_DB`.
    pub db: Option<String>,
}

/// The database of an instance that names none.
pub const DATABASE: &str = "vrooli";

impl DatabaseChoice {
    /// `asked` (the flag) > `POSTGRES_DEFAULT_DB` if it is not `vrooli` > `POSTGRES_DB` > `recorded`.
    pub fn choose<'a>(&'a self, asked: Option<&'a str>, recorded: &'a str) -> &'a str {
        asked.or_else(|| self.of_environment()).unwrap_or(recorded)
    }

    /// The database that a new instance gets.
    pub fn for_creation(&self) -> &str {
        self.of_environment().unwrap_or(DATABASE)
    }

    fn of_environment(&self) -> Option<&str> {
        self.default_db.as_deref().filter(|it| *it != DATABASE).or(self.db.as_deref())
    }
}

impl Settings {
    /// Reads the settings through `get`, which answers a variable's value. Empty values count as unset.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let text = |name: &str, default: &str| get(name).unwrap_or_else(|| default.to_owned());
        let identifier = |name: &str, default: &str| checked(name, text(name, default));
        let word = |name: &str, default: &str| match text(name, default) {
            value if value.contains(|c: char| c.is_whitespace() || UNSAFE.contains(&c)) => {
                Err(setting(name, format!("`{}` holds a space, quote or `$`", value.escape_debug())))
            }
            value => Ok(value),
        };
        let optional = |name: &str| get(name).map(|value| checked(name, value)).transpose();
        let start = number(&get, "POSTGRES_INSTANCE_PORT_RANGE_START", 5433, 1024..=65535)?;
        let end = number(&get, "POSTGRES_INSTANCE_PORT_RANGE_END", 5499, 1024..=65535)?;
        if end < start {
            return Err(setting(
                "POSTGRES_INSTANCE_PORT_RANGE_END",
                format!("{end} is below the start, {start}"),
            ));
        }
        Ok(Self {
            runtime: runtime(&text("POSTGRES_RUNTIME", "auto"))?,
            instances_dir: folder(&get, "POSTGRES_INSTANCES_DIR")?,
            template_dir: folder(&get, "POSTGRES_TEMPLATE_DIR")?,
            backup_dir: folder(&get, "POSTGRES_BACKUP_DIR")?,
            wal_dir: folder(&get, "POSTGRES_WAL_DIR")?,
            cache_dir: folder(&get, "POSTGRES_CACHE_DIR")?,
            bin_dir: folder(&get, "POSTGRES_BIN_DIR")?,
            path: get("PATH").iter().flat_map(std::env::split_paths).collect(),
            os_user: text("POSTGRES_OS_USER", "postgres"),
            image: word("POSTGRES_IMAGE", "postgres:16-alpine")?,
            container_prefix: docker_name(
                "POSTGRES_CONTAINER_PREFIX",
                text("POSTGRES_CONTAINER_PREFIX", "vrooli-postgres"),
            )?,
            network: docker_name("POSTGRES_NETWORK", text("POSTGRES_NETWORK", "vrooli-network"))?,
            memory_bytes: get("POSTGRES_MEMORY_LIMIT").map(|it| memory(&it)).transpose()?,
            cpu_millis: get("POSTGRES_CPU_LIMIT").map(|it| processors(&it)).transpose()?,
            docker_host: get("DOCKER_HOST"),
            user_runtime_dir: get("XDG_RUNTIME_DIR").map(PathBuf::from),
            paint: match (get("NO_COLOR"), text("TERM", "dumb").as_str()) {
                (Some(_), _) | (None, "dumb") => Paint::Plain,
                (None, _) => Paint::Colors,
            },
            default_port: number(&get, "POSTGRES_DEFAULT_PORT", 5433, 1024..=65535)?,
            default_user: identifier("POSTGRES_DEFAULT_USER", "vrooli")?,
            database: DatabaseChoice {
                default_db: optional("POSTGRES_DEFAULT_DB")?,
                db: optional("POSTGRES_DB")?,
            },
            maintenance_db: identifier("POSTGRES_MAINTENANCE_DB", "postgres")?,
            password: get("POSTGRES_PASSWORD").map(|it| password("POSTGRES_PASSWORD", &it)).transpose()?,
            max_instances: number(&get, "POSTGRES_MAX_INSTANCES", 67, 1..=1000)?,
            port_range: start..=end,
        })
    }
}

/// Characters that an instance.conf cannot hold so that both `source` and `grep | cut` give them back.
pub const UNSAFE: &[char] = &['"', '$', '`', '\\', '\n', '\r', '\0'];

/// PostgreSQL cuts longer identifiers off without an error.
const IDENTIFIER_BYTES: usize = 63;

fn checked(name: &str, value: String) -> Result<String, Error> {
    if value.len() > IDENTIFIER_BYTES {
        return Err(setting(name, format!("`{value}` is longer than {IDENTIFIER_BYTES} bytes")));
    }
    if value.contains(UNSAFE) {
        return Err(setting(
            name,
            format!("`{}` holds a quote, `$`, `\\` or line break", value.escape_debug()),
        ));
    }
    Ok(value)
}

/// A password that an instance.conf can hold; `place` is named if it cannot.
pub fn password(place: &str, value: &str) -> Result<Secret, Error> {
    if value.is_empty() || value.contains(UNSAFE) {
        return Err(setting(
            place,
            "the password is empty, or holds a quote, `$`, `\\` or line break".to_owned(),
        ));
    }
    Ok(Secret::new(value))
}

fn folder(get: &impl Fn(&str) -> Option<String>, name: &str) -> Result<Option<PathBuf>, Error> {
    let Some(value) = get(name) else { return Ok(None) };
    std::path::absolute(&value).map(Some).map_err(|err| setting(name, format!("`{value}`: {err}")))
}

fn runtime(value: &str) -> Result<Runtime, Error> {
    match value {
        "auto" => Ok(Runtime::Auto),
        "docker" => Ok(Runtime::Docker),
        "native" => Ok(Runtime::Native),
        other => Err(setting("POSTGRES_RUNTIME", format!("`{other}` is not one of auto, docker, native"))),
    }
}

/// What Docker takes for a name.
fn docker_name(name: &str, value: String) -> Result<String, Error> {
    let begins = value.starts_with(|c: char| c.is_ascii_alphanumeric());
    match begins && value.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)) {
        true => Ok(value),
        false => Err(setting(
            name,
            format!("`{}` is not of letters, digits, `_`, `.` and `-`", value.escape_debug()),
        )),
    }
}

/// Docker refuses to run a container with less than 6 MB.
const LEAST_MEMORY_BYTES: u64 = 6 << 20;

/// Bytes, as Docker's own command line writes them: `512m`, `2g`.
fn memory(value: &str) -> Result<u64, Error> {
    let units = [("k", 10), ("m", 20), ("g", 30), ("b", 0)];
    let lower = value.to_lowercase();
    let of_unit = |(unit, shift): (&str, u32)| Some((lower.strip_suffix(unit)?, shift));
    let (digits, shift) = units.into_iter().find_map(of_unit).unwrap_or((&lower, 0));
    let bytes = digits.parse::<u64>().ok().and_then(|it| it.checked_mul(1 << shift));
    bytes.filter(|it| (LEAST_MEMORY_BYTES..=1 << 60).contains(it)).ok_or_else(|| {
        let why = format!("`{}` is not an amount of memory such as `512m` or `2g`", value.escape_debug());
        setting("POSTGRES_MEMORY_LIMIT", why)
    })
}

/// Processors, as Docker's own command line writes them: `1.5`.
fn processors(value: &str) -> Result<u64, Error> {
    let millis = value.parse::<f64>().ok().filter(|it| (0.01..=1024.0).contains(it));
    // In range by the line before.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 10 and 1024000"
    )]
    millis.map(|it| (it * 1000.0).round() as u64).ok_or_else(|| {
        let why = format!("`{}` is not a number of processors such as `1.5`", value.escape_debug());
        setting("POSTGRES_CPU_LIMIT", why)
    })
}

fn number<T: FromStr + PartialOrd + std::fmt::Display>(
    get: &impl Fn(&str) -> Option<String>,
    name: &str,
    default: T,
    range: RangeInclusive<T>,
) -> Result<T, Error> {
    let Some(value) = get(name) else { return Ok(default) };
    value.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        setting(name, format!("`{value}` is not a number from {} to {}", range.start(), range.end()))
    })
}

fn setting(name: &str, why: String) -> Error {
    Error::Setting { name: name.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, Error> {
        Settings::read(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_terminal_shows_colors_unless_it_cannot_or_its_user_does_not_want_them() {
        for (pairs, paint) in [
            ([("TERM", "xterm"), ("NO_COLOR", "")], Paint::Colors),
            ([("TERM", "xterm"), ("NO_COLOR", "1")], Paint::Plain),
            ([("TERM", "dumb"), ("NO_COLOR", "")], Paint::Plain),
            ([("TERM", ""), ("NO_COLOR", "")], Paint::Plain),
        ] {
            assert_eq!(read(&pairs).unwrap().paint, paint, "{pairs:?}");
        }
    }

    #[test]
    fn an_empty_environment_gives_upstreams_defaults() {
        let settings = read(&[("POSTGRES_IMAGE", "")]).unwrap();
        assert_eq!(settings.port_range, 5433..=5499);
        assert_eq!((settings.max_instances, settings.image.as_str()), (67, "postgres:16-alpine"));
        assert_eq!(settings.database.for_creation(), "vrooli");
    }

    #[test]
    fn a_value_out_of_range_is_refused_with_the_name_of_its_variable() {
        for (name, value) in [
            ("POSTGRES_INSTANCE_PORT_RANGE_START", "80"),
            ("POSTGRES_INSTANCE_PORT_RANGE_END", "5000"),
            ("POSTGRES_MAX_INSTANCES", "none"),
            ("POSTGRES_RUNTIME", "podman"),
            ("POSTGRES_CONTAINER_PREFIX", "-x"),
            ("POSTGRES_NETWORK", "a b"),
            ("POSTGRES_IMAGE", "a b"),
            ("POSTGRES_MEMORY_LIMIT", "5m"),
            ("POSTGRES_MEMORY_LIMIT", "much"),
            ("POSTGRES_CPU_LIMIT", "0"),
            ("POSTGRES_DEFAULT_DB", "a\"b"),
            ("POSTGRES_PASSWORD", "a$b"),
        ] {
            let err = read(&[(name, value)]).unwrap_err().to_string();
            assert!(err.contains(name), "{err}");
        }
    }

    #[test]
    fn limits_are_written_as_docker_writes_them() {
        let limits = |memory, cpus| {
            let settings = read(&[("POSTGRES_MEMORY_LIMIT", memory), ("POSTGRES_CPU_LIMIT", cpus)]).unwrap();
            (settings.memory_bytes, settings.cpu_millis)
        };
        assert_eq!(limits("512m", "1.5"), (Some(512 << 20), Some(1500)));
        assert_eq!(limits("2G", "2"), (Some(2 << 30), Some(2000)));
        assert_eq!(limits("", ""), (None, None));
    }

    #[test]
    fn the_message_about_a_bad_password_does_not_hold_it() {
        assert!(!read(&[("POSTGRES_PASSWORD", "hush$hush")]).unwrap_err().to_string().contains("hush"));
    }

    #[test]
    fn the_flag_wins_over_the_environment_and_that_over_the_record() {
        let choice = |default_db: Option<&str>, db: Option<&str>| DatabaseChoice {
            default_db: default_db.map(str::to_owned),
            db: db.map(str::to_owned),
        };
        assert_eq!(choice(Some("a"), Some("b")).choose(Some("flag"), "conf"), "flag");
        assert_eq!(choice(Some("a"), Some("b")).choose(None, "conf"), "a");
        assert_eq!(choice(Some("vrooli"), Some("b")).choose(None, "conf"), "b");
        assert_eq!(choice(Some("vrooli"), None).choose(None, "conf"), "conf");
        assert_eq!(choice(None, None).choose(None, "conf"), "conf");
    }
}
