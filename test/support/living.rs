//! A living resource that keeps the whole contract, for tests to have it answer otherwise.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use resource_postgres::contract::finding::Judgment;
use resource_postgres::contract::layers::{behavior, integration};
use resource_postgres::contract::load::Loaded;
use resource_postgres::contract::sample::Sample;
use resource_postgres::contract::subject::Subject;
use resource_postgres::contract::trial::Setting;
use tempfile::TempDir;

/// How many resources are judged at once: most of their time they wait.
const SIDE_BY_SIDE: usize = 6;

/// What a resource is like when it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is not installed.
    Absent,
    /// It is installed, and does not run.
    Installed,
    /// It runs, and has logged more lines than are shown.
    Running,
}

/// The resource that `contract new` writes, in folders of its own.
pub struct Living {
    room: TempDir,
}

/// A resource that answers as it is told to, and all else as it is recorded that another one has answered.
pub struct Double {
    room: TempDir,
    state_dir: PathBuf,
}

/// What a resource is judged with.
pub struct Judge {
    /// By which contract.
    pub loaded: Loaded,
    /// Where programs are looked for.
    pub path: Vec<PathBuf>,
}

/// A copy of the resource in a folder.
fn copy(room: &TempDir) -> PathBuf {
    let dir = room.path().join("thing");
    let copied = Command::new("cp")
        .arg("-a")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("contract/new"))
        .arg(&dir)
        .status();
    assert!(copied.unwrap().success());
    dir
}

/// Writes lines into its door, before anything else is done there.
fn begin_with(dir: &Path, shell: &str, lines: &str) {
    let cli = dir.join("cli.sh");
    let text = fs::read_to_string(&cli).unwrap();
    let rest = text.strip_prefix("#!/usr/bin/env bash\n").unwrap();
    fs::write(&cli, format!("#!/usr/bin/env {shell}\n{lines}\n{rest}")).unwrap();
}

/// Lines that answer some command lines otherwise: `arms` are those of a `case` over all arguments in one text. `real` runs the
/// command as it was.
fn otherwise(real: &str, arms: &str) -> String {
    format!(
        "if [ -z \"${{UNCHANGED:-}}\" ]; then\nreal() {{ UNCHANGED=1 {real} \"$@\"; }}\ncase \"$*\" in\n{arms}\nesac\nfi\n"
    )
}

impl Living {
    /// In a state.
    pub fn new(state: State) -> Self {
        let living = Self { room: TempDir::new().unwrap() };
        copy(&living.room);
        match state {
            State::Absent => {}
            State::Installed => living.run("manage install --skip-validation"),
            State::Running => {
                living.run("manage install --skip-validation");
                living.run("manage start --wait");
                let lines: String =
                    (0..80).map(|it| format!("2026-01-01T00:00:{:02}Z line {it}\n", it % 60)).collect();
                fs::write(living.state_dir().join("log"), lines).unwrap();
            }
        }
        living
    }

    /// Its directory.
    pub fn dir(&self) -> PathBuf {
        self.room.path().join("thing")
    }

    /// Where it keeps what it keeps.
    pub fn state_dir(&self) -> PathBuf {
        self.room.path().join("state")
    }

    fn run(&self, words: &str) {
        let mut command = Command::new(self.dir().join("cli.sh"));
        command.args(words.split(' ')).env("THING_DIR", self.state_dir()).env("UNCHANGED", "1");
        assert!(command.output().unwrap().status.success(), "{words}");
    }

    /// Has it answer command lines otherwise.
    pub fn answers(&self, arms: &str) {
        begin_with(&self.dir(), "bash", &otherwise("\"${BASH_SOURCE[0]}\"", arms));
    }

    /// What the second layer finds.
    pub fn behavior(&self) -> Judgment {
        Judge::new().behavior(&self.dir(), &self.state_dir())
    }

    /// Records its answers to all that the second layer asks.
    pub fn record(&self) {
        let folder = self.room.path().join("answers");
        fs::create_dir(&folder).unwrap();
        let name = format!("{}/$*", folder.display());
        self.answers(&format!(
            "*) answer=\"{name}\"\nreal \"$@\" >\"$answer.out\" 2>\"$answer.err\"; code=$?\n\
             cat \"$answer.out\"; cat \"$answer.err\" >&2; echo \"$code\" >\"$answer.code\"; exit \"$code\" ;;"
        ));
        assert_eq!(self.behavior().findings, []);
    }

    /// Another one that answers command lines otherwise, and all else as this one has answered.
    pub fn double(&self, arms: &str) -> Double {
        let double = Double { room: TempDir::new().unwrap(), state_dir: self.state_dir() };
        let dir = copy(&double.room);
        let name = format!("{}/answers/$*", self.room.path().display());
        let lines = otherwise("\"$0\"", arms)
            + &format!(
                "answer=\"{name}\"\nif [ -f \"$answer.code\" ]; then\ncat \"$answer.out\"\n[ ! -s \"$answer.err\" ] || cat \"$answer.err\" >&2\n\
                 read -r code <\"$answer.code\"; exit \"$code\"\nfi\nUNCHANGED=1 exec \"{}\" \"$@\"\n",
                self.dir().join("cli.sh").display()
            );
        begin_with(&dir, "sh", &lines);
        double
    }
}

impl Double {
    /// What the second layer finds.
    pub fn behavior(&self, judge: &Judge) -> Judgment {
        judge.behavior(&self.room.path().join("thing"), &self.state_dir)
    }
}

impl Judge {
    /// By the contract as it is.
    pub fn new() -> Self {
        let path = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect();
        Self { loaded: Loaded::built_in().unwrap(), path }
    }

    fn setting(&self, state_dir: &str) -> Setting {
        let env = vec![("THING_DIR".to_owned(), state_dir.to_owned())];
        Setting { path: self.path.clone(), env, ..Setting::default() }
    }

    /// What the second layer finds.
    pub fn behavior(&self, dir: &Path, state_dir: &Path) -> Judgment {
        let (subject, mut judgment) = (Subject::read(dir).unwrap(), Judgment::default());
        let setting = self.setting(state_dir.to_str().unwrap());
        behavior::judge(&self.loaded, &subject, &setting, &mut judgment).unwrap();
        judgment
    }

    /// What the third layer finds.
    pub fn life(&self, dir: &Path, samples: &[Sample]) -> Judgment {
        let (subject, mut judgment) = (Subject::read(dir).unwrap(), Judgment::default());
        let setting = self.setting("{home}/state");
        integration::judge(&self.loaded, &subject, &setting, samples, &mut judgment).unwrap();
        judgment
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        let mut command = Command::new(self.dir().join("cli.sh"));
        command
            .args(["manage", "uninstall", "--force"])
            .env("THING_DIR", self.state_dir())
            .env("UNCHANGED", "1");
        let _ = command.output();
    }
}

/// Does something with each, some at a time; the first that panics ends the test.
pub fn side_by_side<T: Sync>(all: &[T], work: impl Fn(&T) + Sync) {
    let next = Mutex::new(all.iter());
    let take = || next.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(it) = take() {
                    work(it);
                }
            });
        }
    });
}

/// A file in a folder, as a sample.
pub fn sample(folder: &Path, name: &str, text: &str, kind: &str) -> Sample {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    let asked =
        if kind.is_empty() { file.display().to_string() } else { format!("{}:{kind}", file.display()) };
    Sample::given(&asked).unwrap()
}
