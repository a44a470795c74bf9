//! Summing up: what is wrong with several instances, in one line.

use crate::instances::name::Name;
use crate::rules::judge::{Health, State};

/// Who is not well, and why. What is wrong with an engine is told once for all that it keeps from being seen.
pub fn summary<'a>(sick: impl IntoIterator<Item = (&'a Name, &'a Health)>) -> String {
    let mut told: Vec<(String, &str)> = Vec::new();
    for (name, health) in sick {
        let why = health.message.as_str();
        match health.state {
            State::Unreachable => match told.iter_mut().find(|(_, known)| *known == why) {
                Some((names, _)) => *names = format!("{names}, {name}"),
                None => told.push((name.to_string(), why)),
            },
            State::Running
            | State::Starting
            | State::Recovering
            | State::Unresponsive
            | State::Paused
            | State::Crashed
            | State::Stopped
            | State::Missing => told.push((format!("{name} is {}", health.state.word()), why)),
        }
    }
    told.iter().map(|(who, why)| format!("{who}: {why}")).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_an_engine_is_told_once_for_all_its_instances() {
        let health = |state, why: &str| Health { state, healthy: false, message: why.to_owned() };
        let sick = [
            ("app", health(State::Unreachable, "no Docker")),
            ("main", health(State::Crashed, "its server died")),
            ("shop", health(State::Unreachable, "no Docker")),
            ("test", health(State::Crashed, "its server died")),
            ("web", health(State::Unreachable, "Docker said no")),
        ];
        let sick = sick.map(|(name, health)| (name.parse::<Name>().unwrap(), health));
        assert_eq!(
            summary(sick.iter().map(|(name, health)| (name, health))),
            "app, shop: no Docker; main is crashed: its server died; test is crashed: its server died; \
             web: Docker said no"
        );
    }
}
