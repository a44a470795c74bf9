//! Restore points: places in an instance's WAL that have names, as far as they were made by this program.

use serde::{Deserialize, Serialize};

use crate::backups::folder::Backups;
use crate::error::Error;
use crate::replay::Lsn;

/// The file among an instance's backups that holds them.
const FILE: &str = "restore-points.json";

/// A place in WAL that has a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// The name.
    pub name: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// The place.
    pub lsn: Lsn,
    /// Whose WAL it is in.
    pub system_identifier: String,
}

impl Backups {
    /// The restore points of an instance, the oldest first.
    pub fn points(&self, instance: &str) -> Result<Vec<Point>, Error> {
        Ok(self.note(instance, FILE)?.unwrap_or_default())
    }

    /// Adds one. Only for whoever holds the instance's lock.
    pub fn add_point(&self, instance: &str, point: Point) -> Result<(), Error> {
        let mut points = self.points(instance)?;
        points.push(point);
        self.write_note(instance, FILE, &points)
    }
}
