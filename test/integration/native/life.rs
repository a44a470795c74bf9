//! Every clause that a life shows has a mutant: a resource that lives otherwise, so that it breaks this clause, and no other.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use resource_postgres::contract::clause::Judged;
use resource_postgres::contract::commands::Subcommands;
use resource_postgres::contract::finding::{Judgment, Outcome};
use resource_postgres::contract::load::{Contract, Loaded};

use crate::support::living::State::Absent;
use crate::support::living::{Judge, Living, sample, side_by_side};

/// A clause, and what breaks it.
struct Mutant {
    clause: &'static str,
    arms: &'static str,
    limits: fn(&mut Contract),
}

const fn mutant(clause: &'static str, arms: &'static str) -> Mutant {
    Mutant { clause, arms, limits: |_| {} }
}

/// With limits that a test can wait for.
const fn slow(clause: &'static str, arms: &'static str, limits: fn(&mut Contract)) -> Mutant {
    Mutant { clause, arms, limits }
}

const MUTANTS: &[Mutant] = &[
    mutant("commands.manage.install.exit_codes.0", "'manage install') echo no >&2; exit 1 ;;"),
    mutant(
        "commands.manage.install.exit_codes.2",
        "'manage install') real \"$@\" || [[ $? == 2 ]]; exit 0 ;;",
    ),
    mutant("commands.manage.uninstall.exit_codes.0", "'manage uninstall --force') echo no >&2; exit 1 ;;"),
    mutant(
        "commands.manage.uninstall.exit_codes.2",
        "'manage uninstall --force') real \"$@\" || [[ $? == 2 ]]; exit 0 ;;",
    ),
    mutant(
        "commands.manage.uninstall.flags.--keep-data",
        "'manage uninstall --force --keep-data') real manage uninstall --force; exit $? ;;",
    ),
    mutant("commands.manage.start.exit_codes.0", "'manage start --wait') echo no >&2; exit 1 ;;"),
    mutant("commands.manage.start.exit_codes.2", "'manage start') exit 0 ;;"),
    mutant(
        "commands.manage.start.flags.--wait",
        "'manage start --wait') real \"$@\"; touch \"$TMPDIR/started\"; exit 0 ;;\n\
         'status --format json') if [[ -e \"$TMPDIR/started\" && ! -e \"$TMPDIR/asked\" ]]; then touch \"$TMPDIR/asked\"; exit 1; fi ;;",
    ),
    mutant("commands.manage.stop.exit_codes.0", "'manage stop') echo no >&2; exit 1 ;;"),
    mutant("commands.manage.stop.exit_codes.2", "'manage stop') real \"$@\" || [[ $? == 2 ]]; exit 0 ;;"),
    mutant("commands.manage.restart.exit_codes.0", "'manage restart') echo no >&2; exit 1 ;;"),
    mutant("commands.content.add.exit_codes.0", "'content add --file '*) echo no >&2; exit 1 ;;"),
    mutant(
        "commands.content.add.exit_codes.2",
        "'content add --file '*) real \"$@\" || [[ $? == 2 ]]; exit 0 ;;",
    ),
    mutant("commands.content.get.exit_codes.0", "'content get --name contract-kept') real \"$@\"; exit 1 ;;"),
    mutant(
        "commands.content.get.exit_codes.2",
        "'content get --name contract-absent') echo no >&2; exit 1 ;;",
    ),
    mutant("commands.content.get.flags.--output", "'content get --name contract-kept --output '*) exit 0 ;;"),
    mutant(
        "commands.content.list.flags.--filter",
        "'content list --filter contract-absent') real content list; exit $? ;;",
    ),
    mutant(
        "commands.content.remove.exit_codes.0",
        "'content remove --name contract-passing --force') echo no >&2; exit 1 ;;",
    ),
    mutant("commands.content.remove.exit_codes.1", "'content remove --force') echo which >&2; exit 2 ;;"),
    mutant("commands.content.remove.flags.--name.required", "'content remove --force') exit 0 ;;"),
    mutant(
        "commands.content.remove.exit_codes.2",
        "'content remove --name contract-absent --force') echo no >&2; exit 1 ;;",
    ),
    mutant(
        "commands.content.execute.exit_codes.0",
        "'content execute --name contract-passing') echo no >&2; exit 1 ;;",
    ),
    mutant(
        "validation.layer3_integration.checks.2",
        "'content list') real \"$@\" | sed '/contract-kept/d'; exit 0 ;;",
    ),
    slow(
        "commands.manage.install.timeout_seconds",
        "'manage install') sleep 1.2; real \"$@\"; exit $? ;;",
        |it| limit(it, "manage", "install"),
    ),
    slow(
        "commands.manage.uninstall.timeout_seconds",
        "'manage uninstall --force') sleep 1.2; real \"$@\"; exit $? ;;",
        |it| limit(it, "manage", "uninstall"),
    ),
    slow(
        "commands.manage.start.timeout_seconds",
        "'manage start --wait') sleep 1.2; real \"$@\"; exit $? ;;",
        |it| limit(it, "manage", "start"),
    ),
    slow("commands.manage.stop.timeout_seconds", "'manage stop') sleep 1.2; real \"$@\"; exit $? ;;", |it| {
        limit(it, "manage", "stop")
    }),
    slow(
        "commands.manage.restart.timeout_seconds",
        "'manage restart') sleep 1.2; real \"$@\"; exit $? ;;",
        |it| limit(it, "manage", "restart"),
    ),
    slow("performance.startup_time_max", "'manage start --wait') sleep 1.2; real \"$@\"; exit $? ;;", |it| {
        it.performance.startup_time_max = Some(1)
    }),
    slow("performance.shutdown_time_max", "'manage stop') sleep 1.2; real \"$@\"; exit $? ;;", |it| {
        it.performance.shutdown_time_max = Some(1)
    }),
];

/// One second for a command of a group.
fn limit(contract: &mut Contract, group: &str, name: &str) {
    if let Subcommands::Some(commands) = &mut contract.commands.get_mut(group).unwrap().subcommands {
        commands.get_mut(name).unwrap().timeout_seconds = Some(1);
    }
}

/// What is seen by reading is judged elsewhere, and takes most of the time.
fn without_reading(contract: &mut Contract, arms: &str) {
    let is_about = |name: &str| {
        name == "manage" || (name == "content" && arms.contains("'content ")) || arms.contains("keep-data")
    };
    contract.commands.retain(|name, _| is_about(name));
}

/// What a life shows that is lived otherwise.
fn lived(arms: &str, limits: fn(&mut Contract)) -> Judgment {
    let (living, mut judge) = (Living::new(Absent), Judge::new());
    limits(&mut judge.loaded.contract);
    without_reading(&mut judge.loaded.contract, arms);
    living.answers(arms);
    let script = sample(&living.dir(), "script.sh", "#!/usr/bin/env bash\necho it runs\n", "script");
    judge.life(&living.dir(), &[script])
}

fn clauses(judgment: &Judgment) -> BTreeSet<&str> {
    judgment.findings.iter().map(|it| it.clause.as_str()).collect()
}

#[test]
fn a_resource_that_keeps_the_contract_lives_without_a_finding_and_leaves_nothing_out() {
    let (living, judge) = (Living::new(Absent), Judge::new());
    let script = sample(&living.dir(), "script.sh", "#!/usr/bin/env bash\necho it runs\n", "script");
    let judgment = judge.life(&living.dir(), &[script]);
    assert!(judgment.findings.is_empty(), "{:#?}", judgment.findings);
    let skipped: Vec<&String> = judgment
        .outcomes
        .iter()
        .filter(|(_, it)| matches!(it, Outcome::Skipped(_)))
        .map(|(id, _)| id)
        .collect();
    // They are of a service that is not well, and of one that does not run: what was asked while it ran.
    let other_states = ["commands.credentials.exit_codes.2", "commands.logs.exit_codes.2"];
    let other_states =
        other_states.into_iter().chain(["commands.status.exit_codes.1", "commands.status.exit_codes.2"]);
    assert_eq!(skipped, other_states.collect::<Vec<_>>());
}

#[test]
fn a_life_that_breaks_one_clause_is_found_to_break_that_clause_alone() {
    side_by_side(MUTANTS, |mutant| {
        let judgment = lived(mutant.arms, mutant.limits);
        assert_eq!(
            clauses(&judgment),
            BTreeSet::from([mutant.clause]),
            "{}: {:#?}",
            mutant.arms,
            judgment.findings
        );
    });
}

#[test]
fn every_clause_that_a_life_shows_has_a_mutant() {
    let all = Loaded::built_in().unwrap().clauses;
    let judged: BTreeSet<&str> =
        all.iter().filter(|it| it.judged == Judged::Integration).map(|it| it.id.as_str()).collect();
    let mutated: BTreeSet<&str> = MUTANTS.iter().map(|it| it.clause).collect();
    assert_eq!(judged.difference(&mutated).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn what_a_resource_leaves_behind_is_named() {
    let gone = "'manage uninstall --force') real \"$@\"; code=$?; [[ $code == 0 ]] || exit $code";
    for (leaves, named) in [
        ("echo x >\"$HOME/left\"", "/home/left"),
        ("setsid sleep 60 </dev/null >/dev/null 2>&1 &", ": sleep 60"),
        ("mkdir \"${0%/*}/more\"; echo x >\"${0%/*}/more/file\"", "/thing/more/file"),
    ] {
        let judgment = lived(&format!("{gone}; {leaves}\nexit 0 ;;"), |_| {});
        assert_eq!(
            clauses(&judgment),
            BTreeSet::from(["commands.manage.uninstall.exit_codes.0"]),
            "{leaves}"
        );
        assert!(judgment.findings[0].seen.contains(named), "{:#?}", judgment.findings);
    }
}

#[test]
fn a_port_that_came_with_the_service_and_did_not_go_with_it_is_named() {
    // One that nobody uses now; another may take it in between, and then it is not free either.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listen =
        format!("import socket, time; it = socket.create_server((\"127.0.0.1\", {port})); time.sleep(20)");
    if Command::new("python3").arg("--version").output().is_err() {
        println!("skipped: no python3 to listen on a port with");
        return;
    }
    let arms = format!(
        "'manage start --wait') real \"$@\"; code=$?\n\
         env -i \"$(command -v python3)\" -c '{listen}' </dev/null >/dev/null 2>&1 & sleep 0.5; exit $code ;;\n\
         'status --format json') real \"$@\" | sed 's/{{/{{\"port\": {port}, /'; exit \"${{PIPESTATUS[0]}}\" ;;"
    );
    let judgment = lived(&arms, |_| {});
    let seen: Vec<&str> = judgment.findings.iter().map(|it| it.seen.as_str()).collect();
    assert_eq!(seen, [format!("port {port}, on which somebody listens")]);
}

#[test]
fn a_resource_that_is_or_may_be_installed_is_left_alone() {
    for (state, why) in [
        ("'manage install') exit 2 ;;", "it is installed already, and what it keeps is not to be lost"),
        ("'status '*) exit 0 ;;", "it is running already, and its life is not to be ended"),
        ("'status '*) exit 1 ;;", "it is running already, and its life is not to be ended"),
        (
            "'status '*) echo '{\"installed\": true, \"running\": false}'; exit 2 ;;",
            "it says that it is installed, and what it keeps is not to be lost",
        ),
        ("'manage install') exit 1 ;;", "`manage install` had not ended with 0"),
    ] {
        // Were it uninstalled, this test would not be there to tell.
        let judgment = lived(&format!("{state}\n'manage uninstall'*) kill -9 $PPID ;;"), |_| {});
        let outcome = &judgment.outcomes["commands.manage.uninstall.exit_codes.0"];
        assert_eq!(*outcome, Outcome::Skipped(why.to_owned()), "{:#?}", judgment.findings);
    }
}

#[test]
fn what_fails_half_way_is_taken_away_again() {
    let living = Living::new(Absent);
    living.answers(
        "'manage restart') echo no >&2; exit 1 ;;\n'manage uninstall --force') touch \"${0%/*}/taken\" ;;",
    );
    let judgment = Judge::new().life(&living.dir(), &[]);
    assert_eq!(clauses(&judgment), BTreeSet::from(["commands.manage.restart.exit_codes.0"]));
    assert!(living.dir().join("taken").exists());
    let outcome = &judgment.outcomes["commands.manage.stop.exit_codes.0"];
    assert_eq!(*outcome, Outcome::Skipped("`manage restart` had not ended with 0".to_owned()));
}

#[test]
fn a_command_that_never_ends_is_killed_soon_after_its_time() {
    let begun = Instant::now();
    let judgment = lived("'manage stop') sleep 60 ;;", |it| limit(it, "manage", "stop"));
    assert_eq!(clauses(&judgment), BTreeSet::from(["commands.manage.stop.timeout_seconds"]));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
