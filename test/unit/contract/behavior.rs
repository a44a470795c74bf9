//! Every clause that can be seen by reading has a mutant: a resource that answers so that it breaks this clause, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use resource_postgres::contract::clause::Judged;
use resource_postgres::contract::finding::Outcome;
use resource_postgres::contract::load::{Contract, Loaded};

use crate::living::State::{self, Absent, Installed, Running};
use crate::living::{Judge, Living, side_by_side};

/// A clause, and what breaks it.
struct Mutant {
    clause: String,
    state: State,
    arms: String,
    limits: fn(&mut Contract),
}

impl Mutant {
    fn new(clause: &str, arms: &str) -> Self {
        let (clause, arms) = (clause.to_owned(), arms.to_owned());
        Self { clause, state: Running, arms, limits: |_| {} }
    }

    fn when(self, state: State) -> Self {
        Self { state, ..self }
    }

    /// With limits that a test can wait for.
    fn with(self, limits: fn(&mut Contract)) -> Self {
        Self { limits, ..self }
    }
}

/// Flags of commands that do something: what is not in the help is not told.
const FLAGS: [(&str, &[&str]); 9] = [
    ("manage install", &["--force", "--skip-validation"]),
    ("manage uninstall", &["--force", "--keep-data"]),
    ("manage start", &["--wait", "--timeout"]),
    ("manage stop", &["--force", "--timeout"]),
    ("manage restart", &["--force"]),
    ("content add", &["--file", "--type", "--name"]),
    ("content get", &["--name", "--output"]),
    ("content remove", &["--name", "--force"]),
    ("content execute", &["--name", "--options"]),
];

/// An answer that is in no format but text.
const SPOILED: [(&str, &str); 4] = [
    ("text", "exit 0"),
    ("json", "echo '{'; exit 0"),
    ("yaml", "echo no; exit 0"),
    ("env", "echo A: 1; exit 0"),
];

fn mutants() -> Vec<Mutant> {
    let mut all = Vec::new();
    for (name, flags) in FLAGS {
        for flag in flags {
            let group = name.split(' ').next().unwrap();
            let hide = format!(
                "'{name} --help'|'{group} --help'|help) real \"$@\" | sed 's/{flag}/--other/g'; exit 0 ;;"
            );
            all.push(Mutant::new(&format!("commands.{}.flags.{flag}", name.replace(' ', ".")), &hide));
        }
    }
    for (name, values) in [
        ("status", ["text", "json", "yaml"]),
        ("content list", ["text", "json", "yaml"]),
        ("credentials", ["text", "json", "env"]),
    ] {
        let flag = format!("commands.{}.flags.--format", name.replace(' ', "."));
        for value in values {
            let (_, spoiled) = SPOILED.iter().find(|(it, _)| *it == value).unwrap();
            let arm = format!("'{name} --format {value}') {spoiled} ;;");
            all.push(Mutant::new(&format!("{flag}.values.{value}"), &arm));
        }
        all.push(Mutant::new(
            &format!("{flag}.default"),
            &format!("'{name}') real {name} --format json; exit $? ;;"),
        ));
        all.push(Mutant::new(&flag, &format!("'{name} --format '*) echo unknown >&2; exit 1 ;;")));
    }
    for (at, words) in [(1, "usage|example"), (2, "command"), (3, "default|configuration")] {
        let arm = format!("help) real help | sed -E 's/{words}/x/Ig'; exit 0 ;;");
        all.push(Mutant::new(&format!("commands.help.output.must_include.{at}"), &arm));
    }
    for (at, words) in [(1, "running|stopped"), (2, "health"), (3, "port|endpoint")] {
        let arm = format!("status) real status | sed -E 's/{words}/x/Ig'; exit 0 ;;");
        all.push(Mutant::new(&format!("commands.status.output.must_include.{at}"), &arm));
    }
    for key in [
        "startup_order",
        "dependencies",
        "startup_time_estimate",
        "startup_timeout",
        "recovery_attempts",
        "priority",
    ] {
        let arm = format!("info) real info | sed 's/{key}/x/g'; exit 0 ;;");
        all.push(Mutant::new(&format!("commands.info.output.must_include.{key}"), &arm));
    }
    all.extend(codes_and_flags());
    all.extend(times());
    all.extend(others());
    all
}

fn codes_and_flags() -> Vec<Mutant> {
    let refused = |flag: &str| format!("'{flag} '*|'{flag}') echo unknown >&2; exit 1 ;;");
    vec![
        Mutant::new("commands.help.exit_codes.0", "help) real help; exit 1 ;;"),
        Mutant::new("commands.info.exit_codes.0", "info) real info; exit 1 ;;"),
        Mutant::new("commands.info.flags.--json", "'info --json') real info; exit 0 ;;"),
        Mutant::new(
            "commands.info.implementation_note",
            "'info --json') real info --json | sed 's/\"startup_order\": [0-9]*/\"startup_order\": 1/'; exit 0 ;;",
        ),
        Mutant::new("commands.content.list.flags.--filter", &refused("content list --filter")),
        Mutant::new("commands.content.list.exit_codes.0", "'content list') echo broken >&2; exit 0 ;;"),
        Mutant::new("commands.content.get.flags.--name.required", "'content get') exit 0 ;;"),
        Mutant::new("commands.content.get.exit_codes.1", "'content get') echo which >&2; exit 2 ;;"),
        Mutant::new("commands.status.flags.--verbose", &refused("status --verbose")),
        Mutant::new(
            "commands.status.exit_codes.0",
            "status|'status --format '[tjy]*|'status --verbose') real \"$@\"; exit 0 ;;",
        )
        .when(Installed),
        Mutant::new(
            "commands.status.exit_codes.1",
            "status|'status --format '[tjy]*|'status --verbose') real \"$@\"; exit 1 ;;",
        )
        .when(Installed),
        Mutant::new(
            "commands.status.exit_codes.2",
            "status|'status --format '[tjy]*|'status --verbose') real \"$@\"; exit 2 ;;",
        ),
        Mutant::new("commands.logs.flags.--tail", "'logs --tail 1') real logs; exit 0 ;;"),
        Mutant::new("commands.logs.flags.--tail.default", "logs) real logs --tail 70; exit 0 ;;"),
        Mutant::new("commands.logs.flags.--follow", &refused("logs --follow")),
        Mutant::new("commands.logs.flags.--since", &refused("logs --since")),
        Mutant::new("commands.logs.exit_codes.0", "logs) exit 0 ;;"),
        Mutant::new("commands.logs.exit_codes.2", "logs) real logs; exit 2 ;;"),
        Mutant::new("commands.credentials.flags.--show-secrets", &refused("credentials --show-secrets")),
        Mutant::new(
            "commands.credentials.flags.--show-secrets.default",
            "credentials) real credentials --show-secrets; exit 0 ;;",
        ),
        Mutant::new("commands.credentials.exit_codes.0", "credentials) exit 0 ;;"),
        Mutant::new("commands.credentials.exit_codes.2", "credentials) real credentials; exit 2 ;;"),
    ]
}

fn times() -> Vec<Mutant> {
    fn all(contract: &mut Contract, name: &str, seconds: u64) {
        contract.performance.command_response_time.insert(name.to_owned(), seconds);
    }
    fn of(contract: &mut Contract, name: &str, own: u64, seconds: u64) {
        contract.commands.get_mut(name).unwrap().timeout_seconds = Some(own);
        all(contract, name, seconds);
    }
    vec![
        Mutant::new("commands.status.timeout_seconds", "status) sleep 3 ;;")
            .with(|it| of(it, "status", 1, 1)),
        Mutant::new("performance.command_response_time.status", "status) sleep 3 ;;")
            .with(|it| of(it, "status", 10, 1)),
        Mutant::new("commands.logs.timeout_seconds", "logs) sleep 3 ;;").with(|it| of(it, "logs", 1, 15)),
        Mutant::new("performance.command_response_time.logs", "logs) sleep 3 ;;")
            .with(|it| of(it, "logs", 15, 1)),
        Mutant::new("performance.command_response_time.help", "help) sleep 3 ;;")
            .with(|it| all(it, "help", 1)),
        Mutant::new("performance.command_response_time.other", "info) sleep 3 ;;")
            .with(|it| all(it, "other", 1)),
    ]
}

fn others() -> Vec<Mutant> {
    vec![
        Mutant::new("file_structure.required.cli.sh.must_support.1", "info) no-such-program; exit $? ;;"),
        Mutant::new("file_structure.required.cli.sh.must_support.2", "--help) exit 1 ;;"),
        Mutant::new("file_structure.required.cli.sh.must_support.3", "no-such-thing) exit 1 ;;"),
        Mutant::new("validation.layer2_behavioral.checks.1", "info) kill -9 $$ ;;"),
        Mutant::new("validation.layer2_behavioral.checks.2", "logs) real logs; exit 3 ;;"),
        Mutant::new("security.input_validation", "'status --no-such-thing') real status; exit 0 ;;"),
        Mutant::new(
            "security.sensitive_data_handling.1",
            "logs) real logs --tail 40; cat \"$THING_DIR/token\"; exit 0 ;;",
        ),
        Mutant::new(
            "security.sensitive_data_handling.2",
            "status) real status; cat \"$THING_DIR/token\"; exit 0 ;;",
        ),
    ]
}

/// Programs that the machine must have: a resource cannot take them away, so the machine does.
const PROGRAMS: [&str; 4] = ["bash", "grep", "sed", "awk"];

#[test]
fn a_resource_that_keeps_the_contract_has_no_finding_whatever_its_state() {
    side_by_side(&[Absent, Installed, Running], |state| {
        let judgment = Living::new(*state).behavior();
        assert!(judgment.findings.is_empty(), "{state:?}: {:#?}", judgment.findings);
    });
}

#[test]
fn an_answer_that_breaks_one_clause_is_found_to_break_that_clause_alone() {
    let (running, installed) = (Living::new(Running), Living::new(Installed));
    side_by_side(&[&running, &installed], |it| it.record());
    side_by_side(&mutants(), |mutant| {
        let living = if mutant.state == Running { &running } else { &installed };
        let mut judge = Judge::new();
        (mutant.limits)(&mut judge.loaded.contract);
        let found = living.double(&mutant.arms).behavior(&judge).findings;
        let clauses: BTreeSet<&str> = found.iter().map(|it| it.clause.as_str()).collect();
        assert_eq!(clauses, BTreeSet::from([mutant.clause.as_str()]), "{}: {found:#?}", mutant.arms);
    });
}

#[test]
fn a_program_that_the_machine_lacks_is_named_and_no_other() {
    for lacking in PROGRAMS {
        let (living, mut judge) = (Living::new(Absent), Judge::new());
        let programs = living.state_dir();
        fs::create_dir(&programs).unwrap();
        for program in PROGRAMS.iter().filter(|it| **it != lacking) {
            symlink("/bin/true", programs.join(program)).unwrap();
        }
        judge.path = vec![programs];
        // Its commands are not to be judged now.
        fs::set_permissions(living.dir().join("cli.sh"), fs::Permissions::from_mode(0o644)).unwrap();
        let judgment = judge.behavior(&living.dir(), &living.state_dir());
        let found: Vec<String> = judgment.findings.into_iter().map(|it| it.clause).collect();
        assert_eq!(found, [format!("compatibility.required_commands.{lacking}")]);
    }
}

#[test]
fn every_clause_that_is_seen_by_reading_has_a_mutant() {
    let clauses = Loaded::built_in().unwrap().clauses.into_iter();
    let judged: BTreeSet<String> =
        clauses.filter(|it| it.judged == Judged::Behavior).map(|it| it.id).collect();
    let programs = PROGRAMS.iter().map(|it| format!("compatibility.required_commands.{it}"));
    let mutated: BTreeSet<String> = mutants().into_iter().map(|it| it.clause).chain(programs).collect();
    assert_eq!(judged, mutated);
}

#[test]
fn nothing_that_changes_anything_is_run() {
    let living = Living::new(Running);
    // Everything that it was asked, in a file.
    living.answers("*) printf '%s\\n' \"$*\" >>\"$THING_DIR.asked\" ;;");
    assert_eq!(living.behavior().findings, []);
    let asked = fs::read_to_string(living.state_dir().with_extension("asked")).unwrap();
    let changing: Vec<&str> = asked
        .lines()
        .filter(|it| {
            ["manage", "test", "content add", "content remove", "content execute"]
                .iter()
                .any(|word| it.starts_with(word))
        })
        .filter(|it| !it.ends_with(" --help") && !it.contains("no-such-thing"))
        .collect();
    assert_eq!(changing, [""; 0]);
    assert!(asked.lines().count() > 40, "{asked}");
}

#[test]
fn where_help_is_not_honored_nothing_is_asked_for_it_that_could_do_its_work() {
    let living = Living::new(Running);
    living.answers(
        "'manage '*) echo \"$*\" >>\"$THING_DIR.done\"; exit 0 ;;\n*' --help') real \"${@:1:$#-1}\"; exit $? ;;",
    );
    let judgment = living.behavior();
    assert!(!living.state_dir().with_extension("done").exists());
    let outcome = &judgment.outcomes["commands.manage.uninstall.flags.--force"];
    assert_eq!(
        *outcome,
        Outcome::Skipped(
            "`status --help` is not answered with help, so that others might do their work when asked for theirs".to_owned()
        )
    );
}

#[test]
fn no_secret_that_a_resource_tells_is_told_by_its_judgment() {
    let living = Living::new(Running);
    let token = fs::read_to_string(living.state_dir().join("token")).unwrap();
    living.answers(
        "'status --format json') cat \"$THING_DIR/token\" >&2; exit 1 ;;\n\
         'credentials --format env') real credentials --show-secrets; exit 0 ;;\n\
         'logs') cat \"$THING_DIR/token\"; exit 3 ;;",
    );
    let judgment = living.behavior();
    assert!(judgment.findings.iter().any(|it| it.seen.contains("code 1")), "{:#?}", judgment.findings);
    let told = format!("{judgment:?}");
    assert!(!told.contains(token.trim()), "{told}");
    assert!(told.contains("********"), "{told}");
}
