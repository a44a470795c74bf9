//! The tables of a database: how big they are, and which of them a statement writes anew.

use std::collections::{BTreeMap, BTreeSet};

use super::DOING;
use crate::error::Error;
use crate::pg::admin::refused;
use crate::pg::connect::Session;
use crate::pg::query::rows;

/// A table as it is now.
#[derive(Clone, Debug)]
struct Table {
    name: String,
    file: String,
    bytes: u64,
}

/// Tables by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables(BTreeMap<String, Table>);

/// The sizes of tables in bytes, by each name that they can be called by.
pub(in crate::lifecycle::migrate) type Sizes = BTreeMap<String, u64>;

impl Tables {
    /// Those that are there now.
    pub async fn of(session: &Session) -> Result<Self, Error> {
        let sql = "SELECT c.oid, c.oid::pg_catalog.regclass, pg_catalog.pg_relation_filenode(c.oid), \
                          pg_catalog.pg_relation_size(c.oid) \
                   FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                   WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
        let found = rows(session, sql).await.map_err(|failure| refused(DOING, failure))?;
        Ok(Self(found.into_iter().filter_map(table).collect()))
    }

    /// What the table of this number was called.
    pub fn name(&self, oid: &str) -> Option<&str> {
        self.0.get(oid).map(|it| it.name.as_str())
    }

    /// Those that have another file now. One without a page has nothing to be written anew.
    pub fn rewritten(&self, now: &Self) -> Vec<String> {
        let is_new = |(oid, was): &(&String, &Table)| {
            was.bytes > 0 && now.0.get(*oid).is_some_and(|is| is.file != was.file)
        };
        let names: BTreeSet<&str> = self.0.iter().filter(is_new).map(|(_, it)| it.name.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }
}

/// How big tables are.
pub(in crate::lifecycle::migrate) async fn sizes(session: &Session) -> Result<Sizes, Error> {
    let sql = "SELECT n.nspname, c.relname, pg_catalog.pg_table_is_visible(c.oid), pg_catalog.pg_relation_size(c.oid) \
               FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               WHERE c.relkind IN ('r', 'p', 'm')";
    let found = rows(session, sql).await.map_err(|failure| refused(DOING, failure))?;
    let mut sizes = Sizes::new();
    for row in found {
        let mut cells = row.into_iter().map(Option::unwrap_or_default);
        let (Some(schema), Some(table)) = (cells.next(), cells.next()) else { continue };
        let is_visible = cells.next().is_some_and(|it| it == "t");
        let bytes = cells.next().and_then(|it| it.parse().ok()).unwrap_or_default();
        sizes.insert(format!("{schema}.{table}"), bytes);
        if is_visible {
            sizes.insert(table, bytes);
        }
    }
    Ok(sizes)
}

fn table(row: Vec<Option<String>>) -> Option<(String, Table)> {
    let mut cells = row.into_iter();
    let (oid, name) = (cells.next()??, cells.next()??);
    let file = cells.next()?.unwrap_or_default();
    let bytes = cells.next()?.and_then(|it| it.parse().ok()).unwrap_or_default();
    Some((oid, Table { name, file, bytes }))
}
