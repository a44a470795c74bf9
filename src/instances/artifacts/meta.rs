//! What is known of an artifact beside its bytes.

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::instances::artifacts::applied::{Application, Place};
use crate::moment;

/// Content as it was at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// 1, 2, ...
    pub revision: u32,
    /// Checksum of its bytes.
    pub sha256: Checksum,
    /// How many they are.
    pub size_bytes: u64,
    /// When it was stored, RFC 3339.
    pub stored: String,
}

/// All revisions of an artifact, and where it was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// What is stored now.
    #[serde(flatten)]
    pub current: Revision,
    /// What was stored before, oldest first.
    #[serde(default)]
    pub earlier: Vec<Revision>,
    /// Where it was applied.
    #[serde(default)]
    pub applied: Vec<Application>,
}

/// Bytes without a number yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Their checksum.
    pub sha256: Checksum,
    /// How many they are.
    pub size_bytes: u64,
    /// Since when they are stored, RFC 3339.
    pub stored: String,
}

impl Found {
    /// Bytes that are stored at this moment.
    pub fn now(bytes: &[u8]) -> Self {
        let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { sha256: Checksum::of(bytes), size_bytes, stored: moment::now() }
    }

    fn numbered(self, revision: u32) -> Revision {
        Revision { revision, sha256: self.sha256, size_bytes: self.size_bytes, stored: self.stored }
    }
}

impl Meta {
    /// What is known of content that is stored for the first time.
    pub fn first(found: Found) -> Self {
        Self { current: found.numbered(1), earlier: Vec::new(), applied: Vec::new() }
    }

    /// What a metadata file says, or what is wrong with it.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(text).map_err(|err| err.to_string())
    }

    /// The same with other bytes, which are a new revision if they differ.
    pub fn revised(mut self, found: Found) -> Self {
        if self.current.sha256 == found.sha256 {
            return self;
        }
        let next = found.numbered(self.current.revision.saturating_add(1));
        self.earlier.push(std::mem::replace(&mut self.current, next));
        self
    }

    /// The revision of this number.
    pub fn revision(&self, number: u32) -> Option<&Revision> {
        self.earlier.iter().chain([&self.current]).find(|it| it.revision == number)
    }

    /// What this database got last.
    pub fn applied_at(&self, place: &Place) -> Option<&Application> {
        self.applied.iter().find(|it| it.is_at(place))
    }

    /// The same after what is stored now was applied to `place`, one of all the `places` of its server. What was applied to
    /// databases that are no more is forgotten.
    pub fn applied_to(mut self, place: &Place, places: &[Place]) -> Self {
        self.applied.retain(|it| !it.is_at(place) && !it.is_gone(places));
        self.applied.push(Application {
            database: place.database.clone(),
            oid: Some(place.oid),
            system_identifier: place.system_identifier,
            revision: Some(self.current.revision),
            sha256: self.current.sha256.clone(),
            applied: moment::now(),
        });
        self
    }

    /// The same for a copy of the server's data, which has another system identifier.
    pub fn moved(mut self, old: u64, new: u64) -> Self {
        for it in self.applied.iter_mut().filter(|it| it.system_identifier == Some(old)) {
            it.system_identifier = Some(new);
        }
        self
    }

    /// The same for a server whose databases were made anew: each has the number of the one that has its name now.
    pub fn renumbered(mut self, places: &[Place]) -> Self {
        for it in &mut self.applied {
            let is_place = |place: &&Place| {
                place.database == it.database && place.system_identifier == it.system_identifier
            };
            if let Some(place) = places.iter().find(is_place) {
                it.oid = Some(place.oid);
            }
        }
        self
    }

    /// The same, where an application is known by its database's name only, with the database that has it now.
    pub fn identified(mut self, place: &Place) -> Self {
        for it in self.applied.iter_mut().filter(|it| it.oid.is_none() && it.is_at(place)) {
            it.oid = Some(place.oid);
            it.system_identifier = place.system_identifier;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_read_back_as_it_was_written() {
        let place = Place { database: "shop".to_owned(), oid: 5, system_identifier: Some(u64::MAX) };
        let meta = Meta::first(Found::now(b"one")).revised(Found::now(b"two"));
        let meta = meta.applied_to(&place, std::slice::from_ref(&place));
        let text = serde_json::to_vec(&meta).unwrap();
        assert_eq!(Meta::parse(&text).unwrap(), meta);
    }

    #[test]
    fn a_database_that_was_made_anew_has_what_the_one_of_its_name_had() {
        let place =
            |database: &str, oid| Place { database: database.to_owned(), oid, system_identifier: Some(1) };
        let (shop, other) = (place("shop", 5), place("other", 6));
        let meta = Meta::first(Found::now(b"one")).applied_to(&shop, std::slice::from_ref(&shop));
        let meta = meta.renumbered(&[place("other", 5), place("shop", 7)]);
        assert_eq!(meta.applied_at(&place("shop", 7)).map(|it| it.oid), Some(Some(7)));
        assert_eq!(meta.applied_at(&other), None);
        let elsewhere = Place { system_identifier: Some(2), ..place("shop", 9) };
        assert_eq!(meta.clone().renumbered(&[elsewhere]), meta, "of other servers it says nothing");
    }

    #[test]
    fn only_other_bytes_are_another_revision() {
        let meta = Meta::first(Found::now(b"one")).revised(Found::now(b"one"));
        assert_eq!((meta.current.revision, meta.earlier.len()), (1, 0));
        let meta = meta.revised(Found::now(b"two")).revised(Found::now(b"one"));
        assert_eq!((meta.current.revision, meta.earlier.len()), (3, 2));
        assert_eq!(meta.revision(2).unwrap().sha256, Checksum::of(b"two"));
        assert_eq!(meta.revision(4), None);
    }

    #[test]
    fn damage_is_told_with_its_reason() {
        let whole = serde_json::to_string(&Meta::first(Found::now(b"one"))).unwrap();
        let checksum = Checksum::of(b"one").to_string();
        let damages = [
            String::new(),
            whole.get(..40).unwrap().to_owned(),
            whole.replace(&checksum, "abc"),
            whole.replace("\"revision\":1", "\"revision\":-1"),
        ];
        let told: Vec<String> = damages.iter().map(|it| Meta::parse(it.as_bytes()).unwrap_err()).collect();
        insta::assert_snapshot!(told.join("\n"), @"
        EOF while parsing a value at line 1 column 0
        EOF while parsing a string at line 1 column 40
        `abc` is not a SHA-256 checksum in hexadecimal at line 1 column 102
        invalid value: integer `-1`, expected u32 at line 1 column 164
        ");
    }
}
