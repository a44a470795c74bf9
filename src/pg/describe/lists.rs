//! Lists of all objects of a kind: `\dt` and its like, `\l \du \dn \df \dT \dx \dp \db`.

use crate::pg::connect::Session;
use crate::pg::describe::pattern::Pattern;
use crate::pg::describe::{Asked, Found, Unfound, sheet};
use crate::pg::query::Event;

/// Kinds of relations by their letters.
const RELATIONS: [(char, &str); 6] =
    [('t', "'r','p'"), ('v', "'v'"), ('m', "'m'"), ('i', "'i','I'"), ('s', "'S'"), ('E', "'f'")];
/// psql's words for them.
const RELATION_WORD: &str = "CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' \
     WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 't' THEN 'TOAST table' \
     WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END";
/// What a list without a pattern leaves out.
const OWN_ONLY: &str = " AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema'";

/// Whether the letters are all kinds of relations.
pub(super) fn is_relations(letters: &str) -> bool {
    !letters.is_empty() && letters.chars().all(|it| RELATIONS.iter().any(|(letter, _)| *letter == it))
}

/// Whether the letters name another list.
pub(super) fn is_known(letters: &str) -> bool {
    let functions = letters.strip_prefix('f').is_some_and(|it| it.chars().all(|it| "anptw".contains(it)));
    functions || matches!(letters, "u" | "g" | "n" | "T" | "x" | "p" | "b")
}

/// Makes the list.
pub(super) async fn list(
    session: &Session,
    asked: Asked<'_>,
    pattern: Option<&Pattern>,
) -> Result<Found, Unfound> {
    let (title, sql) = match asked.letters {
        "" => ("List of relations", relations(asked, "tvmsE", pattern)),
        "l" | "list" => ("List of databases", databases(session, asked, pattern)?),
        "u" | "g" => ("List of roles", roles(session, asked, pattern)?),
        "n" => ("List of schemas", schemas(asked, pattern)?),
        "T" => ("List of data types", types(asked, pattern)),
        "x" => ("List of installed extensions", extensions(pattern)?),
        "p" | "z" => ("Access privileges", privileges(asked, pattern)),
        "b" => ("List of tablespaces", tablespaces(asked, pattern)?),
        letters => match letters.strip_prefix('f') {
            Some(kinds) => ("List of functions", functions(asked, kinds, pattern)),
            None => ("List of relations", relations(asked, letters, pattern)),
        },
    };
    let mut sheet = sheet(session, title, &sql).await?;
    let is_relations = title == "List of relations";
    if is_relations && !sheet.events.iter().any(|it| matches!(it, Event::Row(_))) {
        return Ok(Found::Nothing(match pattern {
            Some(it) => format!("Did not find any relation named \"{}\".", it.written),
            None => "Did not find any relations.".to_owned(),
        }));
    }
    if matches!(asked.letters, "u" | "g") {
        sheet.footers = Some(Vec::new());
    }
    Ok(Found::Sheets(vec![sheet]))
}

fn own_only(asked: Asked<'_>, pattern: Option<&Pattern>) -> &'static str {
    if asked.system || pattern.is_some() { "" } else { OWN_ONLY }
}

/// The conditions of a list whose objects are in schemas.
fn chosen(asked: Asked<'_>, pattern: Option<&Pattern>, name: &str, is_visible: &str) -> String {
    let named = match pattern {
        Some(it) => it.in_schemas("n.nspname", name, is_visible),
        None => format!(" AND {is_visible}"),
    };
    format!("{}{named}", own_only(asked, pattern))
}

fn named(pattern: Option<&Pattern>, column: &str) -> Result<String, Unfound> {
    pattern.map_or(Ok(String::new()), |it| it.on(column)).map_err(Unfound::Wrong)
}

fn relations(asked: Asked<'_>, letters: &str, pattern: Option<&Pattern>) -> String {
    let has = |letter| letters.contains(letter);
    let mut kinds: Vec<&str> = RELATIONS.iter().filter(|(it, _)| has(*it)).map(|(_, kinds)| *kinds).collect();
    // Of system tables some are not tables of a user's.
    if has('t') && (asked.system || pattern.is_some()) {
        kinds.push("'t'");
    }
    let mut columns = format!(
        "n.nspname AS \"Schema\", c.relname AS \"Name\", {RELATION_WORD} AS \"Type\", \
         pg_catalog.pg_get_userbyid(c.relowner) AS \"Owner\""
    );
    if has('i') {
        columns += ", c2.relname AS \"Table\"";
    }
    if asked.more {
        columns += ", CASE c.relpersistence WHEN 'p' THEN 'permanent' WHEN 't' THEN 'temporary' \
                    WHEN 'u' THEN 'unlogged' END AS \"Persistence\"";
        if has('t') || has('m') || has('i') {
            columns += ", am.amname AS \"Access method\"";
        }
        columns += ", pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) AS \"Size\", \
                    pg_catalog.obj_description(c.oid, 'pg_class') AS \"Description\"";
    }
    let toast = if asked.system || pattern.is_some() { "" } else { " AND n.nspname !~ '^pg_toast'" };
    format!(
        "SELECT {columns} FROM pg_catalog.pg_class c \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam \
         LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid \
         LEFT JOIN pg_catalog.pg_class c2 ON c2.oid = i.indrelid \
         WHERE c.relkind IN ({}){toast}{} ORDER BY 1, 2",
        kinds.join(","),
        chosen(asked, pattern, "c.relname", "pg_catalog.pg_table_is_visible(c.oid)")
    )
}

fn databases(session: &Session, asked: Asked<'_>, pattern: Option<&Pattern>) -> Result<String, Unfound> {
    let (locale, provider) = match session.major() {
        ..15 => ("NULL", "'libc'"),
        15..17 => ("d.daticulocale", "CASE d.datlocprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' END"),
        17.. => (
            "d.datlocale",
            "CASE d.datlocprovider WHEN 'b' THEN 'builtin' WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' END",
        ),
    };
    let more = match asked.more {
        true => {
            ", CASE WHEN pg_catalog.has_database_privilege(d.datname, 'CONNECT') \
             THEN pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.datname)) ELSE 'No Access' END AS \"Size\", \
             t.spcname AS \"Tablespace\", pg_catalog.shobj_description(d.oid, 'pg_database') AS \"Description\""
        }
        false => "",
    };
    Ok(format!(
        "SELECT d.datname AS \"Name\", pg_catalog.pg_get_userbyid(d.datdba) AS \"Owner\", \
         pg_catalog.pg_encoding_to_char(d.encoding) AS \"Encoding\", d.datcollate AS \"Collate\", \
         d.datctype AS \"Ctype\", {locale} AS \"ICU Locale\", {provider} AS \"Locale Provider\", \
         pg_catalog.array_to_string(d.datacl, E'\\n') AS \"Access privileges\"{more} \
         FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace \
         WHERE true{} ORDER BY 1",
        named(pattern, "d.datname")?
    ))
}

fn roles(session: &Session, asked: Asked<'_>, pattern: Option<&Pattern>) -> Result<String, Unfound> {
    let own = if asked.system || pattern.is_some() { "" } else { " AND r.rolname !~ '^pg_'" };
    let more = match asked.more {
        true => ", pg_catalog.shobj_description(r.oid, 'pg_authid') AS \"Description\"",
        false => "",
    };
    // psql 16 no longer shows it.
    let members = match session.major() {
        ..16 => {
            ", ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members m \
             JOIN pg_catalog.pg_roles b ON b.oid = m.roleid WHERE m.member = r.oid) AS \"Member of\""
        }
        16.. => "",
    };
    Ok(format!(
        "SELECT r.rolname AS \"Role name\", concat_ws(E'\\n', nullif(concat_ws(', ', \
         CASE WHEN r.rolsuper THEN 'Superuser' END, CASE WHEN NOT r.rolinherit THEN 'No inheritance' END, \
         CASE WHEN r.rolcreaterole THEN 'Create role' END, CASE WHEN r.rolcreatedb THEN 'Create DB' END, \
         CASE WHEN NOT r.rolcanlogin THEN 'Cannot login' END, CASE WHEN r.rolreplication THEN 'Replication' END, \
         CASE WHEN r.rolbypassrls THEN 'Bypass RLS' END), ''), \
         CASE WHEN r.rolconnlimit = 0 THEN 'No connections' WHEN r.rolconnlimit = 1 THEN '1 connection' \
         WHEN r.rolconnlimit > 1 THEN r.rolconnlimit || ' connections' END, \
         'Password valid until ' || r.rolvaliduntil::text) AS \"Attributes\"{members}{more} \
         FROM pg_catalog.pg_roles r WHERE true{own}{} ORDER BY 1",
        named(pattern, "r.rolname")?
    ))
}

fn schemas(asked: Asked<'_>, pattern: Option<&Pattern>) -> Result<String, Unfound> {
    let own = match asked.system || pattern.is_some() {
        true => "",
        false => " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
    };
    let more = match asked.more {
        true => {
            ", pg_catalog.array_to_string(n.nspacl, E'\\n') AS \"Access privileges\", \
             pg_catalog.obj_description(n.oid, 'pg_namespace') AS \"Description\""
        }
        false => "",
    };
    Ok(format!(
        "SELECT n.nspname AS \"Name\", pg_catalog.pg_get_userbyid(n.nspowner) AS \"Owner\"{more} \
         FROM pg_catalog.pg_namespace n WHERE true{own}{} ORDER BY 1",
        named(pattern, "n.nspname")?
    ))
}

fn functions(asked: Asked<'_>, kinds: &str, pattern: Option<&Pattern>) -> String {
    let trigger = "p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype";
    let of_kind = |letter| match letter {
        'a' => "p.prokind = 'a'".to_owned(),
        'p' => "p.prokind = 'p'".to_owned(),
        'w' => "p.prokind = 'w'".to_owned(),
        't' => trigger.to_owned(),
        _ => format!("(p.prokind = 'f' AND NOT {trigger})"),
    };
    let wanted: Vec<String> = kinds.chars().map(of_kind).collect();
    let wanted = if wanted.is_empty() { String::new() } else { format!(" AND ({})", wanted.join(" OR ")) };
    let more = match asked.more {
        true => {
            ", CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END \
             AS \"Volatility\", CASE p.proparallel WHEN 'r' THEN 'restricted' WHEN 's' THEN 'safe' ELSE 'unsafe' END \
             AS \"Parallel\", pg_catalog.pg_get_userbyid(p.proowner) AS \"Owner\", \
             CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END AS \"Security\", \
             pg_catalog.array_to_string(p.proacl, E'\\n') AS \"Access privileges\", l.lanname AS \"Language\", \
             coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) AS \"Source code\", \
             pg_catalog.obj_description(p.oid, 'pg_proc') AS \"Description\""
        }
        false => "",
    };
    format!(
        "SELECT n.nspname AS \"Schema\", p.proname AS \"Name\", \
         pg_catalog.pg_get_function_result(p.oid) AS \"Result data type\", \
         pg_catalog.pg_get_function_arguments(p.oid) AS \"Argument data types\", \
         CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END AS \"Type\"\
         {more} FROM pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
         LEFT JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE true{wanted}{} ORDER BY 1, 2, 4",
        chosen(asked, pattern, "p.proname", "pg_catalog.pg_function_is_visible(p.oid)")
    )
}

fn types(asked: Asked<'_>, pattern: Option<&Pattern>) -> String {
    let more = match asked.more {
        true => {
            "t.typname AS \"Internal name\", CASE WHEN t.typrelid <> 0 THEN 'tuple' WHEN t.typlen < 0 THEN 'var' \
             ELSE t.typlen::pg_catalog.text END AS \"Size\", \
             pg_catalog.array_to_string(ARRAY(SELECT e.enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid \
             ORDER BY e.enumsortorder), E'\\n') AS \"Elements\", pg_catalog.pg_get_userbyid(t.typowner) AS \"Owner\", \
             pg_catalog.array_to_string(t.typacl, E'\\n') AS \"Access privileges\", "
        }
        false => "",
    };
    // What the user writes may be the type's own name or that which SQL has for it.
    let named = match pattern {
        Some(it) => {
            let visible = "pg_catalog.pg_type_is_visible(t.oid)";
            let by_name = it.in_schemas("n.nspname", "t.typname", visible);
            let by_form = it.in_schemas("n.nspname", "pg_catalog.format_type(t.oid, NULL)", visible);
            format!(" AND ((true{by_name}) OR (true{by_form}))")
        }
        None => chosen(asked, None, "t.typname", "pg_catalog.pg_type_is_visible(t.oid)"),
    };
    format!(
        "SELECT n.nspname AS \"Schema\", pg_catalog.format_type(t.oid, NULL) AS \"Name\", {more}\
         pg_catalog.obj_description(t.oid, 'pg_type') AS \"Description\" \
         FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         WHERE (t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid)) \
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_type el WHERE el.oid = t.typelem AND el.typarray = t.oid){named} \
         ORDER BY 1, 2"
    )
}

fn extensions(pattern: Option<&Pattern>) -> Result<String, Unfound> {
    Ok(format!(
        "SELECT e.extname AS \"Name\", e.extversion AS \"Version\", n.nspname AS \"Schema\", \
         pg_catalog.obj_description(e.oid, 'pg_extension') AS \"Description\" \
         FROM pg_catalog.pg_extension e LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace \
         WHERE true{} ORDER BY 1",
        named(pattern, "e.extname")?
    ))
}

fn privileges(asked: Asked<'_>, pattern: Option<&Pattern>) -> String {
    let named = match pattern {
        Some(it) => it.in_schemas("n.nspname", "c.relname", "pg_catalog.pg_table_is_visible(c.oid)"),
        None if asked.system => " AND pg_catalog.pg_table_is_visible(c.oid)".to_owned(),
        None => " AND n.nspname !~ '^pg_' AND pg_catalog.pg_table_is_visible(c.oid)".to_owned(),
    };
    let policy = "polname || CASE WHEN polpermissive THEN '' ELSE ' (RESTRICTIVE)' END \
         || CASE polcmd WHEN '*' THEN ':' ELSE ' (' || polcmd::pg_catalog.text || '):' END \
         || coalesce(E'\\n  (u): ' || pg_catalog.pg_get_expr(polqual, polrelid), '') \
         || coalesce(E'\\n  (c): ' || pg_catalog.pg_get_expr(polwithcheck, polrelid), '') \
         || CASE WHEN polroles = '{0}' THEN '' ELSE E'\\n  to: ' || pg_catalog.array_to_string(\
         ARRAY(SELECT rolname FROM pg_catalog.pg_roles WHERE oid = ANY (polroles) ORDER BY 1), ', ') END";
    format!(
        "SELECT n.nspname AS \"Schema\", c.relname AS \"Name\", {RELATION_WORD} AS \"Type\", \
         pg_catalog.array_to_string(c.relacl, E'\\n') AS \"Access privileges\", \
         pg_catalog.array_to_string(ARRAY(SELECT attname || E':\\n  ' || pg_catalog.array_to_string(attacl, E'\\n  ') \
         FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND NOT attisdropped AND attacl IS NOT NULL), E'\\n') \
         AS \"Column privileges\", \
         pg_catalog.array_to_string(ARRAY(SELECT {policy} FROM pg_catalog.pg_policy WHERE polrelid = c.oid), E'\\n') \
         AS \"Policies\" \
         FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r','v','m','S','f','p'){named} ORDER BY 1, 2"
    )
}

fn tablespaces(asked: Asked<'_>, pattern: Option<&Pattern>) -> Result<String, Unfound> {
    let more = match asked.more {
        true => {
            ", pg_catalog.array_to_string(spcacl, E'\\n') AS \"Access privileges\", spcoptions AS \"Options\", \
             pg_catalog.pg_size_pretty(pg_catalog.pg_tablespace_size(oid)) AS \"Size\", \
             pg_catalog.shobj_description(oid, 'pg_tablespace') AS \"Description\""
        }
        false => "",
    };
    Ok(format!(
        "SELECT spcname AS \"Name\", pg_catalog.pg_get_userbyid(spcowner) AS \"Owner\", \
         pg_catalog.pg_tablespace_location(oid) AS \"Location\"{more} \
         FROM pg_catalog.pg_tablespace WHERE true{} ORDER BY 1",
        named(pattern, "spcname")?
    ))
}
