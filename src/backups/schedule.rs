//! `Schedule`: when an instance is backed up, as its user has asked for it.

use std::fs::{self, File, TryLockError};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::backups::folder::{Backups, names};
use crate::backups::metadata::Kind;
use crate::error::{Error, IoContext, absent_is_fine};

/// The file among an instance's backups that holds it.
const FILE: &str = "schedule.json";

/// How often backups are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Verify {
    /// The latest, once a day
    Daily,
    /// The latest, once a week
    Weekly,
    /// The latest, once in thirty days
    Monthly,
}

impl Verify {
    /// Its word in command lines and documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }
}

/// When an instance is backed up, and what stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// A span such as `6h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// A cron expression, in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// What is in the backups.
    #[serde(rename = "type", default, skip_serializing_if = "is_default")]
    pub kind: Kind,
    /// What stays, such as `7d,4w,12m`.
    pub keep: String,
    /// How often the latest is tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify: Option<Verify>,
}

fn is_default(kind: &Kind) -> bool {
    *kind == Kind::default()
}

impl Backups {
    fn schedule_file(&self, instance: &str) -> PathBuf {
        self.dir(instance).join(FILE)
    }

    /// The schedule of an instance, if it has one.
    pub fn schedule(&self, instance: &str) -> Result<Option<Schedule>, Error> {
        self.note(instance, FILE)
    }

    /// The instances that have schedules.
    pub fn scheduled(&self) -> Result<Vec<String>, Error> {
        Ok(names(self.root())?.into_iter().filter(|it| self.schedule_file(it).is_file()).collect())
    }

    /// A lock by which an instance's schedule is followed by one command at a time; none if another has it.
    pub fn take_turn(&self, instance: &str) -> Result<Option<File>, Error> {
        let path = self.schedule_file(instance);
        let file = File::open(&path).doing("reading", &path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(err)) => Err(err).doing("locking", &path),
        }
    }

    /// Gives an instance a schedule, or takes it away.
    pub fn set_schedule(&self, instance: &str, schedule: Option<&Schedule>) -> Result<(), Error> {
        let Some(schedule) = schedule else {
            let file = self.schedule_file(instance);
            return absent_is_fine(fs::remove_file(&file)).doing("deleting", &file);
        };
        self.write_note(instance, FILE, schedule)
    }
}
