//! The third layer: a resource is taken through its whole life, and must be gone at the end of it.

use std::fs;
use std::io;
use std::time::Duration;

use serde_json::Value;

use crate::contract::clause::Judged;
use crate::contract::commands;
use crate::contract::finding::{Finding, Judgment};
use crate::contract::layers::behavior;
use crate::contract::load::{Contract, Loaded};
use crate::contract::sample::{Origin, Sample};
use crate::contract::subject::Subject;
use crate::contract::traces::Traces;
use crate::contract::trial::{Engine, Setting, Trial, ending, name_of, shown};
use crate::room::Room;
use crate::room::run::{Bounds, Ended, Ran, Sweep};

/// The clause that what is kept is handed out.
const READ: &str = "commands.content.get.exit_codes.0";
/// The clause that what was added is there until it is removed.
const CONTENT: &str = "validation.layer3_integration.checks.2";
/// The name of what is kept all the time.
const KEPT: &str = "contract-kept";
/// The name of what comes and goes.
const PASSING: &str = "contract-passing";
/// The name of what there never is.
const ABSENT: &str = "contract-absent";
/// How much longer than a command may take it is waited for, to see whether it ends at all.
const PATIENCE: Duration = Duration::from_secs(1);

/// Takes a resource through its life, with these things for it to keep. One that is installed is left alone.
///
/// # Errors
/// Where no clean room can be made.
pub fn judge(
    loaded: &Loaded,
    subject: &Subject,
    setting: &Setting,
    samples: &[Sample],
    judgment: &mut Judgment,
) -> io::Result<()> {
    match subject.is_shut() {
        Some(why) => loaded.skip_rest(Judged::Integration, judgment, why),
        None => {
            let room = setting.room(subject)?;
            let notes = [Sample::note()];
            let samples = if samples.is_empty() { &notes } else { samples };
            let placed = samples.iter().enumerate().map(|(number, it)| it.placed(&room, number));
            let samples = placed.collect::<io::Result<_>>()?;
            let mut life = Life { loaded, subject, room, engine: setting.engine.as_ref(), samples, judgment };
            let why = life.live().err();
            let why = why.unwrap_or_else(|| "nothing that was done shows it".to_owned());
            loaded.skip_rest(Judged::Integration, judgment, &why);
        }
    }
    judgment.sort();
    Ok(())
}

/// A life.
struct Life<'a> {
    loaded: &'a Loaded,
    subject: &'a Subject,
    room: Room,
    engine: Option<&'a Engine>,
    samples: Vec<Sample>,
    judgment: &'a mut Judgment,
}

/// Why a life was not lived, or not to its end.
type Broken = String;

impl Life<'_> {
    fn contract(&self) -> &Contract {
        &self.loaded.contract
    }

    /// From before it is there until after it is gone.
    fn live(&mut self) -> Result<(), Broken> {
        let before = self.traces();
        self.is_absent(&before)?;
        let first = self.run("manage install");
        if first.code() == Some(2) {
            return Err("it is installed already, and what it keeps is not to be lost".to_owned());
        }
        // Of what could not be installed it is not known what is there, and whose it is.
        self.must("manage install", 0, &first)?;
        let lived = self.live_on();
        // Whatever has gone wrong: it is not left behind.
        self.room.go_on();
        if lived.is_err() {
            self.run("manage uninstall --force");
        }
        let alive = lived?;
        self.gone(&before, &alive);
        Ok(())
    }

    /// Whether it is not there, by all that can be known before it is asked to be.
    fn is_absent(&mut self, before: &Traces) -> Result<(), Broken> {
        let status = self.run("status --format json");
        let report = serde_json::from_str::<Value>(&status.stdout).unwrap_or_default();
        match (status.code(), report.get("installed"), before.of_resource(self.subject)) {
            (Some(0 | 1), ..) => Err("it is running already, and its life is not to be ended".to_owned()),
            (_, Some(Value::Bool(true)), _) => {
                Err("it says that it is installed, and what it keeps is not to be lost".to_owned())
            }
            (.., Some(stored)) => Err(format!("there is a {stored} of it, which is not to be lost")),
            (.., None) => Ok(()),
        }
    }

    /// Everything up to the last uninstalling; answers what there was while it lived.
    fn live_on(&mut self) -> Result<Traces, Broken> {
        self.expect("manage install", 2);
        self.start()?;
        self.expect("manage start", 2);
        self.is_up("manage start --wait", "commands.manage.start.flags.--wait");
        self.answers();
        let keeps = self.content();
        let told = self.run("status --format json").stdout;
        let alive = self.traces().telling(&told);
        self.step("manage restart", 0)?;
        self.is_up("manage restart", "commands.manage.restart.exit_codes.0");
        self.is_kept(keeps, "manage restart", CONTENT);
        self.stop()?;
        self.expect("manage stop", 2);
        self.is_down("manage stop", "commands.manage.stop.exit_codes.0");
        self.keep_data(keeps)?;
        Ok(alive)
    }

    /// The last uninstalling, and what is left then.
    fn gone(&mut self, before: &Traces, alive: &Traces) {
        if self.step("manage uninstall --force", 0).is_err() {
            return;
        }
        self.expect("manage uninstall --force", 2);
        self.is_down("manage uninstall", "commands.manage.uninstall.exit_codes.0");
        let left = self.traces().left(before, alive, self.subject, &self.room);
        self.judgment.hold(left.is_empty(), || {
            Finding::in_command("commands.manage.uninstall.exit_codes.0", &shown("manage uninstall --force"))
                .expected("nothing of the resource is left")
                .seen(left.join("; "))
                .mend("take away what the resource has made, or say --keep-data for it")
        });
    }

    fn traces(&self) -> Traces {
        Traces::of(self.subject, &self.room, self.engine)
    }

    fn start(&mut self) -> Result<(), Broken> {
        let ran = self.step("manage start --wait", 0)?;
        let most = self.contract().performance.startup_time_max;
        self.within("performance.startup_time_max", most, "manage start --wait", &ran);
        Ok(())
    }

    fn stop(&mut self) -> Result<(), Broken> {
        let ran = self.step("manage stop", 0)?;
        let most = self.contract().performance.shutdown_time_max;
        self.within("performance.shutdown_time_max", most, "manage stop", &ran);
        Ok(())
    }

    /// All that can be asked of what runs.
    fn answers(&mut self) {
        let mut trial = Trial::new(self.loaded, self.subject, &self.room, Sweep::Group, self.judgment);
        behavior::ask(&mut trial);
    }

    /// What it keeps can be added, listed, read, run and removed; answers whether there is something that it keeps.
    fn content(&mut self) -> bool {
        let has_content = self.contract().commands.contains_key("content");
        let Some(sample) = self.samples.first().cloned().filter(|_| has_content) else { return false };
        if self.step(&sample.adding(KEPT), 0).is_err() {
            return false;
        }
        self.expect(&sample.adding(KEPT), 2);
        self.listed(KEPT, true);
        self.filtered();
        self.read(&sample);
        self.expect(&format!("content get --name {ABSENT}"), 2);
        self.expect(&format!("content remove --name {ABSENT} --force"), 2);
        self.removed_by_mistake();
        let executes = commands::find(&self.contract().commands, "content execute").is_some()
            && self.offers("content execute");
        // What is not removed is in the way of the next.
        let _ = self.samples.clone().iter().try_for_each(|it| self.passing(it, executes));
        true
    }

    /// Something is added, run if the resource offers that, and removed.
    fn passing(&mut self, sample: &Sample, executes: bool) -> Result<(), Broken> {
        self.step(&sample.adding(PASSING), 0)?;
        if executes {
            self.executed(sample);
        }
        self.step(&format!("content remove --name {PASSING} --force"), 0)?;
        self.expect(&format!("content remove --name {PASSING} --force"), 2);
        self.listed(PASSING, false);
        Ok(())
    }

    /// Whether something can be run depends on what it is.
    fn executed(&mut self, sample: &Sample) {
        let line = format!("content execute --name {PASSING}");
        let ran = self.run(&line);
        let clause = |code: i32| format!("commands.content.execute.exit_codes.{code}");
        match ran.code() {
            Some(code @ (0 | 2)) => self.judgment.pass(&clause(code)),
            _ if sample.origin() == Origin::Given => self.judgment.fail(
                Finding::in_command(&clause(0), &shown(&line))
                    .expected("code 0, or 2 if it cannot be run")
                    .seen(ending(&ran)),
            ),
            _ => self.judgment.skip(&clause(0), "what was there to be run is not for this resource"),
        }
    }

    /// Whether the list has a name, or has it no more.
    fn listed(&mut self, name: &str, wanted: bool) {
        for line in ["content list", "content list --format json"] {
            let Some(ran) = self.expect(line, 0) else { continue };
            self.judgment.hold(ran.stdout.contains(name) == wanted, || {
                Finding::in_command(CONTENT, &shown(line))
                    .expected(format!("`{name}` is {}", if wanted { "listed" } else { "listed no more" }))
                    .seen(if wanted { "it is not" } else { "it still is" })
            });
        }
    }

    fn filtered(&mut self) {
        let clause = "commands.content.list.flags.--filter";
        for (pattern, wanted) in [(KEPT, true), (ABSENT, false)] {
            let line = format!("content list --filter {pattern}");
            let ran = self.run(&line);
            self.judgment.hold(ran.stdout.contains(KEPT) == wanted, || {
                Finding::in_command(clause, &shown(&line))
                    .expected(format!("`{KEPT}` is {}", if wanted { "listed" } else { "left out" }))
                    .seen(if wanted { "it is not" } else { "it is listed" })
            });
        }
    }

    /// What is handed out is what was added, on standard output and in a file.
    fn read(&mut self, sample: &Sample) {
        let line = format!("content get --name {KEPT}");
        if let Some(ran) = self.expect(&line, 0) {
            self.judgment.hold(sample.is_in(ran.stdout.as_bytes()), || {
                Finding::in_command(CONTENT, &shown(&line)).expected("what was added").seen("something else")
            });
        }
        let file = self.room.home().join("contract-output");
        let line = format!("{line} --output {}", file.display());
        self.run(&line);
        let written = fs::read(&file).unwrap_or_default();
        self.judgment.hold(sample.is_in(&written), || {
            Finding::in_command("commands.content.get.flags.--output", &shown(&line))
                .expected("a file that holds what was added")
                .seen(if written.is_empty() { "there is none" } else { "it holds something else" })
        });
        // It is ours, and no trace of the resource's.
        let _ = fs::remove_file(&file);
    }

    /// Removing needs a name: without one nothing is removed.
    fn removed_by_mistake(&mut self) {
        let line = "content remove --force";
        let ran = self.run(line);
        let is_there = self.judgment.is_failed(READ)
            || self.run(&format!("content get --name {KEPT}")).code() == Some(0);
        let finding = |clause: &str| {
            Finding::in_command(clause, &shown(line)).expected("code 1, since the name is missing")
        };
        let required = "commands.content.remove.flags.--name.required";
        let is_refused = self.judgment.hold(ran.code() != Some(0) && is_there, || {
            let seen = if is_there { "code 0" } else { "something else was removed" };
            finding(required).seen(seen)
        });
        if is_refused {
            self.judgment.hold(ran.code() == Some(1), || {
                finding("commands.content.remove.exit_codes.1").seen(ending(&ran))
            });
        }
    }

    /// What was added before is still there.
    fn is_kept(&mut self, keeps: bool, behind: &str, clause: &str) {
        let Some(sample) = self.samples.first().cloned().filter(|_| keeps) else { return };
        if self.judgment.is_failed(READ) {
            return;
        }
        let line = format!("content get --name {KEPT}");
        let ran = self.run(&line);
        self.judgment.hold(ran.code() == Some(0) && sample.is_in(ran.stdout.as_bytes()), || {
            Finding::in_command(clause, &shown(&line))
                .expected(format!("what was added before `{behind}`"))
                .seen(ending(&ran))
        });
    }

    /// Uninstalled with its data kept and installed again, it has its data again.
    fn keep_data(&mut self, keeps: bool) -> Result<(), Broken> {
        let clause = "commands.manage.uninstall.flags.--keep-data";
        self.step("manage uninstall --force --keep-data", 0)?;
        self.is_down("manage uninstall --keep-data", "commands.manage.uninstall.exit_codes.0");
        self.step("manage install", 0)?;
        self.step("manage start --wait", 0)?;
        self.is_kept(keeps, "manage uninstall --keep-data", clause);
        Ok(())
    }

    /// A service that was started runs, and is well.
    fn is_up(&mut self, behind: &str, clause: &str) {
        self.tells(0, behind, clause);
    }

    /// One that was stopped does not.
    fn is_down(&mut self, behind: &str, clause: &str) {
        self.tells(2, behind, clause);
    }

    fn tells(&mut self, code: i32, behind: &str, clause: &str) {
        let line = "status --format json";
        let ran = self.run(line);
        self.judgment.hold(ran.code() == Some(code), || {
            let finding = Finding::in_command(clause, &shown(line));
            finding.expected(format!("code {code} behind `{behind}`")).seen(ending(&ran))
        });
    }

    fn offers(&mut self, name: &str) -> bool {
        Trial::new(self.loaded, self.subject, &self.room, Sweep::Group, self.judgment).offers(name)
    }

    /// A step without which the life does not go on.
    fn step(&mut self, line: &str, code: i32) -> Result<Ran, Broken> {
        let ran = self.run(line);
        self.must(line, code, &ran)?;
        Ok(ran)
    }

    fn must(&mut self, line: &str, code: i32, ran: &Ran) -> Result<(), Broken> {
        match self.ended_with(line, code, ran) {
            true => Ok(()),
            false => Err(format!("`{line}` had not ended with {code}")),
        }
    }

    /// A step that shows how a command ends, and changes nothing.
    fn expect(&mut self, line: &str, code: i32) -> Option<Ran> {
        let ran = self.run(line);
        self.ended_with(line, code, &ran).then_some(ran)
    }

    fn ended_with(&mut self, line: &str, code: i32, ran: &Ran) -> bool {
        if matches!(ran.ended, Ended::OutOfTime | Ended::Stopped) {
            return false;
        }
        let clause = format!("{}.exit_codes.{code}", commands::clause(&name_of(line)));
        self.judgment.hold(ran.code() == Some(code), || {
            Finding::in_command(&clause, &shown(line)).expected(format!("code {code}")).seen(ending(ran))
        })
    }

    /// Runs a command of the life, and judges its time.
    fn run(&mut self, line: &str) -> Ran {
        let name = name_of(line);
        let (clause, limit) = self.contract().limit(&name);
        let words: Vec<&str> = line.split_whitespace().collect();
        let ran = self.room.run(&self.subject.door(), &words, &Bounds::living(limit + PATIENCE));
        self.within(&clause, Some(limit.as_secs()), &name, &ran);
        ran
    }

    fn within(&mut self, clause: &str, limit: Option<u64>, line: &str, ran: &Ran) {
        let Some(limit) = limit.filter(|_| ran.ended != Ended::Stopped) else { return };
        self.judgment.hold(ran.took <= Duration::from_secs(limit), || {
            Finding::in_command(clause, &shown(line)).expected(format!("it takes {limit} s at most")).seen(
                match ran.ended {
                    Ended::OutOfTime => "it had not ended by then".to_owned(),
                    _ => format!("it took {:.1} s", ran.took.as_secs_f64()),
                },
            )
        });
    }
}
