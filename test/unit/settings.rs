//! Settings: the program, config/schema.json and the shell callers' files agree on names, defaults and bounds.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use regex_lite::Regex;
use resource_postgres::runtime::Runtime;
use resource_postgres::settings::{EnvSetting, Settings};
use serde_json::Value;

use crate::{plain, read_json, resource};

/// The settings of an environment that holds only these.
fn settings(of: &[(&str, &str)]) -> Settings {
    Settings::read(|name| of.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

/// The settings that the program reads, by name, with their values in an empty environment.
fn defaults() -> BTreeMap<&'static str, Option<String>> {
    let it = settings(&[]);
    let path = |path: Option<PathBuf>| path.map(|it| it.display().to_string());
    let text = |it: &EnvSetting<String>| Some(it.get().unwrap().clone());
    let runtime = match it.runtime.get().unwrap() {
        Runtime::Auto => "auto",
        Runtime::Docker => "docker",
        Runtime::Native => "native",
    };
    let range = it.port_range.get().unwrap();
    BTreeMap::from([
        ("POSTGRES_RUNTIME", Some(runtime.to_owned())),
        ("POSTGRES_IMAGE", text(&it.image)),
        ("POSTGRES_CONTAINER_PREFIX", text(&it.container_prefix)),
        ("POSTGRES_NETWORK", text(&it.network)),
        ("POSTGRES_MEMORY_LIMIT", it.memory_bytes.get().unwrap().map(|it| it.to_string())),
        ("POSTGRES_CPU_LIMIT", it.cpu_millis.get().unwrap().map(|it| it.to_string())),
        ("POSTGRES_DEFAULT_PORT", Some(it.default_port.get().unwrap().to_string())),
        ("POSTGRES_DEFAULT_USER", text(&it.default_user)),
        ("POSTGRES_DEFAULT_DB", Some(it.database.for_creation().unwrap().to_owned())),
        ("POSTGRES_DB", it.database.db.get().unwrap().clone()),
        ("POSTGRES_MAINTENANCE_DB", text(&it.maintenance_db)),
        ("POSTGRES_PASSWORD", it.password.get().unwrap().as_ref().map(|it| it.reveal().to_owned())),
        ("POSTGRES_MAX_INSTANCES", Some(it.max_instances.get().unwrap().to_string())),
        ("POSTGRES_INSTANCE_PORT_RANGE_START", Some(range.start().to_string())),
        ("POSTGRES_INSTANCE_PORT_RANGE_END", Some(range.end().to_string())),
        ("POSTGRES_SKIP_EXIT_CODE", Some(it.skip_exit_code.get().unwrap().to_string())),
        ("POSTGRES_INSTANCES_DIR", path(it.instances_dir)),
        ("POSTGRES_TEMPLATE_DIR", path(it.template_dir)),
        ("POSTGRES_BACKUP_DIR", path(it.backup_dir)),
        ("POSTGRES_WAL_DIR", path(it.wal_dir)),
        ("POSTGRES_CACHE_DIR", path(it.cache_dir)),
        ("POSTGRES_BIN_DIR", path(it.bin_dir)),
        ("POSTGRES_OS_USER", Some(it.os_user)),
    ])
}

/// The settings that config/schema.json describes.
fn described() -> serde_json::Map<String, Value> {
    read_json("config/schema.json")["properties"].as_object().unwrap().clone()
}

/// Upstream's settings that wait for what is planned.
fn is_planned(property: &Value) -> bool {
    property["description"].as_str().unwrap().ends_with("Kept for what is planned; nothing reads it yet.")
}

#[test]
fn the_schema_describes_every_setting_that_is_read_and_says_of_the_others_that_they_are_not() {
    let read = RefCell::new(BTreeSet::new());
    let _ = Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        None
    });
    let mut read = read.into_inner();
    // Every program's, and none of ours.
    for name in ["PATH", "DOCKER_HOST", "XDG_RUNTIME_DIR", "NO_COLOR", "TERM"] {
        assert!(read.remove(name), "{name}");
    }
    let schema = described();
    let described: BTreeSet<String> =
        schema.iter().filter(|(_, it)| !is_planned(it)).map(|(name, _)| name.clone()).collect();
    assert_eq!(described, read);
    assert_eq!(
        defaults().keys().copied().collect::<BTreeSet<_>>(),
        read.iter().map(String::as_str).collect()
    );
}

#[test]
fn the_schema_has_the_programs_defaults() {
    let schema = described();
    for (name, default) in defaults() {
        assert_eq!(schema[name].get("default").map(plain), default, "{name}");
    }
}

/// Whether the program takes a value. Both ends of a range are set with care for the other.
fn is_taken(name: &str, value: &str) -> bool {
    let other = match name {
        "POSTGRES_INSTANCE_PORT_RANGE_START" => ("POSTGRES_INSTANCE_PORT_RANGE_END", "65535"),
        "POSTGRES_INSTANCE_PORT_RANGE_END" => ("POSTGRES_INSTANCE_PORT_RANGE_START", "1024"),
        _ => ("POSTGRES_DB", ""),
    };
    match settings(&[(name, value), other]).fault() {
        None => true,
        Some(err) => {
            assert!(err.to_string().contains(name), "{name}={value}: {err}");
            false
        }
    }
}

#[test]
fn the_schemas_bounds_are_the_programs() {
    for (name, property) in described().iter().filter(|(_, it)| !is_planned(it)) {
        let bound = |key: &str| property[key].as_i64();
        if let Some((least, most)) = bound("minimum").zip(bound("maximum")) {
            for (value, taken) in [(least - 1, false), (least, true), (most, true), (most + 1, false)] {
                assert_eq!(is_taken(name, &value.to_string()), taken, "{name}={value}");
            }
            assert!(!is_taken(name, "many"), "{name}");
        }
        for word in property["enum"].as_array().into_iter().flatten() {
            assert!(is_taken(name, word.as_str().unwrap()), "{name}={word}");
        }
        if property.get("enum").is_some() {
            assert!(!is_taken(name, "no-such-word"), "{name}");
        }
        if let Some(longest) = property["maxLength"].as_u64().and_then(|it| usize::try_from(it).ok()) {
            assert!(is_taken(name, &"x".repeat(longest)), "{name}");
            assert!(!is_taken(name, &"x".repeat(longest + 1)), "{name}");
        }
        if let Some(pattern) = property["pattern"].as_str() {
            let pattern = Regex::new(pattern).unwrap();
            for value in
                ["plain", "a b", "ü", "a\"b", "a$b", "a`b", "a\\b", "a\nb", "a\rb", "512m", "1.5", "-a"]
            {
                assert_eq!(is_taken(name, value), pattern.is_match(value), "{name}={value:?}");
            }
        }
    }
}

/// What `config/exports.sh` hands on to programs, started with these variables set.
fn exported(set: &[(&str, &str)]) -> BTreeMap<String, String> {
    let script = format!("source '{}' && env -0", resource("config/exports.sh").display());
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script]).env_clear().env("PATH", "/usr/bin:/bin");
    // Whatever instances this machine has are none of the tests'.
    bash.env("POSTGRES_RESOURCE_BIN", "/bin/false").envs(set.iter().copied());
    let output = bash.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let pairs = text.split('\0').filter_map(|it| it.split_once('='));
    pairs
        .filter(|(name, _)| name.starts_with("POSTGRES_"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn shell_callers_get_the_schemas_defaults() {
    let (exported, schema) = (exported(&[]), described());
    for (name, property) in &schema {
        let Some(default) = property.get("default") else { continue };
        // It is the program's affair who runs a server, and cli.sh's whom it is called by.
        if !["POSTGRES_OS_USER", "POSTGRES_SKIP_EXIT_CODE"].contains(&name.as_str()) {
            assert_eq!(exported.get(name), Some(&plain(default)), "{name}");
        }
    }
    for name in exported.keys() {
        let is_ours = ["POSTGRES_INSTANCE", "POSTGRES_RESOURCE_BIN"].contains(&name.as_str());
        assert!(schema.contains_key(name) || is_ours, "{name} is not in config/schema.json");
    }
}

#[test]
fn shell_callers_keep_what_they_have_set() {
    let schema = described();
    let own: Vec<(&str, &str)> = exported(&[])
        .keys()
        .filter_map(|name| schema.get_key_value(name))
        .map(|(name, _)| (name.as_str(), "own"))
        .collect();
    let kept = exported(&own);
    for (name, value) in own {
        assert_eq!(kept.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(exported(&[("POSTGRES_INSTANCES_DIR", "/srv")])["POSTGRES_INSTANCES_DIR"], "/srv");
}
