//! Fingerprints: what tables held in one snapshot, by which a restored database is compared with its original.

use crate::error::Error;
use crate::pg::admin::{execute, refused, values};
use crate::pg::connect::Session;
use crate::pg::query::rows;

/// What a table held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint {
    /// Schema and name, quoted where that is needed.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// The sum of a hash of each row, whatever their order.
    pub checksum: String,
}

/// How rows are written, so that equal ones are written alike whatever the database's own settings.
const WRITTEN: &str = "SET search_path = pg_catalog; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; \
                       SET timezone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex'; \
                       SET xmlbinary = 'base64'; SET statement_timeout = 0; SET lock_timeout = 0; SET row_security = off; \
                       SET idle_in_transaction_session_timeout = 0; SET lc_monetary = 'C'";

/// Tables that pg_dump writes the rows of: not those of PostgreSQL, of extensions, or of somebody's session.
const TABLES: &str = "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' \
     AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d \
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1";

/// Begins a transaction that sees one moment, and answers a name under which others can see the same.
pub async fn snapshot(session: &Session) -> Result<String, Error> {
    let doing = "taking a snapshot";
    execute(session, doing, WRITTEN).await?;
    execute(session, doing, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let names = values(session, doing, "SELECT pg_catalog.pg_export_snapshot()").await?;
    names.into_iter().next().ok_or_else(|| Error::Sql("the server gave its snapshot no name".to_owned()))
}

/// What all tables of the session's database hold.
pub async fn fingerprints(session: &Session) -> Result<Vec<Fingerprint>, Error> {
    execute(session, "comparing tables", WRITTEN).await?;
    let mut found = Vec::new();
    for table in values(session, "listing the tables", TABLES).await? {
        // A table may have a column of any name, and that of the row must be none of them.
        let sql = format!(
            "SELECT count(*), coalesce(sum(hashtextextended(ROW(\" row\".*)::text, 0)::numeric), 0) FROM ONLY {table} \" row\""
        );
        found.push(fingerprint(session, table, &sql).await?);
    }
    let large = "SELECT count(*), coalesce(sum(hashtextextended(loid || ':' || pageno || ':' || \
                 encode(data, 'hex'), 0)::numeric), 0) FROM pg_catalog.pg_largeobject";
    let objects = fingerprint(session, "pg_catalog.pg_largeobject".to_owned(), large).await?;
    found.extend((objects.rows > 0).then_some(objects));
    Ok(found)
}

async fn fingerprint(session: &Session, table: String, sql: &str) -> Result<Fingerprint, Error> {
    let doing = format!("reading {table}");
    let answered = rows(session, sql).await.map_err(|failure| refused(&doing, failure))?;
    let row = answered.into_iter().next().unwrap_or_default();
    let mut cells = row.into_iter().map(Option::unwrap_or_default);
    let rows = cells.next().and_then(|it| it.parse().ok()).unwrap_or_default();
    Ok(Fingerprint { table, rows, checksum: cells.next().unwrap_or_default() })
}

/// Where two lists of tables differ, in words; none if they do not.
pub fn difference(before: &[Fingerprint], after: &[Fingerprint]) -> Option<String> {
    for it in before {
        match after.iter().find(|other| other.table == it.table) {
            None => return Some(format!("table {} is missing", it.table)),
            Some(other) if other.rows != it.rows => {
                return Some(format!("table {} has {} rows and not {}", it.table, other.rows, it.rows));
            }
            Some(other) if other.checksum != it.checksum => {
                return Some(format!("table {} has other rows than it had", it.table));
            }
            Some(_) => {}
        }
    }
    let strange = after.iter().find(|it| !before.iter().any(|other| other.table == it.table));
    strange.map(|it| format!("table {} was not there before", it.table))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_told() {
        let of = |table: &str, rows: u64, checksum: &str| Fingerprint {
            table: table.to_owned(),
            rows,
            checksum: checksum.to_owned(),
        };
        let before = [of("public.a", 1, "5"), of("public.b", 2, "6")];
        assert_eq!(difference(&before, &before), None);
        for (after, told) in [
            (vec![of("public.a", 1, "5")], "table public.b is missing"),
            (vec![of("public.a", 1, "5"), of("public.b", 3, "6")], "table public.b has 3 rows and not 2"),
            (
                vec![of("public.a", 1, "4"), of("public.b", 2, "6")],
                "table public.a has other rows than it had",
            ),
            (
                vec![of("public.a", 1, "5"), of("public.b", 2, "6"), of("public.c", 0, "0")],
                "table public.c was not there before",
            ),
        ] {
            assert_eq!(difference(&before, &after).as_deref(), Some(told));
        }
    }
}
