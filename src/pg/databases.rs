//! The databases of a server: making, finding and dropping them.

use tokio_postgres::error::SqlState;

use crate::error::Error;
use crate::pg::admin::{Before, execute, refused, said, values};
use crate::pg::attributes::attributes;
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

/// What a database is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Others are made from it.
    Template,
    /// Clients connect to it.
    Plain,
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

/// The names of all databases that others are made from, but for the one that never changes.
pub async fn templates(session: &Session) -> Result<Vec<String>, Error> {
    let sql = "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND datistemplate \
               AND datname <> 'template0' ORDER BY 1";
    values(session, "listing the templates", sql).await
}

/// The names of the databases that nobody can connect to, of which some were being dropped.
pub async fn closed(session: &Session) -> Result<Vec<String>, Error> {
    let sql = "SELECT datname FROM pg_catalog.pg_database WHERE (NOT datallowconn OR datconnlimit = -2) \
               AND datname <> 'template0' ORDER BY 1";
    values(session, "listing the databases", sql).await
}

/// Makes a database one that others are made from, or one like others, which can be dropped.
pub async fn mark(session: &Session, name: &Identifier, part: Part) -> Result<(), Error> {
    let is_template = match part {
        Part::Template => "true",
        Part::Plain => "false",
    };
    let sql = format!("ALTER DATABASE {} IS_TEMPLATE {is_template}", name.quoted());
    execute(session, &format!("changing database `{name}`"), &sql).await
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

/// Stands for a database's name while its definition is made. No name and no value has it: it comes from nobody's keyboard.
const NAMELESS: &str = "\u{1}";

/// The SQL that makes a database anew without what is in it: its locale, owner, settings, privileges and comment. `{database}`
/// stands for its name, as it does in no name and no value: each brace of those is written twice.
pub async fn definition(session: &Session, name: &str) -> Result<Vec<String>, Error> {
    let doing = format!("reading how database `{name}` is made");
    // From 15 on a database may have its locale from ICU, from 16 on with rules, from 17 on from the server itself, and the
    // locale's name in another column.
    let (provider, locale, rules) = match session.major() {
        ..15 => ("'c'", "NULL", "NULL"),
        15 => ("datlocprovider", "daticulocale", "NULL"),
        16 => ("datlocprovider", "daticulocale", "daticurules"),
        17.. => ("datlocprovider", "datlocale", "daticurules"),
    };
    let sql = format!(
        "SELECT oid, pg_catalog.format('CREATE DATABASE %s TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L%s%s \
         OWNER %I CONNECTION LIMIT %s', {nameless}, pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, \
         CASE {provider} WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', {locale}) \
         WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', {locale}) ELSE '' END, \
         CASE WHEN {rules} IS NULL THEN '' ELSE pg_catalog.format(' ICU_RULES %L', {rules}) END, \
         pg_catalog.pg_get_userbyid(datdba), datconnlimit) FROM pg_catalog.pg_database WHERE datname = {name}",
        nameless = literal(NAMELESS),
        name = literal(name)
    );
    let found = rows(session, &sql).await.map_err(|failure| refused(&doing, failure))?.into_iter().next();
    let Some([Some(oid), Some(create)]) = found.as_deref() else { return Ok(Vec::new()) };
    let mut all = vec![create.clone()];
    all.extend(attributes(session, &doing, oid, NAMELESS).await?);
    let undefined = |it: String| it.replace('{', "{{").replace('}', "}}").replace(NAMELESS, "{database}");
    Ok(all.into_iter().map(undefined).collect())
}

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
