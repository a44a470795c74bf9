//! A folder of migrations: which files belong together, and what of them is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::name::{FileName, Part, Version};
use super::steps::{Step, body, steps};
use super::text::{Mode, Sections, checksum, sections};
use crate::checksum::Checksum;
use crate::error::{Error, IoContext};
use crate::pg::script::{Source, Unreadable};

/// Files that are named in an error.
const NAMED: usize = 4;

/// A migration as its files have it.
#[derive(Clone, Debug)]
pub struct Migration {
    /// Its place in the order.
    pub version: Version,
    /// Version and title as the file's name has them: what upstream records.
    pub stem: String,
    /// What it is for.
    pub description: String,
    /// The file of the way there.
    pub file: PathBuf,
    /// The way there, as it is run.
    pub up: Source,
    /// The way back, as it is run.
    pub down: Option<Back>,
    /// What fails where it has not done what it should.
    pub verify: Option<Source>,
    /// How it is held together.
    pub mode: Mode,
    /// Of the way there, without what makes no difference.
    pub checksum: Checksum,
    /// Of the file as it is: what upstream records.
    pub file_checksum: Checksum,
}

impl Migration {
    /// The file's name without its folder.
    pub fn file_name(&self) -> String {
        shown(&self.file)
    }
}

/// A way back.
#[derive(Clone, Debug)]
pub struct Back {
    /// What is run.
    pub source: Source,
    /// How it is held together.
    pub mode: Mode,
}

/// The files of one version.
#[derive(Debug, Default)]
struct Files {
    whole: Vec<File>,
    down: Vec<File>,
    verify: Vec<File>,
}

#[derive(Debug)]
struct File {
    name: FileName,
    path: PathBuf,
}

impl File {
    fn shown(&self) -> String {
        shown(&self.path)
    }
}

/// Reads a folder's migrations, in order.
///
/// # Errors
/// Where it cannot be read, has none, or has some that could be meant in several ways; the files are named.
pub fn read(dir: &Path) -> Result<Vec<Migration>, Error> {
    let refused = |why: String, advice: &str| Error::NotMigrated {
        what: format!("the migrations in {}", dir.display()),
        why,
        advice: advice.to_owned(),
    };
    let (files, strangers) = list(dir)?;
    if !strangers.is_empty() {
        return Err(refused(
            format!("{} no version", said(&strangers, "has", "have")),
            "a migration is called `001_what_it_does.sql`; other scripts belong elsewhere",
        ));
    }
    if files.is_empty() {
        return Err(refused("there are none".to_owned(), "`content migrate new NAME` makes one"));
    }
    unmixed(&files)
        .map_err(|why| refused(why, "keep to one form of names, so that their order is certain"))?;
    let mut versions: BTreeMap<u64, Files> = BTreeMap::new();
    for file in files {
        let of = versions.entry(file.name.version.number()).or_default();
        match file.name.part {
            Part::Whole | Part::Up => of.whole.push(file),
            Part::Down => of.down.push(file),
            Part::Verify => of.verify.push(file),
        }
    }
    for files in versions.values() {
        unambiguous(files).map_err(|why| refused(why, "each version is one migration"))?;
    }
    versions
        .into_values()
        .filter_map(|mut files| Some((files.whole.pop()?, files)))
        .map(|(file, beside)| migration(file, &beside))
        .collect()
}

/// The folder's migrations, and scripts that are none.
fn list(dir: &Path) -> Result<(Vec<File>, Vec<String>), Error> {
    let (mut files, mut strangers) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(dir).doing("reading the migrations in", dir)? {
        let path = entry.doing("reading the migrations in", dir)?.path();
        let name = shown(&path);
        if name.starts_with('.') || !name.ends_with(".sql") || path.is_dir() {
            continue;
        }
        match FileName::parse(&name) {
            Some(name) => files.push(File { name, path }),
            None => strangers.push(name),
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    strangers.sort();
    Ok((files, strangers))
}

/// Numbers and timestamps, or files alone and in pairs, are not of one order or form.
fn unmixed(files: &[File]) -> Result<(), String> {
    let ways: Vec<&File> = files.iter().filter(|it| matches!(it.name.part, Part::Whole | Part::Up)).collect();
    let mixed = |is: fn(&File) -> bool| {
        let (one, other): (Vec<&File>, Vec<&File>) = ways.iter().partition(|it| is(it));
        Some((one.first()?.shown(), other.first()?.shown()))
    };
    if let Some((timed, numbered)) = mixed(|it| it.name.version.is_timestamp()) {
        return Err(format!("`{timed}` has a timestamp, and `{numbered}` a number"));
    }
    match mixed(|it| it.name.is_of_pair) {
        Some((pair, alone)) => Err(format!("`{pair}` is of a pair of files, and `{alone}` is not")),
        None => Ok(()),
    }
}

fn unambiguous(files: &Files) -> Result<(), String> {
    for (of, what) in [(&files.whole, "the same version"), (&files.down, "the way back of one version")] {
        if let [_, _, ..] = of.as_slice() {
            let names: Vec<String> = of.iter().map(File::shown).collect();
            return Err(format!("{} {what}", said(&names, "has", "have")));
        }
    }
    match (files.whole.as_slice(), files.down.iter().chain(&files.verify).next()) {
        ([], Some(alone)) => Err(format!("`{}` belongs to no migration", alone.shown())),
        _ => Ok(()),
    }
}

fn migration(file: File, beside: &Files) -> Result<Migration, Error> {
    let (whole, file_checksum) = script(&file.path)?;
    let told = sections(whole.text());
    let Sections { up, down, description, mode, down_mode } =
        told.map_err(|why| unclear(&file.path, why, "give it one way there and one back"))?;
    let up = Source::new(whole.name(), up);
    let inside = down.map(|it| (Source::new(whole.name(), it), down_mode));
    Ok(Migration {
        description: description.unwrap_or(file.name.title),
        version: file.name.version,
        stem: file.name.stem,
        checksum: checksum(up.text()),
        up: runnable(&file.path, &up, mode)?,
        down: way_back(&file.path, inside, beside.down.first())?,
        verify: beside.verify.first().map(|it| script(&it.path).map(|(source, _)| source)).transpose()?,
        file: file.path,
        mode,
        file_checksum,
    })
}

/// The way back: a part of the migration's own file, or another file.
fn way_back(
    file: &Path,
    inside: Option<(Source, Mode)>,
    beside: Option<&File>,
) -> Result<Option<Back>, Error> {
    let (source, mode, path) = match (inside, beside) {
        (None, None) => return Ok(None),
        (Some((source, mode)), None) => (source, mode, file),
        (None, Some(beside)) => {
            let (source, _) = script(&beside.path)?;
            let mode = sections(source.text()).map(|it| it.mode).unwrap_or_default();
            (source, mode, beside.path.as_path())
        }
        (Some(_), Some(beside)) => {
            let why = format!("`{}` is its way back, and so is a part of its own", beside.shown());
            return Err(unclear(file, why, "leave one of them"));
        }
    };
    runnable(path, &source, mode).map(|source| Some(Back { source, mode }))
}

/// The error that a migration's file is not as it should be.
pub fn unclear(file: &Path, why: String, advice: &str) -> Error {
    Error::NotMigrated { what: format!("migration {}", file.display()), why, advice: advice.to_owned() }
}

/// The script as it is run.
fn runnable(file: &Path, source: &Source, mode: Mode) -> Result<Source, Error> {
    let advice = "`-- migrate:no-transaction` has it run statement by statement";
    match mode {
        Mode::Transaction => body(source).map_err(|why| unclear(file, why, advice)),
        Mode::Statements => statements_of(file, source).map(|_| source.clone()),
    }
}

/// The steps of a script that is run statement by statement.
///
/// # Errors
/// Where something in it is no step.
pub fn statements_of(file: &Path, source: &Source) -> Result<Vec<Step>, Error> {
    let advice = "what is run statement by statement consists of statements only";
    steps(source).map_err(|why| unclear(file, why, advice))
}

/// A script under the name that messages have it by.
fn script(path: &Path) -> Result<(Source, Checksum), Error> {
    let bytes = fs::read(path).doing("reading", path)?;
    let checksum = Checksum::of(&bytes);
    let source = Source::read(path.display().to_string(), bytes, None);
    let source = source.map_err(|why| {
        let why = match why {
            Unreadable::OtherEncoding { line, encoding, .. } => format!("line {line} is not in {encoding}"),
            Unreadable::Nul { line, .. } => format!("line {line} has a NUL byte"),
            Unreadable::Archive { .. } => why.to_string(),
        };
        unclear(path, why, "a migration is SQL text in UTF-8")
    })?;
    Ok((source, checksum))
}

fn shown(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn said(names: &[String], one: &str, several: &str) -> String {
    let quoted: Vec<String> = names.iter().take(NAMED).map(|it| format!("`{it}`")).collect();
    let more = names.len().saturating_sub(NAMED);
    let verb = if names.len() == 1 { one } else { several };
    match (quoted.as_slice(), more) {
        ([all @ .., last], 0) if !all.is_empty() => format!("{} and {last} {verb}", all.join(", ")),
        (_, 0) => format!("{} {verb}", quoted.join(", ")),
        (_, more) => format!("{} and {more} more {verb}", quoted.join(", ")),
    }
}
