//! Sequences, which no rollback takes back.

use std::collections::BTreeMap;

use super::DOING;
use crate::error::Error;
use crate::pg::admin::{execute, refused, values};
use crate::pg::connect::Session;
use crate::pg::identifier::literal;
use crate::pg::query::rows;

/// Where each sequence is, as SQL that puts it there.
#[derive(Debug)]
pub(super) struct Sequences(BTreeMap<String, String>);

impl Sequences {
    /// Where they are now.
    pub async fn of(session: &Session) -> Result<Self, Error> {
        let sql = "SELECT pg_catalog.format('%I.%I', schemaname, sequencename), \
                          coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_catalog.pg_sequences";
        let found = rows(session, sql).await.map_err(|failure| refused(DOING, failure))?;
        let there = found.into_iter().filter_map(|row| {
            let mut cells = row.into_iter().flatten();
            let (name, value, is_called) = (cells.next()?, cells.next()?, cells.next()?);
            let set = format!("SELECT pg_catalog.setval({}, {value}, '{is_called}')", literal(&name));
            Some((name, set))
        });
        Ok(Self(there.collect()))
    }

    /// Puts those back that have moved on, unless somebody else may have taken numbers from them; those are named.
    pub async fn put_back(&self, session: &Session) -> Result<Vec<String>, Error> {
        let now = Self::of(session).await?;
        let has_moved = |(name, was): &(&String, &String)| now.0.get(*name).is_some_and(|is| is != *was);
        let moved: Vec<(&String, &String)> = self.0.iter().filter(has_moved).collect();
        if moved.is_empty() {
            return Ok(Vec::new());
        }
        let others = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE pid <> pg_catalog.pg_backend_pid() \
                      AND datname = pg_catalog.current_database() AND backend_type = 'client backend'";
        if values(session, DOING, others).await?.first().is_some_and(|it| it != "0") {
            return Ok(moved.into_iter().map(|(name, _)| name.clone()).collect());
        }
        let sql: Vec<&str> = moved.into_iter().map(|(_, set)| set.as_str()).collect();
        execute(session, DOING, &sql.join("; ")).await.map(|()| Vec::new())
    }
}
