//! The locks on tables that statements take, as PostgreSQL documents them.

use std::collections::BTreeMap;

use super::DOING;
use super::tables::Tables;
use crate::error::Error;
use crate::pg::admin::refused;
use crate::pg::connect::Session;
use crate::pg::query::rows;

/// A lock on a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The table.
    pub table: String,
    /// The lock's mode, as PostgreSQL documents it.
    pub mode: Strength,
}

/// The mode of a lock on a table; a stronger one comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// ACCESS SHARE.
    AccessShare,
    /// ROW SHARE.
    RowShare,
    /// ROW EXCLUSIVE.
    RowExclusive,
    /// SHARE UPDATE EXCLUSIVE.
    ShareUpdateExclusive,
    /// SHARE.
    Share,
    /// SHARE ROW EXCLUSIVE.
    ShareRowExclusive,
    /// EXCLUSIVE.
    Exclusive,
    /// ACCESS EXCLUSIVE.
    AccessExclusive,
}

/// Each mode: as the server reports it, as it is documented, and what nobody else can do meanwhile.
const STRENGTHS: [(Strength, &str, &str, &str); 8] = [
    (Strength::AccessShare, "AccessShareLock", "ACCESS SHARE", ""),
    (Strength::RowShare, "RowShareLock", "ROW SHARE", ""),
    (Strength::RowExclusive, "RowExclusiveLock", "ROW EXCLUSIVE", ""),
    (
        Strength::ShareUpdateExclusive,
        "ShareUpdateExclusiveLock",
        "SHARE UPDATE EXCLUSIVE",
        "blocks vacuum and changes of the schema",
    ),
    (Strength::Share, "ShareLock", "SHARE", "blocks writes"),
    (Strength::ShareRowExclusive, "ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE", "blocks writes"),
    (Strength::Exclusive, "ExclusiveLock", "EXCLUSIVE", "blocks writes"),
    (Strength::AccessExclusive, "AccessExclusiveLock", "ACCESS EXCLUSIVE", "blocks reads and writes"),
];

impl Strength {
    fn reported(name: &str) -> Option<Self> {
        STRENGTHS.iter().find(|(_, reported, ..)| *reported == name).map(|(it, ..)| *it)
    }

    /// The mode as PostgreSQL documents it.
    pub fn name(self) -> &'static str {
        STRENGTHS.iter().find(|(it, ..)| *it == self).map_or("", |(_, _, name, _)| name)
    }

    /// What nobody else can do meanwhile; empty if nothing that matters.
    pub fn blocks(self) -> &'static str {
        STRENGTHS.iter().find(|(it, ..)| *it == self).map_or("", |(.., blocks)| blocks)
    }
}

/// The strongest locks so far, by table.
#[derive(Debug, Default)]
pub(super) struct Held(BTreeMap<String, Strength>);

impl Held {
    /// Forgets them: their transaction is over.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes notice of those that the session has now, and answers which are stronger than before. Tables that nobody else can
    /// see are left out.
    pub async fn note(&mut self, session: &Session, tables: &Tables) -> Result<Vec<Lock>, Error> {
        let sql = "SELECT l.relation, l.mode FROM pg_catalog.pg_locks l \
                   WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted";
        let found = rows(session, sql).await.map_err(|failure| refused(DOING, failure))?;
        let mut new: BTreeMap<String, Lock> = BTreeMap::new();
        for row in found {
            let mut cells = row.into_iter().flatten();
            let (Some(oid), Some(mode)) = (cells.next(), cells.next()) else { continue };
            let (Some(table), Some(mode)) = (tables.name(&oid), Strength::reported(&mode)) else { continue };
            // Whoever reads is in nobody's way.
            let before = self.0.get(&oid).copied().unwrap_or(Strength::AccessShare);
            if before < mode {
                self.0.insert(oid.clone(), mode);
                new.insert(oid, Lock { table: table.to_owned(), mode });
            }
        }
        let mut new: Vec<Lock> = new.into_values().collect();
        new.sort_by(|a, b| a.table.cmp(&b.table));
        Ok(new)
    }
}
