//! Where an artifact was applied, and whether that still holds.

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::instances::artifacts::Kind;
use crate::instances::artifacts::meta::Meta;

/// A database, told from every other that had or will have its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub database: String,
    /// Its OID, which a database that is dropped and made again does not keep.
    pub oid: u32,
    /// What tells its server's data from all other data; none if the server does not say.
    pub system_identifier: Option<u64>,
}

/// That some bytes were applied to a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The database's name at that time.
    pub database: String,
    /// Its OID; unknown of what was applied before there was metadata.
    pub oid: Option<u32>,
    /// Its server's system identifier.
    pub system_identifier: Option<u64>,
    /// Which revision; unknown where its bytes are no revision that was kept.
    pub revision: Option<u32>,
    /// Checksum of what was applied.
    pub sha256: Checksum,
    /// When it was applied, RFC 3339.
    pub applied: String,
}

/// How stored content relates to databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is kept and never applied by itself.
    Stored,
    /// The database has what is stored.
    Applied,
    /// The database has what was stored earlier.
    Changed,
    /// No database has it.
    NotApplied,
    /// The database that had it is no more.
    Gone,
    /// The server cannot be asked.
    Unknown,
    /// What is known of it cannot be read.
    Damaged,
}

impl State {
    /// The state for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Applied => "applied",
            Self::Changed => "changed",
            Self::NotApplied => "not applied",
            Self::Gone => "gone",
            Self::Unknown => "unknown",
            Self::Damaged => "damaged",
        }
    }
}

impl Application {
    /// Whether this database is the one. Where only its name is known, that has to do.
    pub fn is_at(&self, place: &Place) -> bool {
        match self.oid {
            None => self.database == place.database,
            Some(oid) => oid == place.oid && self.is_on_server_of(place),
        }
    }

    /// Whether its database is none of those of its server any more. Of another server's databases nobody knows.
    pub fn is_gone(&self, places: &[Place]) -> bool {
        !places.is_empty()
            && places.iter().all(|it| self.is_on_server_of(it))
            && !places.iter().any(|it| self.is_at(it))
    }

    fn is_on_server_of(&self, place: &Place) -> bool {
        self.system_identifier.zip(place.system_identifier).is_none_or(|(mine, its)| mine == its)
    }

    /// What became of it, by all databases of the server; none if the server cannot be asked.
    pub fn state(&self, current: &Checksum, places: Option<&[Place]>) -> State {
        match places {
            None => State::Unknown,
            Some(places) if !places.iter().any(|it| self.is_at(it)) => State::Gone,
            Some(_) if self.sha256 == *current => State::Applied,
            Some(_) => State::Changed,
        }
    }
}

/// The state of content as a whole: one database that has an older text is worth telling.
pub fn overall(kind: Kind, meta: &Meta, places: Option<&[Place]>) -> State {
    if !kind.is_applied() {
        return State::Stored;
    }
    let states: Vec<State> = meta.applied.iter().map(|it| it.state(&meta.current.sha256, places)).collect();
    let worst_first = [State::Changed, State::Applied, State::Unknown];
    worst_first.into_iter().find(|it| states.contains(it)).unwrap_or(State::NotApplied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instances::artifacts::meta::Found;

    fn place(database: &str, oid: u32) -> Place {
        Place { database: database.to_owned(), oid, system_identifier: Some(7) }
    }

    fn meta(places: &[Place]) -> Meta {
        let meta = Meta::first(Found::now(b"one"));
        places.iter().fold(meta, |meta, it| meta.applied_to(it, places))
    }

    #[test]
    fn a_database_that_was_dropped_and_made_again_has_nothing_applied() {
        let (old, new) = (place("shop", 5), place("shop", 6));
        assert!(meta(std::slice::from_ref(&old)).applied_at(&old).is_some());
        assert!(meta(std::slice::from_ref(&old)).applied_at(&new).is_none());
        let other_server = Place { system_identifier: Some(8), ..old.clone() };
        assert!(meta(&[old]).applied_at(&other_server).is_none());
    }

    #[test]
    fn a_database_that_was_renamed_keeps_what_was_applied() {
        assert!(meta(&[place("shop", 5)]).applied_at(&place("store", 5)).is_some());
    }

    #[test]
    fn what_is_known_by_name_only_is_identified_by_the_database_of_that_name() {
        let mut meta = meta(&[place("shop", 5)]);
        meta.applied.iter_mut().for_each(|it| (it.oid, it.system_identifier) = (None, None));
        assert!(meta.applied_at(&place("shop", 9)).is_some());
        let meta = meta.identified(&place("shop", 9));
        assert!(meta.applied_at(&place("shop", 10)).is_none());
    }

    #[test]
    fn an_application_forgets_those_to_databases_that_are_no_more() {
        let both = [place("a", 1), place("b", 2)];
        let meta = meta(&both).applied_to(&place("c", 3), &[place("c", 3), place("b", 2)]);
        let names: Vec<&str> = meta.applied.iter().map(|it| it.database.as_str()).collect();
        assert_eq!(names, ["b", "c"]);
    }

    #[test]
    fn every_state_of_content_is_told_from_what_its_databases_have() {
        let (a, b) = (place("a", 1), place("b", 2));
        let both = [a.clone(), b.clone()];
        let current = meta(&both);
        let half = current.clone().revised(Found::now(b"two")).applied_to(&b, &both);
        for (kind, meta, places, expected) in [
            (Kind::Query, &current, None, State::Stored),
            (Kind::Schema, &meta(&[]), None, State::NotApplied),
            (Kind::Schema, &current, None, State::Unknown),
            (Kind::Seed, &current, Some(&both[..]), State::Applied),
            (Kind::Schema, &current, Some(&both[..1]), State::Applied),
            (Kind::Schema, &half, Some(&both[..]), State::Changed),
            (Kind::Schema, &half, Some(&both[1..]), State::Applied),
            (Kind::Schema, &current, Some(&[]), State::NotApplied),
        ] {
            assert_eq!(overall(kind, meta, places), expected, "{kind:?} {meta:?} {places:?}");
        }
    }
}
