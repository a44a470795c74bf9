//! Scripts are run as psql runs them: the same output, the same messages, the same end, the same database afterwards.
//!
//! The scripts are in `scripts/GROUP/NAME.sql`, with the files that one needs in `NAME.files/`. Each is run by psql in one
//! instance and by the program in another, in fresh databases of the same name. Those of a group are made at once, and go with
//! the room, which takes half the time. A run of the tests on Docker leaves them out, since servers in containers answer the
//! same.

mod arguments;
mod large;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use regex_lite::Regex;

use crate::support::Room;

/// The instance whose scripts the program runs.
const OURS: &str = "ours";
/// The instance whose scripts psql runs.
const TWIN: &str = "twin";

/// What we say beside what psql does.
const ADVICE: &str = "hint: `--options timeout=SECONDS` gives statements more time\n";

/// What each says in its own words if it cannot connect: psql has a password for any user, and we for known ones only.
const REFUSAL: &str = r#"(?x) connection\ to\ server\ at\ "[^"]*",\ port\ \d+\ failed:\ (FATAL:\ \ )? | \ \(SQLSTATE\ [0-9A-Z]{5}\)
    | invalid\ configuration:\ password\ missing | password\ authentication\ failed\ for\ user\ "[^"]*""#;

/// A world in which psql and the program can be compared.
pub struct Comparison {
    room: Room,
    code: Regex,
    secret: Regex,
    port: Regex,
    refusal: Regex,
    dumps: Dumps,
}

/// Whether the databases are dumped after a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dumps {
    Compared,
    /// The scripts change nothing there.
    Skipped,
}

/// What is left of a script that was run.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    stdout: String,
    stderr: String,
    has_failed: bool,
    files: String,
    dump: String,
}

impl Comparison {
    /// Two instances that are alike, with a database for each of the scripts; `None` where there is no psql.
    pub fn new(scripts: &[String]) -> Option<Self> {
        let room = Room::new();
        for instance in [OURS, TWIN] {
            room.run(["content", "create-instance", instance, "--template", "testing"]).done();
            let mut psql = room.psql(instance)?;
            for name in scripts {
                psql.args(["-c", &format!("CREATE DATABASE \"{}\"", database(name))]);
            }
            let output = psql.args(["-q", "-v", "ON_ERROR_STOP=1"]).output().unwrap();
            assert!(output.status.success(), "{output:?}");
        }
        let code = Regex::new(r"(?m)^((?:[^\n:]+:\d+: )?[A-Z]+:  )[0-9A-Z]{5}: ").unwrap();
        let secret = Regex::new(r"(?m)^\\(un)?restrict .*\n").unwrap();
        let port = Regex::new("at port \"[0-9]+\"").unwrap();
        let refusal = Regex::new(REFUSAL).unwrap();
        Some(Self { room, code, secret, port, refusal, dumps: Dumps::Compared })
    }

    /// Leaves out what takes most of the time of a short script.
    pub fn without_dumps(self) -> Self {
        Self { dumps: Dumps::Skipped, ..self }
    }

    /// The user that both connect as.
    pub fn user(&self) -> String {
        self.room.recorded(OURS, "user")
    }

    /// How the outcomes of a script differ; nothing if they do not.
    pub fn differences(&self, name: &str, script: &[u8], files: &Path) -> Option<String> {
        differences(name, &self.ours(name, script, files), &self.theirs(name, script, files))
    }

    fn ours(&self, name: &str, script: &[u8], files: &Path) -> Outcome {
        let dir = self.place("ours", script, files);
        let database = database(name);
        let execute = ["content", "execute", "--instance", OURS, "--database", &database];
        let mut command = self.room.command(execute);
        command.args(["--options", "shell=allow", "--file", "script.sql"]);
        self.outcome(OURS, name, command.current_dir(&dir), &dir)
    }

    fn theirs(&self, name: &str, script: &[u8], files: &Path) -> Outcome {
        let dir = self.place("theirs", script, files);
        let mut command = self.room.psql(TWIN).unwrap();
        command.env("PGDATABASE", database(name)).args(["-w", "-v", "ON_ERROR_STOP=1", "-f", "script.sql"]);
        self.outcome(TWIN, name, command.current_dir(&dir), &dir)
    }

    /// A fresh folder with the script and its files.
    fn place(&self, whose: &str, script: &[u8], files: &Path) -> PathBuf {
        let dir = self.room.path().join(whose);
        fs::remove_dir_all(&dir).ok();
        fs::create_dir(&dir).unwrap();
        copy(files, &dir);
        fs::write(dir.join("script.sql"), script).unwrap();
        dir
    }

    fn outcome(&self, instance: &str, name: &str, command: &mut Command, dir: &Path) -> Outcome {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&stderr).replace("psql:", "");
        let stderr = stderr.replace(ADVICE, "");
        let stderr = self.refusal.replace_all(&stderr, "");
        Outcome {
            stdout: self.port.replace_all(&String::from_utf8_lossy(&stdout), "at port [port]").into_owned(),
            stderr: self.code.replace_all(&stderr, "$1").into_owned(),
            has_failed: !status.success(),
            files: contents(dir),
            dump: match self.dumps {
                Dumps::Compared => self.dump(instance, name),
                Dumps::Skipped => String::new(),
            },
        }
    }

    fn dump(&self, instance: &str, name: &str) -> String {
        let psql = self.room.psql(instance).unwrap();
        let mut dump = Command::new(self.room.programs().join("pg_dump"));
        dump.env_clear().envs(psql.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = dump.env("PGDATABASE", database(name)).output().unwrap();
        assert!(output.status.success(), "{name}: {output:?}");
        self.secret.replace_all(&String::from_utf8_lossy(&output.stdout), "").into_owned()
    }
}

/// Tells how the outcomes of a script differ; nothing if they do not.
fn differences(name: &str, ours: &Outcome, theirs: &Outcome) -> Option<String> {
    let mut told = String::new();
    for (what, ours, theirs) in [
        ("stdout", &ours.stdout, &theirs.stdout),
        ("stderr", &ours.stderr, &theirs.stderr),
        ("files", &ours.files, &theirs.files),
        ("pg_dump", &ours.dump, &theirs.dump),
    ] {
        if ours != theirs {
            let pairs = || ours.lines().map(Some).chain([None]).zip(theirs.lines().map(Some).chain([None]));
            let line = pairs().position(|(ours, theirs)| ours != theirs).unwrap_or_default();
            let of = |text: &str| text.lines().skip(line).take(4).collect::<Vec<_>>().join("\n     ");
            write!(
                told,
                "\n  {what}, line {}:\n   ours:\n     {}\n   psql:\n     {}",
                line + 1,
                of(ours),
                of(theirs)
            )
            .unwrap();
        }
    }
    if ours.has_failed != theirs.has_failed {
        write!(told, "\n  failed: ours {}, psql {}", ours.has_failed, theirs.has_failed).unwrap();
    }
    (!told.is_empty()).then(|| format!("{name}:{told}\n"))
}

fn database(name: &str) -> String {
    format!("case_{}", name.replace(|it: char| !it.is_ascii_alphanumeric(), "_"))
}

/// The names of a folder's files, and what is in them.
fn contents(dir: &Path) -> String {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    let told = |path: &PathBuf| match path.is_dir() {
        true => contents(path),
        false => {
            let name = path.file_name().unwrap().to_string_lossy();
            format!("{name}:\n{}\n", String::from_utf8_lossy(&fs::read(path).unwrap()))
        }
    };
    paths.iter().map(told).collect()
}

/// Copies the files of a folder, if there is one, and of those in it.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).into_iter().flatten() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// Compares all scripts of a group.
fn same_as_psql(group: &str) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("test/integration/native/scripts").join(group);
    let mut scripts: Vec<PathBuf> = fs::read_dir(&dir).unwrap().map(|it| it.unwrap().path()).collect();
    scripts.retain(|it| it.extension().is_some_and(|it| it == "sql"));
    scripts.sort();
    assert!(!scripts.is_empty(), "{}", dir.display());
    let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let names: Vec<String> = scripts.iter().map(name).collect();
    let Some(comparison) = Comparison::new(&names) else { return };
    let compare = |path: &PathBuf| {
        comparison.differences(&name(path), &fs::read(path).unwrap(), &path.with_extension("files"))
    };
    let differences: Vec<String> = scripts.iter().filter_map(compare).collect();
    assert!(
        differences.is_empty(),
        "{} of {}:\n{}",
        differences.len(),
        scripts.len(),
        differences.join("\n")
    );
}

#[test]
fn types_are_printed_as_psql_prints_them() {
    same_as_psql("types");
}

#[test]
fn results_of_every_shape_are_those_of_psql() {
    same_as_psql("shapes");
}

#[test]
fn settings_of_the_output_do_what_they_do_in_psql() {
    same_as_psql("display");
}

#[test]
fn variables_and_conditions_are_those_of_psql() {
    same_as_psql("variables");
}

#[test]
fn data_is_copied_as_psql_copies_it() {
    same_as_psql("copy");
}

#[test]
fn errors_are_told_and_end_a_script_as_in_psql() {
    same_as_psql("errors");
}

#[test]
fn statements_are_split_as_psql_splits_them() {
    same_as_psql("lexer");
}

#[test]
fn whole_schemas_come_out_as_with_psql() {
    same_as_psql("schemas");
}

#[test]
fn files_are_included_as_psql_includes_them() {
    same_as_psql("files");
}

#[test]
fn what_a_database_has_is_described_as_psql_describes_it() {
    same_as_psql("describe");
}

#[test]
fn a_difference_of_any_kind_is_found() {
    let pairs = [
        ("SELECT 1;", "SELECT 2;"),
        ("SELECT 1 \\g a", "SELECT 2 \\g a"),
        ("SELECT 1 \\g a", "SELECT 1 \\g b"),
        ("SELECT nope;", "SELECT nopf;"),
        ("CREATE TABLE a ();", "CREATE TABLE b ();"),
        ("\\q", "\\error"),
        ("CREATE TABLE a (); SELECT nope;", "CREATE TABLE a (); SELECT nope;"),
    ];
    let names: Vec<String> = (0..pairs.len()).map(|it| it.to_string()).collect();
    let Some(comparison) = Comparison::new(&names) else { return };
    for ((ours, theirs), name) in pairs.into_iter().zip(&names) {
        let none = Path::new("");
        let outcome = comparison.ours(name, ours.as_bytes(), none);
        let is_same = outcome == comparison.theirs(name, theirs.as_bytes(), none);
        assert_eq!(is_same, ours == theirs, "{ours} {theirs}");
    }
}
