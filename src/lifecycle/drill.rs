//! The drill: a backup is restored into an instance that nobody else sees, compared with what it was made of, and taken away
//! again. What was found is written into the backup.

use std::time::Instant;

use crate::backups::folder::Backup;
use crate::backups::metadata::{Database, Kind, Metadata, Table, Verified};
use crate::context::Ctx;
use crate::error::Error;
use crate::instances::record::Record;
use crate::lifecycle::vacant::{discard, throwaway};
use crate::lifecycle::{physical, restore, session, target, vacant};
use crate::moment;
use crate::pg::admin::values;
use crate::pg::connect::Session;
use crate::pg::fingerprint::{Fingerprint, difference, fingerprints};
use crate::units::counted;

/// How the name of an instance begins that is there for a drill only.
const PREFIX: &str = "drill-";

/// Tries a backup, and writes down what was found.
pub async fn drill(ctx: &Ctx, backup: &Backup, jobs: u32) -> Result<Verified, Error> {
    let begun = Instant::now();
    let metadata = backup.known()?.clone();
    let tried = attempt(ctx, backup, jobs).await;
    let (passed, version, found) = match tried {
        Ok((version, found)) => (found.is_none(), version, found.unwrap_or_else(|| praise(&metadata))),
        // That is no verdict on the backup.
        Err(err @ (Error::Ended { .. } | Error::BackupUnfit { .. })) => return Err(err),
        Err(Error::BackupDamaged { why, .. }) => (false, String::new(), why),
        Err(err @ (Error::Program { .. } | Error::Refused { .. })) => (false, String::new(), err.line()),
        Err(err) => return Err(err),
    };
    let verified = Verified {
        at: moment::now(),
        passed,
        postgres_version: version,
        duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        found,
    };
    backup.update(&Metadata { verified: Some(verified.clone()), ..metadata })?;
    Ok(verified)
}

/// What a good backup is said to be.
fn praise(metadata: &Metadata) -> String {
    let tables = counted(metadata.databases.iter().map(|it| it.tables.len()).sum(), "table");
    let databases = counted(metadata.databases.len(), "database");
    if metadata.is_upstreams() {
        return "it can be restored; it does not say what it was made of, so that nothing was compared"
            .to_owned();
    }
    match metadata.kind {
        Kind::Full => format!("all is as it was, in {databases} and {tables}"),
        Kind::Schema => format!("{databases} can be made anew"),
        Kind::Physical => format!("its server starts, and every row of {databases} can be read"),
        Kind::Data => "its files are as they were written; rows alone cannot be restored".to_owned(),
    }
}

/// What is wrong with a backup, and the version of the server that was used to find out.
async fn attempt(ctx: &Ctx, backup: &Backup, jobs: u32) -> Result<(String, Option<String>), Error> {
    let metadata = restore::sound(ctx, backup).await?;
    if metadata.kind == Kind::Data {
        return Ok((String::new(), None));
    }
    let held = throwaway(ctx, PREFIX).await?;
    let record = restore::new(ctx, &held, held.name(), (backup, &metadata), jobs).await?;
    ctx.step("drill-restored");
    let compared = match metadata.kind {
        Kind::Physical => {
            let complaint = physical::complaint(ctx, &record, &backup.dir).await;
            match complaint {
                Ok(None) => compare(ctx, &record, &metadata).await,
                complaint => complaint.map(|it| (String::new(), it)),
            }
        }
        Kind::Full | Kind::Schema | Kind::Data => compare(ctx, &record, &metadata).await,
    };
    discard(ctx, &held, &record).await?;
    compared
}

/// Takes away the instances of drills that were killed.
pub async fn sweep(ctx: &Ctx) -> Result<(), Error> {
    vacant::sweep(ctx, PREFIX).await
}

async fn compare(ctx: &Ctx, record: &Record, metadata: &Metadata) -> Result<(String, Option<String>), Error> {
    let mut version = String::new();
    for database in &metadata.databases {
        ctx.waiting.on(format!("database `{}` to be compared", database.name));
        let session = session::open_unasked(record, &target(record, &database.name)).await?;
        let told = values(&session, "asking the server about itself", "SHOW server_version").await?;
        version = told.first().and_then(|it| it.split(' ').next()).unwrap_or_default().to_owned();
        let wrong = match metadata.kind {
            Kind::Full if !metadata.is_upstreams() => changed(&session, database).await?,
            Kind::Physical => fingerprints(&session).await.map(|_| None)?,
            Kind::Full | Kind::Schema | Kind::Data => None,
        };
        let wrong = match wrong {
            None => corruption(&session).await?,
            wrong => wrong,
        };
        if let Some(wrong) = wrong {
            return Ok((version, Some(format!("database {}: {wrong}", database.name))));
        }
    }
    Ok((version, None))
}

/// Where the tables of the session's database differ from those that were written down of it.
pub(super) async fn changed(session: &Session, database: &Database) -> Result<Option<String>, Error> {
    let before: Vec<Fingerprint> = database.tables.iter().map(fingerprint).collect();
    Ok(difference(&before, &fingerprints(session).await?))
}

fn fingerprint(it: &Table) -> Fingerprint {
    Fingerprint { table: it.name.clone(), rows: it.rows, checksum: it.checksum.clone() }
}

/// What amcheck finds wrong in tables and indexes, where it is available.
async fn corruption(session: &Session) -> Result<Option<String>, Error> {
    let doing = "looking for corruption";
    let available = "SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'amcheck'";
    if values(session, doing, available).await?.is_empty() {
        return Ok(None);
    }
    crate::pg::admin::execute(session, doing, "CREATE SCHEMA IF NOT EXISTS \"drill amcheck\"").await?;
    crate::pg::admin::execute(
        session,
        doing,
        "CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA \"drill amcheck\"; \
         SELECT set_config('search_path', (SELECT quote_ident(nspname) FROM pg_extension e JOIN pg_namespace n \
         ON n.oid = extnamespace WHERE extname = 'amcheck') || ', pg_catalog', false)",
    )
    .await?;
    let heaps = "SELECT format('%s: %s', c.oid::regclass, v.msg) FROM pg_class c, LATERAL verify_heapam(c.oid) v \
                 WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p' AND c.relam = \
                 (SELECT oid FROM pg_am WHERE amname = 'heap') LIMIT 1";
    if let Some(found) = values(session, doing, heaps).await?.into_iter().next() {
        return Ok(Some(found));
    }
    // It answers nothing where all is well, and fails otherwise.
    let indexes = "SELECT count(bt_index_check(c.oid, true)::text) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid \
                   WHERE c.relam = (SELECT oid FROM pg_am WHERE amname = 'btree') AND c.relpersistence = 'p' \
                   AND i.indisready AND i.indisvalid AND c.relkind = 'i'";
    match values(session, doing, indexes).await {
        Ok(_) => Ok(None),
        Err(Error::Refused { why, .. }) => Ok(Some(why)),
        Err(err) => Err(err),
    }
}
