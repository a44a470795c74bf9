//! Taking migrations back.

use tokio::time::Instant;

use super::stepwise::Walk;
use super::{Wanted, Work, begin};
use crate::context::Ctx;
use crate::error::Error;
use crate::pg::migrations::history::{Action, Attempt, Tables};
use crate::pg::migrations::{Back as WayBack, Migration, Mode, checksum, read};
use crate::pg::script::Source;
use crate::rules::drift::{Back, Entry, OutOfOrder, compare, to_revert};
use crate::units::counted;

/// Takes migrations back, the last first, and answers the numbers of their versions. A file that is gone is no hindrance: what it said of the
/// way back is recorded.
///
/// # Errors
/// The first that fails, which leaves things as they were; those before it stay taken back.
pub async fn down(
    ctx: &Ctx,
    wanted: &Wanted,
    back: Back<'_>,
    out_of_order: OutOfOrder,
) -> Result<Vec<u64>, Error> {
    let files = if wanted.dir.exists() { read(&wanted.dir)? } else { Vec::new() };
    let mut work = begin(ctx, wanted).await?;
    work.back(&files, back, out_of_order).await
}

impl Work<'_> {
    /// The same with the lock that there is.
    pub(super) async fn back(
        &mut self,
        files: &[Migration],
        back: Back<'_>,
        out_of_order: OutOfOrder,
    ) -> Result<Vec<u64>, Error> {
        let history = self.history().await?;
        let entries = compare(files, &history);
        let chosen = to_revert(&entries, back, out_of_order).map_err(|it| self.wanted.refused(it))?;
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let tables = self.tables().await?;
        for (reverted, entry) in chosen.iter().enumerate() {
            match self.revert(&tables, entry).await {
                Ok(took) => self.ctx.out.note(&format!("took back {} in {took} ms", shown(entry))),
                Err(err) => {
                    if reverted > 0 {
                        let count = counted(reverted, "migration");
                        self.ctx.out.note(&format!("{count} behind it stay taken back"));
                    }
                    return Err(err);
                }
            }
        }
        Ok(chosen.iter().map(Entry::number).collect())
    }

    async fn revert(&mut self, tables: &Tables, entry: &Entry<'_>) -> Result<u128, Error> {
        let began = Instant::now();
        let version = entry.version().to_owned();
        let WayBack { source, mode } = way_back(entry);
        let scope = &self.wanted.scope;
        let recorded = entry.row.map_or(version.as_str(), |it| it.version.as_str());
        let forget = tables.forget(scope, recorded);
        let end = tables.end(scope, &version);
        let record = |took_ms| {
            let attempt = Attempt { version: &version, action: Action::Rollback, took_ms, error: None };
            format!("{forget}; {end}; {}", tables.attempt(scope, &attempt))
        };
        let reverted = match (mode, entry.file) {
            (Mode::Statements, Some(file)) => {
                let checksum = checksum(source.text()).to_string();
                let (version, begun) = (&file.version, entry.unfinished);
                let walk =
                    Walk { version, action: Action::Rollback, source: &source, checksum: &checksum, begun };
                self.stepwise(tables, &walk, None, record).await
            }
            (Mode::Transaction, _) | (Mode::Statements, None) => self.whole(&source, None, record).await,
        };
        self.noted(tables, (&version, Action::Rollback), began, reverted).await
    }
}

/// The file's way back, or the one that was recorded when it was applied.
fn way_back(entry: &Entry<'_>) -> WayBack {
    let recorded = || {
        let text = entry.row.and_then(|it| it.rollback.clone()).unwrap_or_default();
        let name = format!("the recorded way back of {}", entry.version());
        WayBack { source: Source::new(name, text), mode: Mode::Transaction }
    };
    entry.file.and_then(|it| it.down.clone()).unwrap_or_else(recorded)
}

fn shown(entry: &Entry<'_>) -> String {
    entry.file.map_or_else(|| entry.version().to_owned(), Migration::file_name)
}
