//! The form of a server's data: what initdb is told to make data that `pg_upgrade` takes for a successor.

use crate::error::Error;
use crate::pg::admin::values;
use crate::pg::connect::Session;

/// The first version whose initdb computes checksums unless it is told not to.
const CHECKSUMS_SINCE: u32 = 18;

/// The superuser that the data was made with, whom nobody can take anything from.
pub async fn owner(session: &Session) -> Result<String, Error> {
    let sql = "SELECT rolname FROM pg_catalog.pg_roles WHERE oid = 10";
    let found = values(session, "asking for the first superuser", sql).await?.into_iter().next();
    found.ok_or_else(|| Error::Sql("the server has no first superuser".to_owned()))
}

/// The arguments for the initdb of this major version. A locale of another library than the system's is taken over by
/// every `pg_upgrade` that can meet one.
pub async fn form(session: &Session, major: u32) -> Result<Vec<String>, Error> {
    let sql = "SELECT unnest(ARRAY['--encoding=' || pg_catalog.pg_encoding_to_char(encoding), '--lc-collate=' || datcollate, \
               '--lc-ctype=' || datctype, '--wal-segsize=' || (SELECT setting::bigint >> 20 FROM pg_catalog.pg_settings \
               WHERE name = 'wal_segment_size')]) FROM pg_catalog.pg_database WHERE datname = 'template0'";
    let mut all = values(session, "asking how its data was made", sql).await?;
    let checksums = values(session, "asking for checksums", "SHOW data_checksums").await?;
    match (checksums.iter().any(|it| it == "on"), major >= CHECKSUMS_SINCE) {
        (true, _) => all.push("--data-checksums".to_owned()),
        (false, true) => all.push("--no-data-checksums".to_owned()),
        (false, false) => {}
    }
    Ok(all)
}
