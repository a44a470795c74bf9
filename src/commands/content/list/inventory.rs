//! What `content list` asks a running server: its databases, roles and extensions.

use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::context::Ctx;
use crate::error::Error;
use crate::instances::artifacts::applied::Place;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::lifecycle::observe::Observed;
use crate::lifecycle::places::places;
use crate::lifecycle::{session, target};
use crate::pg::connect::Session;
use crate::pg::query;

/// How long a server may take to tell what it has.
const LIMIT: Duration = Duration::from_secs(5);

/// Sizes are told to those only who may connect.
const DATABASES: &str = "SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), \
     CASE WHEN has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid) END \
     FROM pg_catalog.pg_database WHERE NOT datistemplate ORDER BY datname";
/// Without those that every server has.
const ROLES: &str = "SELECT rolname, rolsuper, rolcanlogin, rolcreatedb, rolcreaterole \
     FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname";
const EXTENSIONS: &str = "SELECT current_database(), extname, extversion, nspname FROM pg_catalog.pg_extension \
     JOIN pg_catalog.pg_namespace ON pg_namespace.oid = extnamespace ORDER BY extname";

/// A database of an instance.
#[derive(Debug, Serialize)]
pub(super) struct Database {
    pub name: String,
    pub instance: Name,
    pub owner: String,
    pub encoding: String,
    /// None where the instance's user may not know it.
    pub size_bytes: Option<u64>,
}

/// A role of an instance.
#[derive(Debug, Serialize)]
pub(super) struct Role {
    pub name: String,
    pub instance: Name,
    pub superuser: bool,
    pub login: bool,
    pub create_database: bool,
    pub create_role: bool,
}

/// An extension that is installed in an instance's default database.
#[derive(Debug, Serialize)]
pub(super) struct Extension {
    pub name: String,
    pub instance: Name,
    pub database: String,
    pub version: String,
    pub schema: String,
}

/// All that a server has.
#[derive(Debug)]
pub(super) struct Inventory {
    pub databases: Vec<Database>,
    pub roles: Vec<Role>,
    pub extensions: Vec<Extension>,
    /// All databases, as applications know them.
    pub places: Vec<Place>,
}

/// An inventory, or why there is none.
pub(super) type Asked = (Name, Result<Inventory, String>);

/// Asks all servers that are well, side by side.
pub(super) async fn inventories(ctx: &Ctx, observed: &[Observed]) -> Vec<Asked> {
    let mut tasks = JoinSet::new();
    for it in observed.iter().filter(|it| it.health.healthy) {
        let (ctx, record) = (ctx.clone(), it.record.clone());
        tasks.spawn(async move {
            let asked = match timeout(LIMIT, inventory(&ctx, &record)).await {
                Ok(asked) => asked.map_err(|err| err.line()),
                Err(_) => Err(format!("it did not tell its databases within {} s", LIMIT.as_secs())),
            };
            (record.name, asked)
        });
    }
    tasks.join_all().await
}

async fn inventory(ctx: &Ctx, record: &Record) -> Result<Inventory, Error> {
    let instance = &record.name;
    let shared = open(ctx, record, ctx.settings.maintenance_db.or_default()).await?;
    let databases = rows(&shared, DATABASES).await?;
    let roles = rows(&shared, ROLES).await?;
    let places = places(&shared).await?.all;
    let default = ctx.settings.database.shown(&record.database);
    // The default database may have been dropped, which is no reason not to tell the others.
    let extensions = match places.iter().any(|it| it.database == default) {
        true => rows(&open(ctx, record, default).await?, EXTENSIONS).await?,
        false => Vec::new(),
    };
    Ok(Inventory {
        databases: databases.into_iter().filter_map(|row| database(instance, row)).collect(),
        roles: roles.into_iter().filter_map(|row| role(instance, row)).collect(),
        extensions: extensions.into_iter().filter_map(|row| extension(instance, row)).collect(),
        places,
    })
}

async fn open(ctx: &Ctx, record: &Record, database: &str) -> Result<Session, Error> {
    session::open(ctx, record, &target(record, database), Box::new(|_| ())).await
}

async fn rows<const N: usize>(session: &Session, sql: &str) -> Result<Vec<[Option<String>; N]>, Error> {
    let rows = query::rows(session, sql).await.map_err(|failure| failure.into_error(sql))?;
    Ok(rows.into_iter().filter_map(|row| row.try_into().ok()).collect())
}

fn database(instance: &Name, row: [Option<String>; 4]) -> Option<Database> {
    let [name, owner, encoding, size] = row;
    let size_bytes = size.and_then(|it| it.parse().ok());
    Some(Database { name: name?, instance: instance.clone(), owner: owner?, encoding: encoding?, size_bytes })
}

fn role(instance: &Name, row: [Option<String>; 5]) -> Option<Role> {
    let [name, superuser, login, create_database, create_role] = row;
    let is = |it: Option<String>| it.as_deref() == Some("t");
    Some(Role {
        name: name?,
        instance: instance.clone(),
        superuser: is(superuser),
        login: is(login),
        create_database: is(create_database),
        create_role: is(create_role),
    })
}

fn extension(instance: &Name, row: [Option<String>; 4]) -> Option<Extension> {
    let [database, name, version, schema] = row;
    Some(Extension {
        name: name?,
        instance: instance.clone(),
        database: database?,
        version: version?,
        schema: schema?,
    })
}

impl Database {
    /// What people are told of it.
    pub(super) fn detail(&self) -> String {
        let size = self.size_bytes.map_or("size unknown".to_owned(), |it| format!("{it} bytes"));
        format!("owner {}, {size}, {}", self.owner, self.encoding)
    }
}

impl Role {
    /// What people are told of it.
    pub(super) fn detail(&self) -> String {
        let attributes = [
            (self.superuser, "superuser"),
            (self.create_database, "creates databases"),
            (self.create_role, "creates roles"),
        ];
        let login = if self.login { "login" } else { "no login" };
        let names = attributes.iter().filter(|(has, _)| *has).map(|(_, name)| *name);
        std::iter::once(login).chain(names).collect::<Vec<_>>().join(", ")
    }
}

impl Extension {
    /// What people are told of it.
    pub(super) fn detail(&self) -> String {
        format!("version {}, in database {}, schema {}", self.version, self.database, self.schema)
    }
}
