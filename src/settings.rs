//! `Settings`: the environment's variables, read once. A wrong value fails the commands that need it, and no others.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::Error;
use crate::paint::Paint;
use crate::runtime::Runtime;
use crate::secret::Secret;

/// A value from the environment that is judged when a command needs it: a variable that another tool sets for itself, or sets
/// wrongly, fails that command only.
#[derive(Clone, Debug)]
pub struct EnvSetting<T> {
    value: T,
    fault: Option<SettingFault>,
}

/// What is wrong with a variable.
#[derive(Clone, Debug)]
pub struct SettingFault {
    name: String,
    why: String,
}

impl<T> EnvSetting<T> {
    /// Returns the value; an error if the variable's own cannot be used.
    pub fn get(&self) -> Result<&T, Error> {
        match &self.fault {
            Some(fault) => Err(fault.clone().into()),
            None => Ok(&self.value),
        }
    }

    /// Returns the value, or the default if the variable's own cannot be used. For reports, which must not fail over it.
    pub fn or_default(&self) -> &T {
        &self.value
    }

    fn read(read: Result<T, SettingFault>, default: impl FnOnce() -> T) -> Self {
        match read {
            Ok(value) => Self { value, fault: None },
            Err(fault) => Self { value: default(), fault: Some(fault) },
        }
    }
}

impl From<SettingFault> for Error {
    fn from(fault: SettingFault) -> Self {
        Self::Setting { name: fault.name, why: fault.why }
    }
}

/// The resource's settings. The names are upstream's `POSTGRES_*` variables.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `POSTGRES_RUNTIME`: which engine new instances get.
    pub runtime: EnvSetting<Runtime>,
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
    pub image: EnvSetting<String>,
    /// `POSTGRES_CONTAINER_PREFIX`: how the names of containers begin.
    pub container_prefix: EnvSetting<String>,
    /// `POSTGRES_NETWORK`: the Docker network that all containers join.
    pub network: EnvSetting<String>,
    /// `POSTGRES_MEMORY_LIMIT`: the most memory that a new instance's container may use, in bytes.
    pub memory_bytes: EnvSetting<Option<u64>>,
    /// `POSTGRES_CPU_LIMIT`: the most processor time that it may use, in thousandths of one processor.
    pub cpu_millis: EnvSetting<Option<u64>>,
    /// `DOCKER_HOST`: where the Docker engine listens.
    pub docker_host: Option<String>,
    /// `XDG_RUNTIME_DIR`: where a user's own Docker engine listens.
    pub user_runtime_dir: Option<PathBuf>,
    /// `NO_COLOR` and `TERM`: whether the user's terminal is to show colors.
    pub paint: Paint,
    /// `POSTGRES_DEFAULT_PORT`: the port that `main` gets if it is free.
    pub default_port: EnvSetting<u16>,
    /// `POSTGRES_DEFAULT_USER`: the superuser of new instances.
    pub default_user: EnvSetting<String>,
    /// The database of new instances, and the one that clients are sent to.
    pub database: DatabaseChoice,
    /// `POSTGRES_MAINTENANCE_DB`: where administrative work connects to.
    pub maintenance_db: EnvSetting<String>,
    /// `POSTGRES_PASSWORD`: the password of instances created from here on; never used later.
    pub password: EnvSetting<Option<Secret>>,
    /// `POSTGRES_MAX_INSTANCES`.
    pub max_instances: EnvSetting<usize>,
    /// `POSTGRES_INSTANCE_PORT_RANGE_START` to `_END`.
    pub port_range: EnvSetting<RangeInclusive<u16>>,
    /// `POSTGRES_SKIP_EXIT_CODE`: the exit code of the commands that find nothing to do, where callers may choose it.
    pub skip_exit_code: EnvSetting<u8>,
}

/// The environment's say in which database is meant.
#[derive(Clone, Debug)]
pub struct DatabaseChoice {
    /// `POSTGRES_DEFAULT_DB`.
    pub default_db: EnvSetting<Option<String>>,
    /// `POSTGRES_DB`.
    pub db: EnvSetting<Option<String>>,
}

/// The database of an instance that names none.
pub const DATABASE: &str = "vrooli";

impl DatabaseChoice {
    /// Returns `asked` (the flag) > `POSTGRES_DEFAULT_DB` if it is not `vrooli` > `POSTGRES_DB` > `recorded`.
    pub fn choose<'a>(&'a self, asked: Option<&'a str>, recorded: &'a str) -> Result<&'a str, Error> {
        match asked {
            Some(asked) => Ok(asked),
            None => Ok(self.of_environment()?.unwrap_or(recorded)),
        }
    }

    /// Returns the database that a report shows: `recorded` if a variable cannot be used.
    pub fn shown<'a>(&'a self, recorded: &'a str) -> &'a str {
        self.choose(None, recorded).unwrap_or(recorded)
    }

    /// Returns the database that a new instance gets.
    pub fn for_creation(&self) -> Result<&str, Error> {
        Ok(self.of_environment()?.unwrap_or(DATABASE))
    }

    /// Returns the database that the environment names, if it names one.
    pub fn of_environment(&self) -> Result<Option<&str>, Error> {
        match self.default_db.get()?.as_deref().filter(|it| *it != DATABASE) {
            Some(named) => Ok(Some(named)),
            None => Ok(self.db.get()?.as_deref()),
        }
    }
}

impl Settings {
    /// Reads the settings through `get`, which returns a variable's value. Empty values count as unset.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let text = |name: &str, default: &str| get(name).unwrap_or_else(|| default.to_owned());
        let judged = |name: &str, default: &str, judge: fn(&str, String) -> Result<String, SettingFault>| {
            EnvSetting::read(judge(name, text(name, default)), || default.to_owned())
        };
        let optional = |name: &str| {
            EnvSetting::read(get(name).map(|value| identifier(name, value)).transpose(), || None)
        };
        Self {
            runtime: EnvSetting::read(runtime(&text("POSTGRES_RUNTIME", "auto")), || Runtime::Auto),
            instances_dir: folder(&get, "POSTGRES_INSTANCES_DIR"),
            template_dir: folder(&get, "POSTGRES_TEMPLATE_DIR"),
            backup_dir: folder(&get, "POSTGRES_BACKUP_DIR"),
            wal_dir: folder(&get, "POSTGRES_WAL_DIR"),
            cache_dir: folder(&get, "POSTGRES_CACHE_DIR"),
            bin_dir: folder(&get, "POSTGRES_BIN_DIR"),
            path: get("PATH").iter().flat_map(std::env::split_paths).collect(),
            os_user: text("POSTGRES_OS_USER", "postgres"),
            image: judged("POSTGRES_IMAGE", "postgres:16-alpine", word),
            container_prefix: judged("POSTGRES_CONTAINER_PREFIX", "vrooli-postgres", docker_name),
            network: judged("POSTGRES_NETWORK", "vrooli-network", docker_name),
            memory_bytes: EnvSetting::read(
                get("POSTGRES_MEMORY_LIMIT").map(|it| memory(&it)).transpose(),
                || None,
            ),
            cpu_millis: EnvSetting::read(
                get("POSTGRES_CPU_LIMIT").map(|it| processors(&it)).transpose(),
                || None,
            ),
            docker_host: get("DOCKER_HOST"),
            user_runtime_dir: get("XDG_RUNTIME_DIR").map(PathBuf::from),
            paint: match (get("NO_COLOR"), text("TERM", "dumb").as_str()) {
                (Some(_), _) | (None, "dumb") => Paint::Plain,
                (None, _) => Paint::Colors,
            },
            default_port: number(&get, "POSTGRES_DEFAULT_PORT", 5433, 1024..=65535),
            default_user: judged("POSTGRES_DEFAULT_USER", "vrooli", identifier),
            database: DatabaseChoice {
                default_db: optional("POSTGRES_DEFAULT_DB"),
                db: optional("POSTGRES_DB"),
            },
            maintenance_db: judged("POSTGRES_MAINTENANCE_DB", "postgres", identifier),
            password: EnvSetting::read(
                get("POSTGRES_PASSWORD").map(|it| password("POSTGRES_PASSWORD", &it)).transpose(),
                || None,
            ),
            max_instances: number(&get, "POSTGRES_MAX_INSTANCES", 67, 1..=1000),
            port_range: EnvSetting::read(port_range(&get), || PORT_RANGE),
            skip_exit_code: EnvSetting::read(skip_exit_code(&text("POSTGRES_SKIP_EXIT_CODE", "2")), || 2),
        }
    }

    /// Returns the first variable that cannot be used, with what is wrong with it.
    pub fn fault(&self) -> Option<Error> {
        let faults = [
            &self.runtime.fault,
            &self.image.fault,
            &self.container_prefix.fault,
            &self.network.fault,
            &self.memory_bytes.fault,
            &self.cpu_millis.fault,
            &self.default_port.fault,
            &self.default_user.fault,
            &self.database.default_db.fault,
            &self.database.db.fault,
            &self.maintenance_db.fault,
            &self.password.fault,
            &self.max_instances.fault,
            &self.port_range.fault,
            &self.skip_exit_code.fault,
        ];
        faults.into_iter().flatten().next().cloned().map(Error::from)
    }
}

/// Characters that an instance.conf cannot hold so that both `source` and `grep | cut` give them back.
pub const UNSAFE: &[char] = &['"', '$', '`', '\\', '\n', '\r', '\0'];

/// PostgreSQL cuts longer identifiers off without an error.
const IDENTIFIER_BYTES: usize = 63;

/// Ports of instances, unless the environment has others.
const PORT_RANGE: RangeInclusive<u16> = 5433..=5499;

fn identifier(name: &str, value: String) -> Result<String, SettingFault> {
    if value.len() > IDENTIFIER_BYTES {
        return Err(fault(
            name,
            format!("`{}` is longer than {IDENTIFIER_BYTES} bytes", value.escape_debug()),
        ));
    }
    if value.contains(UNSAFE) {
        return Err(fault(
            name,
            format!("`{}` holds a quote, `$`, `\\` or line break", value.escape_debug()),
        ));
    }
    Ok(value)
}

fn word(name: &str, value: String) -> Result<String, SettingFault> {
    match value.contains(|c: char| c.is_whitespace() || UNSAFE.contains(&c)) {
        true => Err(fault(name, format!("`{}` holds a space, quote or `$`", value.escape_debug()))),
        false => Ok(value),
    }
}

/// Returns a password that an instance.conf can hold; `place` is named if it cannot.
pub fn password(place: &str, value: &str) -> Result<Secret, SettingFault> {
    if value.is_empty() || value.contains(UNSAFE) {
        return Err(fault(
            place,
            "the password is empty, or holds a quote, `$`, `\\` or line break".to_owned(),
        ));
    }
    Ok(Secret::new(value))
}

/// A relative path is meant from here; where there is no current folder any more, it leads nowhere.
fn folder(get: &impl Fn(&str) -> Option<String>, name: &str) -> Option<PathBuf> {
    get(name).map(PathBuf::from).map(|it| std::path::absolute(&it).unwrap_or(it))
}

fn runtime(value: &str) -> Result<Runtime, SettingFault> {
    match value {
        "auto" => Ok(Runtime::Auto),
        "docker" => Ok(Runtime::Docker),
        "native" => Ok(Runtime::Native),
        other => Err(fault("POSTGRES_RUNTIME", format!("`{other}` is not one of auto, docker, native"))),
    }
}

fn skip_exit_code(value: &str) -> Result<u8, SettingFault> {
    match value {
        "0" => Ok(0),
        "2" => Ok(2),
        other => {
            Err(fault("POSTGRES_SKIP_EXIT_CODE", format!("`{}` is not one of 0, 2", other.escape_debug())))
        }
    }
}

/// What Docker takes for a name.
fn docker_name(name: &str, value: String) -> Result<String, SettingFault> {
    let begins = value.starts_with(|c: char| c.is_ascii_alphanumeric());
    match begins && value.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)) {
        true => Ok(value),
        false => Err(fault(
            name,
            format!("`{}` is not of letters, digits, `_`, `.` and `-`", value.escape_debug()),
        )),
    }
}

/// Docker refuses to run a container with less than 6 MB.
const LEAST_MEMORY_BYTES: u64 = 6 << 20;

/// Bytes, as Docker's own command line writes them: `512m`, `2g`.
fn memory(value: &str) -> Result<u64, SettingFault> {
    let units = [("k", 10), ("m", 20), ("g", 30), ("b", 0)];
    let lower = value.to_lowercase();
    let of_unit = |(unit, shift): (&str, u32)| Some((lower.strip_suffix(unit)?, shift));
    let (digits, shift) = units.into_iter().find_map(of_unit).unwrap_or((&lower, 0));
    let bytes = digits.parse::<u64>().ok().and_then(|it| it.checked_mul(1 << shift));
    bytes.filter(|it| (LEAST_MEMORY_BYTES..=1 << 60).contains(it)).ok_or_else(|| {
        let why = format!("`{}` is not an amount of memory such as `512m` or `2g`", value.escape_debug());
        fault("POSTGRES_MEMORY_LIMIT", why)
    })
}

/// Processors, as Docker's own command line writes them: `1.5`.
fn processors(value: &str) -> Result<u64, SettingFault> {
    let millis = value.parse::<f64>().ok().filter(|it| (0.01..=1024.0).contains(it));
    // In range by the line before.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 10 and 1024000"
    )]
    millis.map(|it| (it * 1000.0).round() as u64).ok_or_else(|| {
        let why = format!("`{}` is not a number of processors such as `1.5`", value.escape_debug());
        fault("POSTGRES_CPU_LIMIT", why)
    })
}

fn port_range(get: &impl Fn(&str) -> Option<String>) -> Result<RangeInclusive<u16>, SettingFault> {
    let (start_name, end_name) = ("POSTGRES_INSTANCE_PORT_RANGE_START", "POSTGRES_INSTANCE_PORT_RANGE_END");
    let start = parsed(get, start_name, *PORT_RANGE.start(), 1024..=65535)?;
    let end = parsed(get, end_name, *PORT_RANGE.end(), 1024..=65535)?;
    match start <= end {
        true => Ok(start..=end),
        false => Err(fault(end_name, format!("{end} is below the start, {start}"))),
    }
}

fn number<T: FromStr + PartialOrd + Display + Copy>(
    get: &impl Fn(&str) -> Option<String>,
    name: &str,
    default: T,
    range: RangeInclusive<T>,
) -> EnvSetting<T> {
    EnvSetting::read(parsed(get, name, default, range), || default)
}

fn parsed<T: FromStr + PartialOrd + Display>(
    get: &impl Fn(&str) -> Option<String>,
    name: &str,
    default: T,
    range: RangeInclusive<T>,
) -> Result<T, SettingFault> {
    let Some(value) = get(name) else { return Ok(default) };
    value.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let (value, start, end) = (value.escape_debug(), range.start(), range.end());
        fault(name, format!("`{value}` is not a number from {start} to {end}"))
    })
}

fn fault(name: &str, why: String) -> SettingFault {
    SettingFault { name: name.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Settings {
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
            assert_eq!(read(&pairs).paint, paint, "{pairs:?}");
        }
    }

    #[test]
    fn an_empty_environment_gives_upstreams_defaults() {
        let settings = read(&[("POSTGRES_IMAGE", "")]);
        assert_eq!(*settings.port_range.get().unwrap(), 5433..=5499);
        assert_eq!(*settings.max_instances.get().unwrap(), 67);
        assert_eq!(settings.image.get().unwrap(), "postgres:16-alpine");
        assert_eq!(settings.database.for_creation().unwrap(), "vrooli");
        assert_eq!(*settings.skip_exit_code.get().unwrap(), 2);
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
            ("POSTGRES_SKIP_EXIT_CODE", "1"),
        ] {
            let err = read(&[(name, value)]).fault().unwrap().to_string();
            assert!(err.contains(name), "{err}");
        }
        assert!(read(&[]).fault().is_none());
    }

    #[test]
    fn a_wrong_variable_fails_whoever_needs_it_and_reports_show_the_default() {
        let settings = read(&[("POSTGRES_MAX_INSTANCES", "abc"), ("POSTGRES_DB", "a\"b")]);
        assert!(settings.max_instances.get().is_err());
        assert_eq!(*settings.max_instances.or_default(), 67);
        assert_eq!(settings.database.choose(Some("asked"), "own").unwrap(), "asked");
        assert!(settings.database.choose(None, "own").is_err());
        assert_eq!(*settings.default_port.get().unwrap(), 5433);
    }

    #[test]
    fn a_relative_folder_is_meant_from_here() {
        let here = std::path::absolute("b").unwrap();
        assert_eq!(read(&[("POSTGRES_BACKUP_DIR", "b")]).backup_dir, Some(here));
    }

    #[test]
    fn limits_are_written_as_docker_writes_them() {
        let limits = |memory, cpus| {
            let settings = read(&[("POSTGRES_MEMORY_LIMIT", memory), ("POSTGRES_CPU_LIMIT", cpus)]);
            (*settings.memory_bytes.get().unwrap(), *settings.cpu_millis.get().unwrap())
        };
        assert_eq!(limits("512m", "1.5"), (Some(512 << 20), Some(1500)));
        assert_eq!(limits("2G", "2"), (Some(2 << 30), Some(2000)));
        assert_eq!(limits("", ""), (None, None));
    }

    #[test]
    fn the_message_about_a_bad_password_does_not_hold_it() {
        assert!(!read(&[("POSTGRES_PASSWORD", "hush$hush")]).fault().unwrap().to_string().contains("hush"));
    }

    #[test]
    fn the_flag_wins_over_the_environment_and_that_over_the_record() {
        let choice = |default_db: &str, db: &str| {
            read(&[("POSTGRES_DEFAULT_DB", default_db), ("POSTGRES_DB", db)]).database
        };
        assert_eq!(choice("a", "b").choose(Some("flag"), "conf").unwrap(), "flag");
        assert_eq!(choice("a", "b").choose(None, "conf").unwrap(), "a");
        assert_eq!(choice("vrooli", "b").choose(None, "conf").unwrap(), "b");
        assert_eq!(choice("vrooli", "").choose(None, "conf").unwrap(), "conf");
        assert_eq!(choice("", "").choose(None, "conf").unwrap(), "conf");
    }
}
