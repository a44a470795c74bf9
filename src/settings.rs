//! `Settings`: what the environment asks for, checked once.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::Error;
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
    /// `POSTGRES_CACHE_DIR`: where initialized data directories are kept for copying.
    pub cache_dir: Option<PathBuf>,
    /// `POSTGRES_BIN_DIR`: the only place to look for PostgreSQL programs, where it is set.
    pub bin_dir: Option<PathBuf>,
    /// `PATH`: the folders that programs are looked for in.
    pub path: Vec<PathBuf>,
    /// `POSTGRES_OS_USER`: who runs the server when we are root.
    pub os_user: String,
    /// `POSTGRES_IMAGE`: reported by `status`.
    pub image: String,
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

/// Which engine is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// The best that is there.
    Auto,
    /// Server processes of this machine.
    Native,
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
            cache_dir: folder(&get, "POSTGRES_CACHE_DIR")?,
            bin_dir: folder(&get, "POSTGRES_BIN_DIR")?,
            path: get("PATH").iter().flat_map(std::env::split_paths).collect(),
            os_user: text("POSTGRES_OS_USER", "postgres"),
            image: text("POSTGRES_IMAGE", "postgres:16-alpine"),
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
        "native" => Ok(Runtime::Native),
        "docker" => Err(setting(
            "POSTGRES_RUNTIME",
            "this version has the native engine only; `auto` or `native` select it".to_owned(),
        )),
        other => Err(setting("POSTGRES_RUNTIME", format!("`{other}` is not one of auto, native"))),
    }
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
            ("POSTGRES_DEFAULT_DB", "a\"b"),
            ("POSTGRES_PASSWORD", "a$b"),
        ] {
            let err = read(&[(name, value)]).unwrap_err().to_string();
            assert!(err.contains(name), "{err}");
        }
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
