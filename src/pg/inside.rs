//! What can be made inside one database: schemas and extensions.

use crate::error::Error;
use crate::pg::admin::{Before, execute, values};
use crate::pg::connect::Session;
use crate::pg::identifier::Identifier;

/// Makes a schema in the session's database, where it is missing.
pub async fn schema(session: &Session, name: &Identifier) -> Result<Before, Error> {
    let doing = format!("creating schema `{name}`");
    let known = format!("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = {}", name.literal());
    make(session, &doing, &known, &format!("CREATE SCHEMA IF NOT EXISTS {}", name.quoted())).await
}

/// Makes an extension in the session's database, where it is missing, with those that it needs.
pub async fn extension(session: &Session, name: &Identifier) -> Result<Before, Error> {
    let doing = format!("creating extension `{name}`");
    let known = format!("SELECT 1 FROM pg_catalog.pg_extension WHERE extname = {}", name.literal());
    make(session, &doing, &known, &format!("CREATE EXTENSION IF NOT EXISTS {} CASCADE", name.quoted())).await
}

async fn make(session: &Session, doing: &str, known: &str, sql: &str) -> Result<Before, Error> {
    if !values(session, doing, known).await?.is_empty() {
        return Ok(Before::There);
    }
    execute(session, doing, sql).await.map(|()| Before::Absent)
}
