//! What a database has beside what is in it: access, settings and comment, as the SQL that gives another one the same.

use crate::error::Error;
use crate::pg::admin::{quoted, refused, values};
use crate::pg::connect::Session;
use crate::pg::identifier::literal;
use crate::pg::query::rows;

/// Settings whose values are lists, of which each element is quoted by itself. As `pg_dump` has them.
const LISTS: &[&str] = &[
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// The statements that give the database `target`, a name as SQL wants it, what the one of this OID has. The target must
/// have the same owner, and nothing of all that yet.
pub async fn attributes(
    session: &Session,
    doing: &str,
    oid: &str,
    target: &str,
) -> Result<Vec<String>, Error> {
    let mut all = access(session, doing, oid, target).await?;
    all.extend(settings(session, doing, oid, target).await?);
    all.extend(comment(session, doing, oid, target).await?);
    Ok(all)
}

/// Of a database with an access list, which its owner may have taken privileges from as well.
async fn access(session: &Session, doing: &str, oid: &str, target: &str) -> Result<Vec<String>, Error> {
    let target = literal(target);
    let sql = format!(
        "SELECT pg_catalog.format('REVOKE ALL ON DATABASE %s FROM PUBLIC, %I', {target}, pg_catalog.pg_get_userbyid(datdba)) \
         FROM pg_catalog.pg_database WHERE oid = {oid} AND datacl IS NOT NULL UNION ALL \
         (SELECT pg_catalog.format('GRANT %s ON DATABASE %s TO %s%s', privilege_type, {target}, \
         CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) END, \
         CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) \
         FROM pg_catalog.pg_database, pg_catalog.aclexplode(datacl) WHERE oid = {oid} \
         ORDER BY grantee, privilege_type)"
    );
    values(session, doing, &sql).await
}

async fn settings(session: &Session, doing: &str, oid: &str, target: &str) -> Result<Vec<String>, Error> {
    let sql = format!(
        "SELECT CASE setrole WHEN 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(setrole) END, setting \
         FROM pg_catalog.pg_db_role_setting, pg_catalog.unnest(setconfig) WITH ORDINALITY it (setting, nth) \
         WHERE setdatabase = {oid} ORDER BY setrole, nth"
    );
    let found = rows(session, &sql).await.map_err(|failure| refused(doing, failure))?;
    let statement = |row: Vec<Option<String>>| {
        let [role, Some(setting)] = row.as_slice() else { return None };
        let whose = match role {
            Some(role) => format!("ALTER ROLE {} IN DATABASE {target}", quoted(role)),
            None => format!("ALTER DATABASE {target}"),
        };
        Some(format!("{whose} {}", assignment(setting)?))
    };
    Ok(found.into_iter().filter_map(statement).collect())
}

async fn comment(session: &Session, doing: &str, oid: &str, target: &str) -> Result<Option<String>, Error> {
    let sql =
        format!("SELECT it FROM pg_catalog.shobj_description({oid}, 'pg_database') it WHERE it IS NOT NULL");
    let said = values(session, doing, &sql).await?.into_iter().next();
    Ok(said.map(|it| format!("COMMENT ON DATABASE {target} IS {}", literal(&it))))
}

/// `SET "name" TO value`, of `name=value` as the catalog has it.
fn assignment(setting: &str) -> Option<String> {
    let (name, value) = setting.split_once('=')?;
    let value = match LISTS.contains(&name) {
        true => elements(value).iter().map(|it| literal(it)).collect::<Vec<_>>().join(", "),
        false => literal(value),
    };
    let name: Vec<String> = name.split('.').map(quoted).collect();
    Some(format!("SET {} TO {value}", name.join(".")))
}

/// The elements of a list that commas separate. One that is quoted may hold commas, and quotes that are doubled.
fn elements(list: &str) -> Vec<String> {
    let (mut all, mut one, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut chars = list.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, is_quoted) {
            ('"', true) if chars.next_if_eq(&'"').is_some() => one.push('"'),
            ('"', _) => is_quoted = !is_quoted,
            (',', false) => all.push(std::mem::take(&mut one)),
            (' ', false) => {}
            (char, _) => one.push(char),
        }
    }
    all.push(one);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_said_as_the_catalog_has_them() {
        let said = |it| assignment(it).unwrap();
        assert_eq!(said("work_mem=64MB"), "SET \"work_mem\" TO '64MB'");
        assert_eq!(said("app.motto=it's = so"), "SET \"app\".\"motto\" TO 'it''s = so'");
        assert_eq!(
            said("search_path=\"$user\", \"a,b\"\"c\", public"),
            "SET \"search_path\" TO '$user', 'a,b\"c', 'public'"
        );
        assert_eq!(said("search_path=\"\""), "SET \"search_path\" TO ''");
    }
}
