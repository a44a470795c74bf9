//! Data made of a physical backup, for a server that is to live beside the one that it was taken of, or after it.

use std::fs::{self, File};
use std::path::PathBuf;

use crate::engine::copy::{self, Tally};
use crate::engine::inert::Setting;
use crate::engine::selection::Selection;
use crate::engine::twin::{Owners, keep_still};
use crate::engine::{Site, folder};
use crate::error::{Error, IoContext, absent_is_fine};

/// What tells a server to replay an archive.
const SIGNAL: &str = "recovery.signal";

/// A backup, and the instance that its data becomes.
#[derive(Clone, Debug)]
pub struct Revival {
    /// The data directory in the backup.
    pub data: PathBuf,
    /// The instance.
    pub site: Site,
    /// Whose its files are to be.
    pub owners: Owners,
}

impl Revival {
    /// Makes the instance's folders and copies the data.
    pub fn copy(&self, tally: &Tally) -> Result<(), Error> {
        let new = folder::prepare(&self.site, &self.owners.around)?;
        copy::copy_some(&self.data, &new, &self.owners.data, Selection::Whole, tally)
    }

    /// Puts in place what was copied. Answers the settings that are kept from acting in it, of those in its data and in
    /// its own configuration.
    pub fn complete(&self, configuration: Option<&str>) -> Result<Vec<Setting>, Error> {
        let new = self.site.dir.join("data.new");
        absent_is_fine(fs::remove_file(new.join("backup_manifest")))
            .doing("deleting the manifest in", &new)?;
        let configuration = configuration.map(str::to_owned);
        let settings = keep_still(&new, configuration, &new, &self.owners.data)?;
        if self.site.replay.is_none() {
            folder::take_in(&self.site, &new)?;
            return Ok(settings);
        }
        // The archive speaks of the identity that the data has, and gets no other before it is replayed.
        let signal = new.join(SIGNAL);
        File::create(&signal).doing("writing", &signal)?;
        self.owners.data.own(&signal)?;
        let data = self.site.data();
        fs::rename(&new, &data).doing("putting in place", &data)?;
        Ok(settings)
    }
}
