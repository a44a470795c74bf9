//! What `contract new` writes keeps the contract and lives as it says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

use crate::contract::resource::judge;

/// A folder with a new resource in it.
struct Place {
    room: TempDir,
    cli: PathBuf,
}

impl Place {
    fn with(name: &str) -> Self {
        let room = TempDir::new().unwrap();
        let (code, stdout, stderr) = new(name, room.path());
        assert_eq!((code, stdout), (0, format!("{}\n", room.path().join(name).display())), "{stderr}");
        Self { cli: room.path().join(name).join("cli.sh"), room }
    }

    /// Runs one of its commands, in words between blanks: the code and what it wrote on both streams.
    fn run(&self, words: &str) -> (i32, String, String) {
        let mut command = Command::new(&self.cli);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.room.path())
            .current_dir(self.room.path());
        ended(command.args(words.split(' ')))
    }

    fn ends_with(&self, code: i32, words: &str) -> String {
        let (seen, stdout, stderr) = self.run(words);
        assert_eq!(seen, code, "{words}: {stdout}{stderr}");
        if code != 0 && stdout.is_empty() {
            assert_eq!(stderr.lines().count(), 1, "{words}: {stderr}");
        }
        stdout
    }
}

impl Drop for Place {
    /// A test that fails leaves no service behind.
    fn drop(&mut self) {
        self.run("manage uninstall --force");
    }
}

fn new(name: &str, dir: &Path) -> (i32, String, String) {
    let mut command = Command::new(cargo_bin!("resource-postgres"));
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", dir);
    ended(command.args(["contract", "new", name, "--dir"]).arg(dir))
}

fn ended(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_new_resource_breaks_no_clause_whatever_its_name() {
    for name in ["my-thing", "x", "app", "a1-b2-"] {
        let place = Place::with(name);
        let judgment = judge(place.cli.parent().unwrap());
        assert_eq!((judgment.resource.as_str(), judgment.findings), (name, vec![]));
        assert!(place.ends_with(0, "help").starts_with(&format!("{name}: ")));
    }
}

#[test]
fn what_is_there_already_is_left_alone() {
    let room = TempDir::new().unwrap();
    for (name, is_folder) in [("folder", true), ("file", false)] {
        let path = room.path().join(name);
        if is_folder {
            fs::create_dir(&path).unwrap();
            fs::write(path.join("kept"), "").unwrap();
        } else {
            fs::write(&path, "kept").unwrap();
        }
        let (code, stdout, stderr) = new(name, room.path());
        let wanted = format!(
            "error: {} exists already\nhint: choose another name or folder, or move it away\n",
            path.display()
        );
        assert_eq!((code, stdout.as_str(), stderr), (1, "", wanted));
    }
    fs::create_dir(room.path().join("empty")).unwrap();
    assert_eq!(new("empty", room.path()).0, 0);
    let mut left: Vec<_> = fs::read_dir(room.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["empty", "file", "folder"]);
    assert_eq!(fs::read_dir(room.path().join("folder")).unwrap().count(), 1);
}

#[test]
fn what_is_no_name_is_refused() {
    let room = TempDir::new().unwrap();
    for name in ["Thing", "../thing", "9", "a_b", ""] {
        let (code, stdout, stderr) = new(name, room.path());
        assert_eq!((code, stdout.as_str()), (1, ""), "{name}: {stderr}");
        assert!(stderr.starts_with("error: "), "{stderr}");
    }
    assert_eq!(fs::read_dir(room.path()).unwrap().count(), 0);
}

#[test]
fn a_new_resource_lives_as_the_contract_says() {
    let place = Place::with("my-thing");
    fs::write(place.room.path().join("hello.sh"), "echo \"hello $1\"\n").unwrap();
    place.ends_with(2, "status");
    place.ends_with(2, "logs");
    place.ends_with(1, "manage start");
    place.ends_with(0, "manage install");
    place.ends_with(2, "manage install");
    place.ends_with(0, "manage start --wait --timeout 10");
    place.ends_with(2, "manage start");
    let status: serde_json::Value =
        serde_json::from_str(&place.ends_with(0, "status --format json")).unwrap();
    assert_eq!(
        (&status["name"], &status["running"], &status["healthy"]),
        (&"my-thing".into(), &true.into(), &true.into())
    );
    place.ends_with(0, "content add --file hello.sh --name hello");
    place.ends_with(2, "content add --file hello.sh --name hello");
    assert_eq!(
        place.ends_with(0, "content list --format json"),
        "[{\"name\":\"hello\",\"type\":\"script\"}]\n"
    );
    assert_eq!(place.ends_with(0, "content execute --name hello --options you"), "hello you\n");
    assert!(
        !place.ends_with(0, "credentials --format json").contains(
            place.ends_with(0, "credentials --show-secrets").split(' ').next_back().unwrap().trim()
        )
    );
    place.ends_with(0, "manage restart");
    place.ends_with(0, "manage stop");
    place.ends_with(2, "manage stop");
    assert_eq!(place.ends_with(0, "logs").lines().filter(|it| it.ends_with(" stopped")).count(), 3);
    place.ends_with(0, "manage uninstall --keep-data");
    place.ends_with(0, "manage install --skip-validation");
    assert_eq!(place.ends_with(0, "content get --name hello"), "echo \"hello $1\"\n");
    place.ends_with(0, "content remove --name hello");
    place.ends_with(2, "content get --name hello");
    place.ends_with(0, "manage start");
    place.ends_with(0, "manage uninstall");
    place.ends_with(2, "manage uninstall");
    assert!(!place.room.path().join(".local/share/my-thing").exists());
}

#[test]
fn a_new_resource_refuses_what_it_does_not_know_in_one_line() {
    let place = Place::with("my-thing");
    for words in [
        "nonsense",
        "manage nonsense",
        "manage::install",
        "help --nonsense",
        "info --nonsense",
        "manage install --nonsense",
        "manage start --timeout soon",
        "manage start --timeout",
        "test smoke --nonsense",
        "content get",
        "content get --name ../cli.sh",
        "content list --format xml",
        "status --format text|json",
        "logs --tail -1",
        "credentials --show-secrets=yes",
    ] {
        let (code, stdout, stderr) = place.run(words);
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (1, "", 1), "{words}: {stderr}");
    }
    assert_eq!(
        place.ends_with(0, "manage uninstall --help").lines().next(),
        Some("Usage: resource-my-thing manage uninstall [FLAGS]")
    );
}

#[test]
fn the_suites_of_a_new_resource_pass() {
    let place = Place::with("my-thing");
    assert_eq!(place.ends_with(0, "test unit"), "");
    assert_eq!(place.ends_with(0, "test integration"), "");
    place.ends_with(1, "test smoke");
}

/// Vrooli's framework, as far as it is called: at the end it says what was registered.
const FRAMEWORK: &str = r#"
declare -gA CLI_COMMAND_HANDLERS=()
cli::init() { echo "$1 $3"; }
cli::register_command() { CLI_COMMAND_HANDLERS[$1]="$3"; }
cli::dispatch() {
    [[ -n "$COMMON" ]] || exit 1
    for name in "${!CLI_COMMAND_HANDLERS[@]}"; do declare -F "${CLI_COMMAND_HANDLERS[$name]}"; done | sort
}
"#;

#[test]
fn a_new_resource_registers_with_the_framework_where_there_is_one() {
    let mut place = Place::with("my-thing");
    let scripts = place.room.path().join("scripts");
    fs::create_dir_all(scripts.join("resources/lib")).unwrap();
    fs::create_dir_all(scripts.join("lib/utils")).unwrap();
    fs::write(scripts.join("resources/lib/cli-command-framework-v2.sh"), FRAMEWORK).unwrap();
    fs::write(scripts.join("resources/common.sh"), "COMMON=sourced\n").unwrap();
    let common = "var_RESOURCES_COMMON_FILE=\"$APP_ROOT/scripts/resources/common.sh\"\n";
    fs::write(scripts.join("lib/utils/var.sh"), common).unwrap();
    fs::create_dir(place.room.path().join("resources")).unwrap();
    let moved = place.room.path().join("resources/my-thing");
    fs::rename(place.cli.parent().unwrap(), &moved).unwrap();
    place.cli = moved.join("cli.sh");
    insta::assert_snapshot!(place.ends_with(0, "status"), @"
    my-thing v2
    my-thing::content::add
    my-thing::content::execute
    my-thing::content::get
    my-thing::content::list
    my-thing::content::remove
    my-thing::credentials
    my-thing::install
    my-thing::logs
    my-thing::restart
    my-thing::start
    my-thing::status
    my-thing::stop
    my-thing::test::all
    my-thing::test::integration
    my-thing::test::smoke
    my-thing::test::unit
    my-thing::uninstall
    ");
}

#[test]
fn of_several_commands_at_once_one_does_it_and_the_others_find_it_done() {
    let place = Place::with("my-thing");
    for words in [
        "manage install",
        "manage start",
        "content add --file my-thing/README.md",
        "content remove --name README.md",
        "manage stop",
        "manage uninstall",
    ] {
        let mut codes: Vec<i32> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..4).map(|_| scope.spawn(|| place.run(words).0)).collect();
            running.into_iter().map(|it| it.join().unwrap()).collect()
        });
        codes.sort_unstable();
        assert_eq!(codes, [0, 2, 2, 2], "{words}");
    }
}
