//! `Traces`: what a resource that lives leaves on the machine, to see whether it is gone with it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::contract::subject::Subject;
use crate::contract::trial::Engine;
use crate::engine::docker::census::Stored;
use crate::room::Room;
use crate::room::files::files;
use crate::room::listeners::listeners;

/// Folders of a resource that tools write to whose work is not its own.
const PASSED_OVER: [&str; 5] = [".git", "target", "node_modules", "__pycache__", ".venv"];
/// How many traces of a kind are named.
const NAMED: usize = 3;

/// What there is at a moment.
#[derive(Debug)]
pub struct Traces {
    ports: BTreeSet<u16>,
    files: BTreeSet<PathBuf>,
    stored: Vec<Stored>,
    /// The numbers that the resource has told of.
    told: BTreeSet<u16>,
}

impl Traces {
    /// What there is now.
    pub fn of(subject: &Subject, room: &Room, engine: Option<&Engine>) -> Self {
        let mut all = files(&subject.whole_dir(), &PASSED_OVER);
        all.extend(files(room.dir(), &[]));
        Self {
            ports: listeners(),
            files: all,
            stored: engine.map(Engine::stored).unwrap_or_default(),
            told: BTreeSet::new(),
        }
    }

    /// The same, of a resource that tells of itself so.
    pub fn telling(self, text: &str) -> Self {
        let numbers = text.split(|it: char| !it.is_ascii_digit()).filter_map(|it| it.parse().ok());
        Self { told: numbers.collect(), ..self }
    }

    /// A container or volume that has a resource's name.
    pub fn of_resource(&self, subject: &Subject) -> Option<String> {
        let mut own = self.stored.iter().filter(|it| it.belongs_to(&subject.name, &[]));
        own.next().map(|it| format!("{} {}", it.kind, it.name))
    }

    /// What was not there `before`, came while the resource lived (`alive`), and is still there.
    pub fn left(&self, before: &Self, alive: &Self, subject: &Subject, room: &Room) -> Vec<String> {
        let mut left = Vec::new();
        let mut name = |all: Vec<String>| match all.len() {
            count if count > NAMED => {
                left.extend(all.into_iter().take(NAMED));
                left.push(format!("and {} more of them", count - NAMED));
            }
            _ => left.extend(all),
        };
        name(
            room.inhabitants().into_iter().map(|it| format!("process {}: {}", it.pid, it.command)).collect(),
        );
        // Strangers open ports all the time: those that the resource tells of are its own.
        let came =
            |it: &&u16| !before.ports.contains(it) && alive.ports.contains(it) && alive.told.contains(it);
        name(
            self.ports
                .iter()
                .filter(came)
                .map(|it| format!("port {it}, on which somebody listens"))
                .collect(),
        );
        let (dir, folder) = (subject.whole_dir(), room.dir());
        let is_own =
            |it: &&Stored| !before.stored.contains(it) && it.belongs_to(&subject.name, &[&dir, folder]);
        name(self.stored.iter().filter(is_own).map(|it| format!("{} {}", it.kind, it.name)).collect());
        name(self.files.difference(&before.files).map(|it| format!("file {}", it.display())).collect());
        left
    }
}
