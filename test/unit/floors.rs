//! Floors: each module uses only what stands below it, and some crates and acts have one home.

use std::fs;
use std::path::{Path, PathBuf};

use crate::resource;

/// The floors as the map in src/lib.rs has them, from the edge to the ground.
fn floors() -> Vec<Vec<String>> {
    let map = fs::read_to_string(resource("src/lib.rs")).unwrap();
    let names = |line: &str| {
        let (names, _) = line.strip_prefix("//! - ")?.split_once(": ")?;
        Some(names.split(", ").map(|it| it.trim_matches(['[', ']', '`']).to_owned()).collect())
    };
    map.lines().filter_map(names).collect()
}

/// What only some files may name.
struct Home {
    names: &'static str,
    files: &'static [&'static str],
    /// What others may name nevertheless, each in one file.
    except: &'static [(&'static str, &'static str)],
}

const HOMES: &[Home] = &[
    Home {
        names: "env::",
        files: &["src/context.rs"],
        except: &[
            ("src/cli.rs", "env::args_os"),
            ("src/settings.rs", "env::split_paths"),
            ("src/room/mod.rs", "env::join_paths"),
            ("src/commands/test.rs", "env::temp_dir"),
        ],
    },
    Home { names: "std::env as", files: &[], except: &[] },
    Home { names: "stdout()", files: &["src/cli.rs", "src/output.rs"], except: &[] },
    Home { names: "print!(", files: &["src/cli.rs", "src/output.rs"], except: &[] },
    Home { names: "println!(", files: &["src/cli.rs", "src/output.rs"], except: &[] },
    Home { names: "dbg!(", files: &[], except: &[] },
    Home { names: "tokio_postgres", files: &["src/pg/"], except: &[] },
    Home { names: "postgres_protocol", files: &["src/pg/"], except: &[] },
    Home { names: "bollard", files: &["src/engine/docker"], except: &[] },
];

/// Everything in one source file that is not where it belongs, as `file:line: what`.
fn misplaced(floors: &[Vec<String>], file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.starts_with("//! ") {
        found.push(format!("{file}:1: does not open with a `//!` line that says what it is for"));
    }
    let own = file.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default();
    for (at, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let wrong = imports(code).filter(|it| *it != own).filter_map(|it| upward(floors, own, it));
        let wrong = wrong.chain(HOMES.iter().filter_map(|home| away_from_home(home, file, code)));
        found.extend(wrong.map(|what| format!("{file}:{}: {what}", at + 1)));
    }
    found
}

/// The modules of this crate that a line names.
fn imports(code: &str) -> impl Iterator<Item = &str> {
    let after = |path: &'static str| code.match_indices(path).map(|(at, it)| &code[at + it.len()..]);
    let name = |rest: &'_ str| rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    after("crate::").chain(after("resource_postgres::")).map(move |rest| &rest[..name(rest)])
}

/// Why `own` may not use `other`, if it may not.
fn upward(floors: &[Vec<String>], own: &str, other: &str) -> Option<String> {
    let floor = |name: &str| floors.iter().position(|names| names.iter().any(|it| it == name));
    let Some(there) = floor(other) else {
        return Some(format!("`{other}` is not on the map in src/lib.rs: name one module on each line"));
    };
    // The binary stands above the map.
    let here = if own == "main" { None } else { Some(floor(own)?) };
    let ground = floors.len() - 1;
    match here {
        Some(here) if there < here => Some(format!("`{own}` uses `{other}`, which stands above it")),
        Some(here) if there == here && here != ground => {
            Some(format!("`{own}` uses `{other}` beside it, and only the words know each other"))
        }
        Some(_) | None => None,
    }
}

fn away_from_home(home: &Home, file: &str, code: &str) -> Option<String> {
    let at_home = home.files.iter().any(|it| file.starts_with(it));
    let except = |rest: &str| home.except.iter().any(|(it, what)| *it == file && rest.starts_with(what));
    let away = code.match_indices(home.names).any(|(at, _)| !except(&code[at..]));
    (!at_home && away).then(|| format!("names `{}`, whose home is {:?}", home.names, home.files))
}

/// Every Rust file below a folder.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(sources(&path)),
            false => files.extend(Some(path).filter(|it| it.extension().is_some_and(|it| it == "rs"))),
        }
    }
    files
}

#[test]
fn every_module_uses_only_what_stands_below_it() {
    let (root, floors) = (resource(""), floors());
    let mut found = Vec::new();
    for file in sources(&resource("src")) {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        found.extend(misplaced(&floors, name, &fs::read_to_string(&file).unwrap()));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_module_is_on_the_map() {
    let map = fs::read_to_string(resource("src/lib.rs")).unwrap();
    let mut declared: Vec<&str> =
        map.lines().filter_map(|it| it.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut mapped = floors().concat();
    declared.sort_unstable();
    mapped.sort_unstable();
    assert_eq!(mapped, declared);
    assert_eq!(floors().len(), 7);
}

#[test]
fn a_line_that_is_out_of_place_is_found_with_its_file_and_number() {
    for (file, line, wrong) in [
        ("src/pg/probe.rs", "use crate::rules::judge::State;", true),
        ("src/pg/probe.rs", "use crate::engine::Site;", true),
        ("src/pg/probe.rs", "    let it = crate::instances::name::Name::main();", true),
        ("src/pg/probe.rs", "use crate::pg::connect::connect;", false),
        ("src/pg/probe.rs", "use crate::error::Error;", false),
        ("src/pg/probe.rs", "// crate::cli would be wrong, if this were code", false),
        ("src/pg/probe.rs", "use crate::{error::Error, secret::Secret};", true),
        ("src/engine/native/mod.rs", "use crate::context::Ctx;", true),
        ("src/engine/native/mod.rs", "    let path = std::env::var_os(\"PATH\");", true),
        ("src/engine/native/mod.rs", "use std::env::{self, current_exe};", true),
        ("src/engine/native/mod.rs", "use std::env as surroundings;", true),
        ("src/engine/native/mod.rs", "use tokio_postgres::Client;", true),
        ("src/engine/native/mod.rs", "use bollard::Docker;", true),
        ("src/engine/docker/mod.rs", "use bollard::Docker;", false),
        ("src/rules/plan.rs", "use crate::engine::Seen;", false),
        ("src/rules/plan.rs", "use crate::contract::load::Contract;", true),
        ("src/rules/plan.rs", "use crate::lifecycle::need;", true),
        ("src/context.rs", "use crate::lifecycle::need;", true),
        ("src/context.rs", "    let value = std::env::var(name);", false),
        ("src/lifecycle/mod.rs", "use crate::commands::status;", true),
        ("src/commands/status.rs", "use crate::cli::Cli;", true),
        ("src/commands/status.rs", "use crate::commands::select::Which;", false),
        ("src/commands/status.rs", "    println!(\"it runs\");", true),
        ("src/commands/status.rs", "    io::stdout().lock()", true),
        ("src/commands/status.rs", "    command.env_clear().stdout(log)", false),
        ("src/commands/test.rs", "    std::env::temp_dir()", false),
        ("src/commands/test.rs", "    std::env::var(\"HOME\")", true),
        ("src/error.rs", "use crate::output::Reply;", false),
        ("src/error.rs", "use crate::pg::probe::Probe;", true),
        ("src/main.rs", "    resource_postgres::cli::main()", false),
    ] {
        let found = misplaced(&floors(), file, &format!("//! A file.\n\n{line}\n"));
        assert_eq!(!found.is_empty(), wrong, "{file}: {line}: {found:?}");
        assert!(found.iter().all(|it| it.starts_with(&format!("{file}:3: "))), "{found:?}");
    }
    let found = misplaced(&floors(), "src/error.rs", "use std::io;\n");
    assert!(matches!(found.as_slice(), [it] if it.starts_with("src/error.rs:1: ")), "{found:?}");
}
