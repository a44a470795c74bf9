//! The roles of a server that people and programs log in as: making, granting, and dropping them.

use postgres_protocol::password::scram_sha_256;
use tokio_postgres::error::SqlState;

use crate::error::Error;
use crate::pg::admin::{Before, execute, quietly, refused, said, values};
use crate::pg::connect::Session;
use crate::pg::identifier::Identifier;
use crate::pg::query::rows;
use crate::secret::Secret;

/// The databases in which something of a role's is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// Those in which it owns something, or that it owns.
    pub owning: Vec<String>,
    /// Those in which it has privileges only.
    pub granted: Vec<String>,
}

/// Makes a role that can log in. One that is there is left as it is. The server gets the SCRAM verifier only.
pub async fn create(session: &Session, role: &Identifier, password: &Secret) -> Result<Before, Error> {
    if exists(session, role).await? {
        return Ok(Before::There);
    }
    quietly(session).await?;
    let verifier = scram_sha_256(password.reveal().as_bytes());
    match rows(session, &format!("CREATE ROLE {} LOGIN PASSWORD '{verifier}'", role.quoted())).await {
        Ok(_) => Ok(Before::Absent),
        // Somebody else has made it this moment.
        Err(failure)
            if [Some(SqlState::DUPLICATE_OBJECT), Some(SqlState::UNIQUE_VIOLATION)]
                .contains(&said(&failure)) =>
        {
            Ok(Before::There)
        }
        Err(failure) => Err(refused(&format!("creating role `{role}`"), failure)),
    }
}

/// Whether there is such a role.
pub async fn exists(session: &Session, role: &Identifier) -> Result<bool, Error> {
    let sql = format!("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = {}", role.literal());
    Ok(!values(session, "looking for a role", &sql).await?.is_empty())
}

/// Lets a role log in that may not, such as one whose removal was interrupted.
pub async fn let_in(session: &Session, role: &Identifier) -> Result<(), Error> {
    let doing = format!("letting role `{role}` log in");
    let out =
        format!("SELECT 1 FROM pg_catalog.pg_roles WHERE NOT rolcanlogin AND rolname = {}", role.literal());
    match values(session, &doing, &out).await?.is_empty() {
        true => Ok(()),
        false => execute(session, &doing, &format!("ALTER ROLE {} LOGIN", role.quoted())).await,
    }
}

/// The names of all roles that can log in, in order.
pub async fn names(session: &Session) -> Result<Vec<String>, Error> {
    let sql = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolcanlogin ORDER BY 1";
    values(session, "listing the roles", sql).await
}

/// Lets a role work in the session's database: connect, make things in `public`, use what is there and what the
/// session's role will make there. Since PostgreSQL 15 nobody may do the second without being let.
pub async fn grant(session: &Session, role: &Identifier, database: &Identifier) -> Result<(), Error> {
    let doing = format!("granting `{role}` the use of database `{database}`");
    let to = role.quoted();
    execute(session, &doing, &format!("GRANT ALL ON DATABASE {} TO {to}", database.quoted())).await?;
    let public = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'public'";
    if values(session, &doing, public).await?.is_empty() {
        return Ok(());
    }
    let things = ["TABLES", "SEQUENCES", "FUNCTIONS"];
    let of_now = things.map(|it| format!("GRANT ALL ON ALL {it} IN SCHEMA public TO {to};"));
    let of_later =
        things.map(|it| format!("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON {it} TO {to};"));
    let sql = format!("GRANT ALL ON SCHEMA public TO {to};{}{}", of_now.concat(), of_later.concat());
    execute(session, &doing, &sql).await
}

/// Where something of a role's is.
pub async fn ties(session: &Session, role: &Identifier) -> Result<Ties, Error> {
    let of = |owns: &str| {
        format!(
            "SELECT d.datname FROM pg_catalog.pg_shdepend s JOIN pg_catalog.pg_database d ON d.oid = s.dbid \
             OR (s.dbid = 0 AND s.classid = 'pg_catalog.pg_database'::regclass AND d.oid = s.objid) \
             WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.refobjid = \
             (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = {}) \
             GROUP BY d.datname HAVING {owns} bool_or(s.deptype = 'o') ORDER BY d.datname",
            role.literal()
        )
    };
    let doing = format!("looking for what is `{role}`'s");
    Ok(Ties {
        owning: values(session, &doing, &of("")).await?,
        granted: values(session, &doing, &of("NOT")).await?,
    })
}

/// Keeps a role from coming back, and ends its sessions.
pub async fn lock_out(session: &Session, role: &Identifier) -> Result<(), Error> {
    let doing = format!("ending the sessions of `{role}`");
    execute(session, &doing, &format!("ALTER ROLE {} NOLOGIN", role.quoted())).await?;
    let sql = format!(
        "SELECT pg_catalog.pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity WHERE usename = {}",
        role.literal()
    );
    execute(session, &doing, &sql).await
}

/// Gives what a role owns in the session's database to another, and takes the privileges that it has there.
pub async fn release(session: &Session, role: &Identifier, heir: &Identifier) -> Result<(), Error> {
    let (from, to) = (role.quoted(), heir.quoted());
    let sql = format!("REASSIGN OWNED BY {from} TO {to}; DROP OWNED BY {from}");
    execute(session, &format!("giving to `{heir}` what is `{role}`'s"), &sql).await
}

/// Drops a role of which nothing is left in any database.
pub async fn drop(session: &Session, role: &Identifier) -> Result<Before, Error> {
    match rows(session, &format!("DROP ROLE {}", role.quoted())).await {
        Ok(_) => Ok(Before::There),
        // Somebody else has dropped it this moment.
        Err(failure) if said(&failure) == Some(SqlState::UNDEFINED_OBJECT) => Ok(Before::Absent),
        Err(failure) => Err(refused(&format!("dropping role `{role}`"), failure)),
    }
}
