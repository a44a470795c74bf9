//! Judging: what was seen of an instance, and what it means.

use std::path::Path;

use serde::Serialize;

use crate::engine::{Data, Left, Process, Seen};
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::record::{Creation, Desired};
use crate::pg::probe::{Answer, Probe};

/// The state of an instance, as observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It answers queries.
    Running,
    /// Its process lives and does not accept connections yet.
    Starting,
    /// It replays WAL.
    Recovering,
    /// Its process lives and does not answer, or refuses.
    Unresponsive,
    /// Its container is paused.
    Paused,
    /// It has no process, and did not shut down.
    Crashed,
    /// It has no process, and was shut down.
    Stopped,
    /// It has no data.
    Missing,
    /// Its engine cannot be asked, so that nothing is known of it.
    Unreachable,
}

/// A state with the words that explain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The state.
    pub state: State,
    /// Whether it serves queries and its creation was finished.
    pub healthy: bool,
    /// Why it is in that state.
    pub message: String,
}

impl State {
    /// The state in lower case, as reports have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Starting => "starting",
            Self::Recovering => "recovering",
            Self::Unresponsive => "unresponsive",
            Self::Paused => "paused",
            Self::Crashed => "crashed",
            Self::Stopped => "stopped",
            Self::Missing => "missing",
            Self::Unreachable => "unreachable",
        }
    }

    /// Whether a server process lives, as far as is known.
    pub fn is_alive(self) -> bool {
        match self {
            Self::Running | Self::Starting | Self::Recovering | Self::Unresponsive | Self::Paused => true,
            Self::Crashed | Self::Stopped | Self::Missing | Self::Unreachable => false,
        }
    }
}

/// Judges one instance by what its engine saw, or why it could not look. `probe` is what came of asking its server, if
/// it was asked.
pub fn judge(
    creation: Creation,
    desired: Desired,
    seen: Result<&Seen, &Error>,
    probe: Option<&Probe>,
) -> Health {
    let seen = match seen {
        Ok(seen) => seen,
        Err(err) => return Health { state: State::Unreachable, healthy: false, message: err.line() },
    };
    let (state, message) = state(desired, seen, probe);
    let message = match &seen.remark {
        Some(remark) if state != State::Running => format!("{message}; {remark}"),
        Some(_) | None => message,
    };
    match creation {
        Creation::Finished => Health { state, healthy: state == State::Running, message },
        Creation::Unproved => {
            Health { state, healthy: false, message: "its first start will prove it".to_owned() }
        }
        Creation::Unfinished => Health {
            state,
            healthy: false,
            message: "its creation was interrupted, or is still going on".to_owned(),
        },
        Creation::Cloning => Health {
            state,
            healthy: false,
            message: "its cloning was interrupted, or is still going on".to_owned(),
        },
    }
}

fn state(desired: Desired, seen: &Seen, probe: Option<&Probe>) -> (State, String) {
    let left = match seen.data {
        Data::Absent => return (State::Missing, "its data directory is missing".to_owned()),
        Data::Foreign => {
            return (State::Missing, "what lies in its data directory was not made by PostgreSQL".to_owned());
        }
        // What can be known without looking is that nothing speaks against a shutdown.
        Data::Closed => Left::Clean,
        Data::Present { left, .. } => left,
    };
    match (seen.process, left, desired) {
        (Process::Alive { .. }, _, _) => alive(seen, left, probe),
        (Process::Paused, _, _) => {
            (State::Paused, "its container is paused; a start lets it go on".to_owned())
        }
        (Process::None, Left::Clean, _) => (State::Stopped, "it was shut down".to_owned()),
        (Process::None, Left::Open | Left::Recovering, Desired::Stopped) => {
            (State::Stopped, "it ended without a shutdown; a start replays its WAL".to_owned())
        }
        (Process::None, Left::Open | Left::Recovering, Desired::Running) => {
            (State::Crashed, "its server died without shutting down; a start replays its WAL".to_owned())
        }
    }
}

/// Who answered in the stead of the instance's server; nobody if it was that one. In containers all servers have their
/// data in the same place.
pub fn stranger(data_directory: &Path, identifier: Option<u64>, answer: &Answer) -> Option<String> {
    if Path::new(&answer.data_directory) != data_directory {
        return Some(format!("its port is answered by the server of {}", answer.data_directory));
    }
    let other = identifier.zip(answer.identifier).is_some_and(|(own, its)| own != its);
    other.then(|| "its port is answered by another server".to_owned())
}

fn alive(seen: &Seen, left: Left, probe: Option<&Probe>) -> (State, String) {
    match probe {
        Some(Probe::Answered(it)) => match stranger(&seen.data_directory, seen.identifier, it) {
            Some(stranger) => (State::Unresponsive, stranger),
            None => (State::Running, "it answers queries".to_owned()),
        },
        Some(Probe::ComingUp(why)) if why.contains("shutting down") => (State::Unresponsive, why.clone()),
        Some(Probe::ComingUp(why)) if left == Left::Recovering || why.contains("recovery") => {
            (State::Recovering, format!("{why}: it replays WAL"))
        }
        Some(Probe::ComingUp(why)) => (State::Starting, why.clone()),
        Some(Probe::Refused { code, message }) => {
            (State::Unresponsive, format!("running, refusing: {message} (SQLSTATE {code})"))
        }
        Some(Probe::NotListening) if left == Left::Recovering => {
            (State::Recovering, "it replays WAL".to_owned())
        }
        Some(Probe::NotListening) => (State::Starting, "it does not listen on its port yet".to_owned()),
        // Docker listens in its servers' stead, and hangs up as long as they do not.
        Some(Probe::Silent(_)) if left == Left::Clean => {
            (State::Starting, "it does not answer on its port yet".to_owned())
        }
        Some(Probe::Silent(why)) => {
            (State::Unresponsive, format!("its server lives and does not answer: {why}"))
        }
        None => (State::Unresponsive, "its server lives and was not asked".to_owned()),
    }
}

/// One instance in the verdict on the resource.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Whether its creation was finished; an unfinished instance does not count.
    pub creation: Creation,
    /// What the user wants of it.
    pub desired: Desired,
    /// What it is.
    pub state: State,
}

impl Counted {
    /// Whether the instance counts at all. Of one that is unreachable nobody knows that it does not run, however far its
    /// creation got.
    fn counts(&self) -> bool {
        self.creation == Creation::Finished || self.state == State::Unreachable
    }

    /// Whether the instance is not as it is meant to be, beside others that run or do not.
    fn is_ill(&self, others_run: bool) -> bool {
        match (self.state, self.desired) {
            (State::Running, _) | (State::Stopped, Desired::Stopped) => false,
            // All stopped is "not running"; one of several stopped without our doing is an illness.
            (State::Stopped, Desired::Running) => others_run,
            (
                State::Starting
                | State::Recovering
                | State::Unresponsive
                | State::Paused
                | State::Crashed
                | State::Missing
                | State::Unreachable,
                _,
            ) => true,
        }
    }
}

/// Returns the verdict on all instances together: 0 healthy, 1 not, 2 nothing runs.
pub fn overall(instances: &[Counted]) -> Verdict {
    let counted = || instances.iter().filter(|it| it.counts());
    let runs = counted().any(|it| it.state == State::Running);
    match (counted().any(|it| it.is_ill(runs)), runs) {
        (true, _) => Verdict::Failed,
        (false, true) => Verdict::Done,
        (false, false) => Verdict::Skipped(Skip::NotRunning),
    }
}

/// Returns the verdict on the resource where `main` exists, which is the resource as its callers see it: 2 if that is not
/// installed or stopped, whatever else runs; 1 if it is not well, or any other instance is not.
pub fn overall_with_main(main: Counted, others: &[Counted]) -> Verdict {
    if !main.counts() || main.state == State::Stopped {
        return Verdict::Skipped(Skip::NotRunning);
    }
    let runs = main.state == State::Running;
    match main.is_ill(runs) || others.iter().any(|it| it.counts() && it.is_ill(runs)) {
        true => Verdict::Failed,
        false => Verdict::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Kind;

    const ALIVE: Process = Process::Alive { pid: 7 };

    fn judged(process: Process, left: Left, probe: Option<Probe>) -> State {
        judge(Creation::Finished, Desired::Running, Ok(&seen(process, left)), probe.as_ref()).state
    }

    fn seen(process: Process, left: Left) -> Seen {
        Seen {
            kind: Kind::Native,
            data: Data::Present { major: 16, left },
            process,
            data_directory: "/data".into(),
            identifier: Some(7),
            remark: None,
        }
    }

    #[test]
    fn what_was_ended_at_once_on_purpose_has_not_crashed() {
        for left in [Left::Open, Left::Recovering] {
            let seen = seen(Process::None, left);
            let health = judge(Creation::Finished, Desired::Stopped, Ok(&seen), None);
            assert_eq!(health.state, State::Stopped);
        }
    }

    #[test]
    fn what_hinders_an_instance_is_said_with_its_state() {
        let remark = Some("the container `x` is somebody else's".to_owned());
        let seen = Seen { remark, ..seen(Process::None, Left::Clean) };
        let health = judge(Creation::Finished, Desired::Running, Ok(&seen), None);
        assert_eq!(health.message, "it was shut down; the container `x` is somebody else's");
    }

    fn answered(data_directory: &str) -> Option<Probe> {
        Some(Probe::Answered(Answer {
            data_directory: data_directory.to_owned(),
            identifier: None,
            version: "16.1".to_owned(),
        }))
    }

    #[test]
    fn a_server_with_the_same_data_directory_in_another_container_is_a_stranger() {
        let who = |own, its| {
            let (data_directory, version) = ("/data".to_owned(), "16.1".to_owned());
            stranger(Path::new("/data"), own, &Answer { data_directory, identifier: its, version })
        };
        assert_eq!(who(Some(7), Some(7)), None);
        assert_eq!(who(Some(7), None), None);
        assert_eq!(who(None, Some(8)), None);
        assert_eq!(who(Some(7), Some(8)).unwrap(), "its port is answered by another server");
    }

    #[test]
    fn every_observation_has_its_state() {
        let coming = |why: &str| Some(Probe::ComingUp(why.to_owned()));
        let full = Some(Probe::Refused { code: "53300".to_owned(), message: "too many clients".to_owned() });
        for (process, left, probe, state) in [
            (ALIVE, Left::Open, answered("/data"), State::Running),
            (ALIVE, Left::Open, answered("/other"), State::Unresponsive),
            (ALIVE, Left::Open, coming("the database system is starting up"), State::Starting),
            (ALIVE, Left::Open, coming("the database system is in recovery mode"), State::Recovering),
            (ALIVE, Left::Recovering, coming("the database system is starting up"), State::Recovering),
            (ALIVE, Left::Open, coming("the database system is shutting down"), State::Unresponsive),
            (ALIVE, Left::Open, full, State::Unresponsive),
            (ALIVE, Left::Clean, Some(Probe::NotListening), State::Starting),
            (ALIVE, Left::Recovering, Some(Probe::NotListening), State::Recovering),
            (ALIVE, Left::Open, Some(Probe::Silent("no answer".to_owned())), State::Unresponsive),
            (ALIVE, Left::Clean, Some(Probe::Silent("it hung up".to_owned())), State::Starting),
            (Process::Paused, Left::Open, None, State::Paused),
            (Process::None, Left::Clean, None, State::Stopped),
            (Process::None, Left::Open, None, State::Crashed),
            (Process::None, Left::Recovering, None, State::Crashed),
        ] {
            assert_eq!(judged(process, left, probe.clone()), state, "{process:?} {left:?} {probe:?}");
        }
    }

    #[test]
    fn an_unfinished_instance_is_never_healthy_even_if_it_answers() {
        let seen = seen(ALIVE, Left::Open);
        for creation in [Creation::Unfinished, Creation::Unproved, Creation::Cloning] {
            let answered = answered("/data");
            let health = judge(creation, Desired::Running, Ok(&seen), answered.as_ref());
            assert!(!health.healthy);
        }
    }

    #[test]
    fn an_instance_whose_engine_cannot_be_asked_is_unreachable_whatever_is_recorded_of_it() {
        let err = Error::EngineUnreachable { at: "unix:///sock".to_owned(), why: "it hung up".to_owned() };
        let message = "Docker engine unreachable at unix:///sock: it hung up".to_owned();
        let unreachable = Health { state: State::Unreachable, healthy: false, message };
        for creation in [Creation::Finished, Creation::Unproved, Creation::Unfinished, Creation::Cloning] {
            for desired in [Desired::Running, Desired::Stopped] {
                assert_eq!(judge(creation, desired, Err(&err), None), unreachable);
                let counted = Counted { creation, desired, state: State::Unreachable };
                assert_eq!(overall(&[counted]), Verdict::Failed, "nobody knows that it does not run");
            }
        }
    }

    #[test]
    fn where_main_exists_the_verdict_on_the_resource_speaks_of_it() {
        let it = |state, desired| Counted { creation: Creation::Finished, desired, state };
        let (running, stopped) = (it(State::Running, Desired::Running), it(State::Stopped, Desired::Stopped));
        let (gone, crashed) = (it(State::Stopped, Desired::Running), it(State::Crashed, Desired::Running));
        let half =
            Counted { creation: Creation::Unfinished, desired: Desired::Running, state: State::Missing };
        let unreachable = Counted { state: State::Unreachable, ..half };
        let not_running = Verdict::Skipped(Skip::NotRunning);
        for (main, others, verdict) in [
            (running, vec![], Verdict::Done),
            (running, vec![running, stopped, half], Verdict::Done),
            (running, vec![crashed], Verdict::Failed),
            (running, vec![gone], Verdict::Failed),
            (running, vec![unreachable], Verdict::Failed),
            (stopped, vec![running], not_running),
            (stopped, vec![crashed], not_running),
            (gone, vec![running], not_running),
            (half, vec![running], not_running),
            (crashed, vec![running], Verdict::Failed),
            (unreachable, vec![running], Verdict::Failed),
            (it(State::Starting, Desired::Running), vec![], Verdict::Failed),
        ] {
            assert_eq!(overall_with_main(main, &others), verdict, "{main:?} beside {others:?}");
        }
    }

    #[test]
    fn the_verdict_on_the_resource_follows_what_is_wanted() {
        let it = |state, desired| Counted { creation: Creation::Finished, desired, state };
        let running = it(State::Running, Desired::Running);
        let not_running = Verdict::Skipped(Skip::NotRunning);
        let half =
            Counted { creation: Creation::Unfinished, desired: Desired::Stopped, state: State::Missing };
        for (instances, verdict) in [
            (vec![], not_running),
            (vec![running], Verdict::Done),
            (vec![running, it(State::Stopped, Desired::Stopped)], Verdict::Done),
            (vec![running, it(State::Stopped, Desired::Running)], Verdict::Failed),
            (vec![it(State::Stopped, Desired::Running)], not_running),
            (vec![it(State::Crashed, Desired::Running)], Verdict::Failed),
            (vec![it(State::Unresponsive, Desired::Running), running], Verdict::Failed),
            (vec![half], not_running),
            (vec![half, running], Verdict::Done),
        ] {
            assert_eq!(overall(&instances), verdict, "{instances:?}");
        }
    }
}
