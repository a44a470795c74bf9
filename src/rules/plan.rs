//! Planning: what is asked of an instance and what it is decide what is done.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::exit::Skip;
use crate::instances::record::Creation;
use crate::rules::judge::State;

/// What is asked of an existing instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `manage start`
    Start,
    /// `manage stop`
    Stop,
    /// `manage restart`
    Restart,
}

/// What is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Go on with the creation that was interrupted, or prove what was never booted.
    Finish,
    /// Start the server.
    Boot,
    /// It is coming up by itself: wait.
    Await,
    /// Let its paused container go on.
    Resume,
    /// End the server.
    Halt,
    /// End the server, then start it.
    HaltThenBoot,
    /// Nothing.
    Skip(Skip),
    /// Refuse, since a start would need data that is not there.
    RefuseWithoutData,
    /// Refuse, since the server lives and starting a second one would not help.
    RefuseUnwell,
    /// Refuse, since it is the beginning of a copy, and whole only as one.
    RefuseHalfCloned,
    /// Refuse, since nobody can tell what there is.
    RefuseUnreachable,
}

/// The plan. No step of it deletes anything.
pub fn plan(ask: Ask, creation: Creation, state: State) -> Step {
    use State::{
        Crashed, Missing, Paused, Recovering, Running, Starting, Stopped, Unreachable, Unresponsive,
    };
    match (creation, ask, state) {
        (_, Ask::Start | Ask::Stop | Ask::Restart, Unreachable) => Step::RefuseUnreachable,
        (
            Creation::Unfinished | Creation::Unproved | Creation::Finished | Creation::Cloning,
            Ask::Stop,
            Running | Starting | Recovering | Unresponsive | Paused,
        ) => Step::Halt,
        (
            Creation::Unfinished | Creation::Unproved | Creation::Finished | Creation::Cloning,
            Ask::Stop,
            Crashed | Stopped | Missing,
        ) => Step::Skip(Skip::NotRunning),
        (Creation::Finished | Creation::Unproved, Ask::Start | Ask::Restart, Missing) => {
            Step::RefuseWithoutData
        }
        (Creation::Cloning, Ask::Start | Ask::Restart, _) => Step::RefuseHalfCloned,
        (Creation::Unfinished | Creation::Unproved, Ask::Start | Ask::Restart, _) => Step::Finish,
        (Creation::Finished, Ask::Start, Running) => Step::Skip(Skip::AlreadyRunning),
        (Creation::Finished, Ask::Start, Starting | Recovering) => Step::Await,
        (Creation::Finished, Ask::Start, Paused) => Step::Resume,
        (Creation::Finished, Ask::Start, Unresponsive) => Step::RefuseUnwell,
        (Creation::Finished, Ask::Start | Ask::Restart, Crashed | Stopped) => Step::Boot,
        (Creation::Finished, Ask::Restart, Running | Starting | Recovering | Unresponsive | Paused) => {
            Step::HaltThenBoot
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_never_touches_a_server_that_lives() {
        for state in [State::Running, State::Starting, State::Recovering, State::Unresponsive, State::Paused]
        {
            let step = plan(Ask::Start, Creation::Finished, state);
            assert!(
                matches!(step, Step::Skip(_) | Step::Await | Step::Resume | Step::RefuseUnwell),
                "{state:?}: {step:?}"
            );
        }
    }

    #[test]
    fn nothing_is_done_about_what_cannot_be_seen() {
        for ask in [Ask::Start, Ask::Stop, Ask::Restart] {
            for creation in [Creation::Finished, Creation::Unproved, Creation::Unfinished, Creation::Cloning]
            {
                assert_eq!(plan(ask, creation, State::Unreachable), Step::RefuseUnreachable);
            }
        }
    }

    #[test]
    fn nothing_is_made_of_the_beginning_of_a_copy() {
        for (ask, state) in
            [(Ask::Start, State::Missing), (Ask::Start, State::Stopped), (Ask::Restart, State::Running)]
        {
            assert_eq!(plan(ask, Creation::Cloning, state), Step::RefuseHalfCloned);
        }
        assert_eq!(plan(Ask::Stop, Creation::Cloning, State::Running), Step::Halt);
    }

    #[test]
    fn a_whole_instance_without_data_is_never_made_anew() {
        for (ask, creation) in [
            (Ask::Start, Creation::Finished),
            (Ask::Restart, Creation::Finished),
            (Ask::Start, Creation::Unproved),
            (Ask::Restart, Creation::Unproved),
        ] {
            assert_eq!(plan(ask, creation, State::Missing), Step::RefuseWithoutData);
        }
    }
}
