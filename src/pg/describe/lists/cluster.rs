//! What all databases of a server share: `\l \du \db \drds \dconfig`.

use super::privileges;
use crate::pg::describe::question::Question;

/// `\l`.
pub(in super::super) fn databases(question: &Question<'_>) -> String {
    let (locale, provider) = match question.major {
        ..15 => ("NULL", "'libc'"),
        15..17 => ("d.daticulocale", "CASE d.datlocprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' END"),
        17.. => (
            "d.datlocale",
            "CASE d.datlocprovider WHEN 'b' THEN 'builtin' WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' END",
        ),
    };
    let more = question.more(
        ", CASE WHEN pg_catalog.has_database_privilege(d.datname, 'CONNECT') \
         THEN pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.datname)) ELSE 'No Access' END AS \"Size\", \
         t.spcname AS \"Tablespace\", pg_catalog.shobj_description(d.oid, 'pg_database') AS \"Description\"",
    );
    format!(
        "SELECT d.datname AS \"Name\", pg_catalog.pg_get_userbyid(d.datdba) AS \"Owner\", \
         pg_catalog.pg_encoding_to_char(d.encoding) AS \"Encoding\", d.datcollate AS \"Collate\", \
         d.datctype AS \"Ctype\", {locale} AS \"ICU Locale\", {provider} AS \"Locale Provider\", {}{more} \
         FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace \
         WHERE true{} ORDER BY 1",
        privileges("d.datacl"),
        question.named("d.datname")
    )
}

/// `\du`, `\dg`.
pub(in super::super) fn roles(question: &Question<'_>) -> String {
    let own = if question.is_wide() { "" } else { " AND r.rolname !~ '^pg_'" };
    // psql 16 no longer shows it.
    let members = match question.major {
        ..16 => {
            ", ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members m \
             JOIN pg_catalog.pg_roles b ON b.oid = m.roleid WHERE m.member = r.oid) AS \"Member of\""
        }
        16.. => "",
    };
    format!(
        "SELECT r.rolname AS \"Role name\", concat_ws(E'\\n', nullif(concat_ws(', ', \
         CASE WHEN r.rolsuper THEN 'Superuser' END, CASE WHEN NOT r.rolinherit THEN 'No inheritance' END, \
         CASE WHEN r.rolcreaterole THEN 'Create role' END, CASE WHEN r.rolcreatedb THEN 'Create DB' END, \
         CASE WHEN NOT r.rolcanlogin THEN 'Cannot login' END, CASE WHEN r.rolreplication THEN 'Replication' END, \
         CASE WHEN r.rolbypassrls THEN 'Bypass RLS' END), ''), \
         CASE WHEN r.rolconnlimit = 0 THEN 'No connections' WHEN r.rolconnlimit = 1 THEN '1 connection' \
         WHEN r.rolconnlimit > 1 THEN r.rolconnlimit || ' connections' END, \
         'Password valid until ' || r.rolvaliduntil::text) AS \"Attributes\"{members}{} \
         FROM pg_catalog.pg_roles r WHERE true{own}{} ORDER BY 1",
        question.more(", pg_catalog.shobj_description(r.oid, 'pg_authid') AS \"Description\""),
        question.named("r.rolname")
    )
}

/// `\db`.
pub(in super::super) fn tablespaces(question: &Question<'_>) -> String {
    let more = format!(
        ", {}, spcoptions AS \"Options\", \
         pg_catalog.pg_size_pretty(pg_catalog.pg_tablespace_size(oid)) AS \"Size\", \
         pg_catalog.shobj_description(oid, 'pg_tablespace') AS \"Description\"",
        privileges("spcacl")
    );
    format!(
        "SELECT spcname AS \"Name\", pg_catalog.pg_get_userbyid(spcowner) AS \"Owner\", \
         pg_catalog.pg_tablespace_location(oid) AS \"Location\"{} \
         FROM pg_catalog.pg_tablespace WHERE true{} ORDER BY 1",
        question.more(&more),
        question.named("spcname")
    )
}

/// `\drds`: settings of roles and databases.
pub(in super::super) fn settings(question: &Question<'_>) -> String {
    format!(
        "SELECT r.rolname AS \"Role\", d.datname AS \"Database\", \
         pg_catalog.array_to_string(s.setconfig, E'\\n') AS \"Settings\" FROM pg_catalog.pg_db_role_setting s \
         LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase \
         LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole WHERE true{}{} ORDER BY 1, 2",
        question.named("r.rolname"),
        question.further.first().map_or(String::new(), |it| it.on("d.datname"))
    )
}

/// `\dconfig`'s title.
pub(in super::super) fn parameters_title(question: &Question<'_>) -> &'static str {
    match question.pattern {
        Some(_) => "List of configuration parameters",
        None => "List of non-default configuration parameters",
    }
}

/// `\dconfig`: the server's settings, as they are in this session.
pub(in super::super) fn parameters(question: &Question<'_>) -> String {
    let (acl, join) = match question.major {
        ..15 => ("NULL AS \"Access privileges\"".to_owned(), ""),
        15.. => (
            privileges("a.paracl"),
            " LEFT JOIN pg_catalog.pg_parameter_acl a ON a.parname = pg_catalog.lower(s.name)",
        ),
    };
    let chosen = match &question.pattern {
        Some(it) => it.on("pg_catalog.lower(s.name)"),
        None => " AND s.source <> 'default' AND s.setting IS DISTINCT FROM s.boot_val".to_owned(),
    };
    format!(
        "SELECT s.name AS \"Parameter\", pg_catalog.current_setting(s.name) AS \"Value\"{} \
         FROM pg_catalog.pg_settings s{join} WHERE true{chosen} ORDER BY 1",
        question.more(&format!(", s.vartype AS \"Type\", s.context AS \"Context\", {acl}"))
    )
}
