//! `contract new`: a resource directory to begin with, which runs and keeps the contract.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use regex_lite::{NoExpand, Regex};

use crate::context::Ctx;
use crate::error::{Error, IoContext};
use crate::exit::Verdict;
use crate::output::Reply;

/// Write a small resource directory, which runs and keeps the contract
#[derive(Clone, Debug, clap::Args)]
pub struct NewArgs {
    /// Name of the resource: small letters, digits and dashes
    #[arg(value_name = "NAME", value_parser = name)]
    pub name: String,
    /// Directory to write it into
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
}

/// A file of the resource that is called `thing`: its path, its permissions, its text.
type Template = (&'static str, u32, &'static str);

macro_rules! template {
    ($path:literal, $mode:literal) => {
        ($path, $mode, include_str!(concat!("../../../contract/new/", $path)))
    };
}

const TEMPLATES: [Template; 14] = [
    template!("README.md", 0o644),
    template!("cli.sh", 0o755),
    template!("config/defaults.sh", 0o644),
    template!("config/runtime.json", 0o644),
    template!("config/schema.json", 0o644),
    template!("lib/content.sh", 0o644),
    template!("lib/core.sh", 0o644),
    template!("lib/standalone.sh", 0o644),
    template!("lib/status.sh", 0o644),
    template!("lib/test.sh", 0o644),
    template!("test/phases/test-integration.sh", 0o755),
    template!("test/phases/test-smoke.sh", 0o755),
    template!("test/phases/test-unit.sh", 0o755),
    template!("test/run-tests.sh", 0o755),
];

/// Writes it.
pub fn run(ctx: &Ctx, args: &NewArgs) -> Result<Reply, Error> {
    let target = args.dir.join(&args.name);
    // Beside its place, so that it comes there whole or not at all.
    let made =
        tempfile::Builder::new().prefix(".new-").tempdir_in(&args.dir).doing("writing into", &args.dir)?;
    let whole = made.path().join(&args.name);
    for (path, mode, text) in TEMPLATES {
        let file = whole.join(path);
        write(&file, mode, &renamed(text, &args.name)).doing("writing", &file)?;
    }
    fs::rename(&whole, &target).map_err(|source| refused(&target, source))?;
    ctx.out.note(&format!(
        "`{}` is there: `{}` says what it does",
        args.name,
        target.join("cli.sh help").display()
    ));
    Ok(Reply::data(Verdict::Done, format!("{}\n", target.display())))
}

fn name(text: &str) -> Result<String, String> {
    let is_one = text.starts_with(|it: char| it.is_ascii_lowercase())
        && text.len() <= 50
        && text.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-');
    let why = "up to 50 small letters, digits and dashes are one, with a letter at the beginning";
    if is_one { Ok(text.to_owned()) } else { Err(why.to_owned()) }
}

/// A text about `thing` as one about a resource of another name. What only has the letters in it, such as `nothing`, stays.
fn renamed(text: &str, name: &str) -> String {
    let text = text.replace("THING", &name.to_ascii_uppercase().replace('-', "_"));
    match Regex::new(r"\bthing\b") {
        Ok(word) => word.replace_all(&text, NoExpand(name)).into_owned(),
        Err(_) => text,
    }
}

/// Writes a new file, and the folders that it is in.
fn write(file: &Path, mode: u32, text: &str) -> io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    OpenOptions::new().write(true).create_new(true).mode(mode).open(file)?.write_all(text.as_bytes())
}

/// The kernel lets a folder take the place of an empty one, and of nothing else.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds are the standard library's, which adds to them"
)]
fn refused(target: &Path, source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            Error::Occupied { path: target.to_owned() }
        }
        _ => Error::Io { doing: "writing".to_owned(), path: target.to_owned(), source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_takes_the_place_of_the_word_and_of_no_part_of_another() {
        let text = "thing::start of the thing; nothing, things; $THING_DIR";
        assert_eq!(
            renamed(text, "my-thing"),
            "my-thing::start of the my-thing; nothing, things; $MY_THING_DIR"
        );
    }

    #[test]
    fn a_name_may_be_used_in_paths_functions_and_variables() {
        for (text, is_one) in [
            ("a", true),
            ("my-thing2", true),
            ("", false),
            ("2a", false),
            ("-a", false),
            ("A", false),
            ("a_b", false),
            ("a/b", false),
            ("é", false),
        ] {
            assert_eq!(name(text).is_ok(), is_one, "{text}");
        }
        assert_eq!((name(&"a".repeat(50)).is_ok(), name(&"a".repeat(51)).is_ok()), (true, false));
    }
}
