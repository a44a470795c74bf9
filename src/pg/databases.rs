//! The databases of a server: making, finding and dropping them.

use tokio_postgres::error::SqlState;

use crate::error::Error;
use crate::pg::admin::{Before, refused, said, values};
use crate::pg::connect::Session;
use crate::pg::identifier::{Identifier, literal};
use crate::pg::query::rows;

/// PostgreSQL's own databases, which its tools and `CREATE DATABASE` itself count on.
pub const OWN: [&str; 3] = ["postgres", "template0", "template1"];

/// A database that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name.
    pub name: Identifier,
    /// Who owns it, where that is not whoever makes it.
    pub owner: Option<Identifier>,
    /// The database that it is a copy of, where that is not the server's default.
    pub template: Option<Identifier>,
    /// Its encoding, where that is not the server's default.
    pub encoding: Option<String>,
}

impl Wanted {
    /// A database as the server makes them where nothing is said.
    pub fn plain(name: Identifier) -> Self {
        Self { name, owner: None, template: None, encoding: None }
    }

    fn sql(&self) -> String {
        let mut sql = format!("CREATE DATABASE {}", self.name.quoted());
        if let Some(owner) = &self.owner {
            sql += &format!(" OWNER {}", owner.quoted());
        }
        if let Some(encoding) = &self.encoding {
            // A locale goes with certain encodings only, and "C" goes with all.
            sql += &format!(" ENCODING {} LOCALE 'C'", literal(encoding));
        }
        match (&self.template, &self.encoding) {
            (Some(template), _) => sql += &format!(" TEMPLATE {}", template.quoted()),
            // The only one that the server copies into another encoding.
            (None, Some(_)) => sql += " TEMPLATE template0",
            (None, None) => {}
        }
        sql
    }
}

/// Makes a database. One that is there is left as it is, and must not differ from what is wanted.
pub async fn create(session: &Session, wanted: &Wanted) -> Result<Before, Error> {
    if exists(session, &wanted.name).await? {
        return same(session, wanted).await.map(|()| Before::There);
    }
    match rows(session, &wanted.sql()).await {
        Ok(_) => Ok(Before::Absent),
        // Somebody else has made it this moment.
        Err(failure)
            if [Some(SqlState::DUPLICATE_DATABASE), Some(SqlState::UNIQUE_VIOLATION)]
                .contains(&said(&failure)) =>
        {
            same(session, wanted).await.map(|()| Before::There)
        }
        Err(failure) => Err(refused(&format!("creating database `{}`", wanted.name), failure)),
    }
}

/// Whether there is such a database.
pub async fn exists(session: &Session, name: &Identifier) -> Result<bool, Error> {
    let sql = format!("SELECT 1 FROM pg_catalog.pg_database WHERE datname = {}", name.literal());
    Ok(!values(session, "looking for a database", &sql).await?.is_empty())
}

/// The names of all databases that clients can connect to, in order.
pub async fn names(session: &Session) -> Result<Vec<String>, Error> {
    let sql =
        "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1";
    values(session, "listing the databases", sql).await
}

/// Drops a database, ending the sessions in it first.
pub async fn drop(session: &Session, name: &Identifier) -> Result<Before, Error> {
    if !exists(session, name).await? {
        return Ok(Before::Absent);
    }
    match rows(session, &format!("DROP DATABASE {} WITH (FORCE)", name.quoted())).await {
        Ok(_) => Ok(Before::There),
        // Somebody else has dropped it this moment.
        Err(failure) if said(&failure) == Some(SqlState::UNDEFINED_DATABASE) => Ok(Before::Absent),
        Err(failure) => Err(refused(&format!("dropping database `{name}`"), failure)),
    }
}

/// The SQL that makes a database anew without what is in it: its locale, owner, settings, privileges and comment. `{database}`
/// stands for its name, as it does in no name and no value: the server writes each brace of those twice.
pub async fn definition(session: &Session, name: &str) -> Result<Vec<String>, Error> {
    let doing = format!("reading how database `{name}` is made");
    // From 15 on a database may have its locale from ICU, whose name has changed since.
    let version = values(session, &doing, "SELECT current_setting('server_version_num')").await?;
    let version: u32 = version.first().and_then(|it| it.parse().ok()).unwrap_or_default();
    let icu = match version {
        170_000.. => "d.datlocale",
        150_000.. => "d.daticulocale",
        _ => "NULL",
    };
    let provider = if version >= 150_000 { "d.datlocprovider" } else { "'c'" };
    let sql =
        DEFINITION.replace("{icu}", icu).replace("{provider}", provider).replace("{name}", &literal(name));
    values(session, &doing, &sql).await
}

/// Each statement is one row, in the order in which they are to be run.
const DEFINITION: &str = "\
WITH d AS (SELECT d.*, pg_catalog.pg_get_userbyid(datdba) AS owner FROM pg_catalog.pg_database d WHERE datname = {name}), \
s AS ( \
SELECT 1 AS at, '' AS also, pg_catalog.format('CREATE DATABASE %s TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L%s \
OWNER %I CONNECTION LIMIT %s', chr(1), pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, \
CASE WHEN {provider} = 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', {icu}) \
WHEN {provider} = 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', {icu}) ELSE '' END, \
owner, datconnlimit) AS sql FROM d \
UNION ALL SELECT 2, '', pg_catalog.format('REVOKE ALL ON DATABASE %s FROM PUBLIC', chr(1)) FROM d WHERE datacl IS NOT NULL \
UNION ALL SELECT 3, a.grantee::text || a.privilege_type, pg_catalog.format('GRANT %s ON DATABASE %s TO %s%s', a.privilege_type, chr(1), \
CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END, \
CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM d, pg_catalog.aclexplode(datacl) a \
UNION ALL SELECT 4, c.name, pg_catalog.format('ALTER %s SET %I TO %s', \
CASE r.setrole WHEN 0 THEN 'DATABASE ' || chr(1) \
ELSE pg_catalog.format('ROLE %I IN DATABASE %s', pg_catalog.pg_get_userbyid(r.setrole), chr(1)) END, c.name, \
CASE WHEN c.name = ANY (ARRAY['local_preload_libraries', 'search_path', 'session_preload_libraries', \
'shared_preload_libraries', 'temp_tablespaces', 'unix_socket_directories']) THEN nullif(c.value, '') \
ELSE pg_catalog.quote_literal(c.value) END) FROM d JOIN pg_catalog.pg_db_role_setting r ON r.setdatabase = d.oid, \
LATERAL (SELECT split_part(it, '=', 1) AS name, substr(it, strpos(it, '=') + 1) AS value FROM unnest(r.setconfig) it) c \
UNION ALL SELECT 5, '', pg_catalog.format('COMMENT ON DATABASE %s IS %L', chr(1), \
pg_catalog.shobj_description(d.oid, 'pg_database')) FROM d WHERE pg_catalog.shobj_description(d.oid, 'pg_database') IS NOT NULL) \
SELECT replace(replace(replace(sql, '{', '{{'), '}', '}}'), chr(1), '{database}') FROM s WHERE sql IS NOT NULL ORDER BY at, also";

/// A statement of a definition for a database of this name.
pub fn defined(statement: &str, name: &Identifier) -> String {
    // What was written twice is put aside while the name is put in.
    let aside = statement.replace("{{", "\u{1}").replace("}}", "\u{2}");
    aside.replace("{database}", &name.quoted()).replace('\u{1}', "{").replace('\u{2}', "}")
}

async fn same(session: &Session, wanted: &Wanted) -> Result<(), Error> {
    let encoding = wanted.encoding.as_deref().map(literal).unwrap_or("NULL".to_owned());
    let owner = wanted.owner.as_ref().map(Identifier::literal).unwrap_or("NULL".to_owned());
    let sql = format!(
        "SELECT pg_catalog.format('owner `%s` and encoding %s', pg_catalog.pg_get_userbyid(datdba), \
         pg_catalog.pg_encoding_to_char(encoding)) FROM pg_catalog.pg_database WHERE datname = {} \
         AND (pg_catalog.pg_get_userbyid(datdba) <> {owner}::name \
         OR encoding <> pg_catalog.pg_char_to_encoding({encoding}::name))",
        wanted.name.literal()
    );
    match values(session, "comparing a database", &sql).await?.into_iter().next() {
        None => Ok(()),
        Some(differs) => Err(Error::Exists { what: format!("database `{}`", wanted.name), differs }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_for_any_name_and_changes_no_value() {
        let name: Identifier = "a{database}\"".parse().unwrap();
        assert_eq!(
            defined("COMMENT ON DATABASE {database} IS '{{database}}'", &name),
            "COMMENT ON DATABASE \"a{database}\"\"\" IS '{database}'"
        );
    }

    #[test]
    fn what_is_not_said_is_left_to_the_server() {
        let plain = Wanted::plain("a b".parse().unwrap());
        assert_eq!(plain.sql(), "CREATE DATABASE \"a b\"");
        let all = Wanted {
            owner: Some("o\"".parse().unwrap()),
            template: Some("t".parse().unwrap()),
            encoding: Some("LATIN1".to_owned()),
            ..plain.clone()
        };
        assert_eq!(
            all.sql(),
            "CREATE DATABASE \"a b\" OWNER \"o\"\"\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE \"t\""
        );
        let encoded = Wanted { encoding: Some("LATIN1".to_owned()), ..plain };
        assert!(encoded.sql().ends_with("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"));
    }
}
