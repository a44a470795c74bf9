//! What stands below a relation's columns: indexes, constraints, policies, rules, triggers, parts and parents.

use crate::pg::connect::Session;
use crate::pg::describe::relation::Relation;
use crate::pg::describe::{Unfound, rows, values};

/// Where tables of these kinds may have what a question is about.
type Kinds = &'static str;

/// Questions whose answers are lines, with their headings. `{oid}` is the relation.
const SECTIONS: &[(Kinds, &str, &str)] = &[
    (
        "rmpt",
        "Indexes:",
        "SELECT '    \"' || ic.relname || '\"' || CASE \
         WHEN con.contype = 'x' THEN ' ' || pg_catalog.pg_get_constraintdef(con.oid, true) \
         ELSE CASE WHEN i.indisprimary THEN ' PRIMARY KEY,' \
         WHEN i.indisunique AND con.contype = 'u' THEN ' UNIQUE CONSTRAINT,' WHEN i.indisunique THEN ' UNIQUE,' \
         ELSE '' END || ' ' || pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), '^.*? USING ', '') \
         || CASE WHEN con.condeferrable THEN ' DEFERRABLE' ELSE '' END \
         || CASE WHEN con.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END END \
         || CASE WHEN i.indisclustered THEN ' CLUSTER' ELSE '' END \
         || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END \
         || CASE WHEN i.indisreplident THEN ' REPLICA IDENTITY' ELSE '' END \
         || coalesce((SELECT ', tablespace \"' || spcname || '\"' FROM pg_catalog.pg_tablespace \
         WHERE oid = ic.reltablespace), '') \
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid \
         LEFT JOIN pg_catalog.pg_constraint con ON con.conrelid = i.indrelid AND con.conindid = i.indexrelid \
         AND con.contype IN ('p', 'u', 'x') WHERE i.indrelid = {oid} ORDER BY i.indisprimary DESC, ic.relname",
    ),
    (
        "rfpt",
        "Check constraints:",
        "SELECT '    \"' || conname || '\" ' || pg_catalog.pg_get_constraintdef(oid, true) \
         FROM pg_catalog.pg_constraint WHERE conrelid = {oid} AND contype = 'c' ORDER BY conname",
    ),
    (
        "rfp",
        "Foreign-key constraints:",
        "SELECT CASE WHEN r.conrelid = {oid} THEN '    \"' ELSE '    TABLE \"' \
         || r.conrelid::pg_catalog.regclass || '\" CONSTRAINT \"' END \
         || r.conname || '\" ' || pg_catalog.pg_get_constraintdef(r.oid, true) \
         FROM pg_catalog.pg_constraint r WHERE r.contype = 'f' AND r.conparentid = 0 AND (r.conrelid = {oid} \
         OR r.conrelid IN (SELECT relid FROM pg_catalog.pg_partition_ancestors({oid}) AS a (relid))) \
         ORDER BY r.conrelid = {oid} DESC, r.conname",
    ),
    (
        "rfp",
        "Referenced by:",
        "SELECT '    TABLE \"' || conrelid::pg_catalog.regclass || '\" CONSTRAINT \"' || conname || '\" ' \
         || pg_catalog.pg_get_constraintdef(oid, true) FROM pg_catalog.pg_constraint \
         WHERE contype = 'f' AND conparentid = 0 AND (confrelid = {oid} \
         OR confrelid IN (SELECT relid FROM pg_catalog.pg_partition_ancestors({oid}) AS a (relid))) ORDER BY conname",
    ),
    (
        "rp",
        "{policies}",
        "SELECT '    POLICY \"' || polname || '\"' || CASE WHEN polpermissive THEN '' ELSE ' AS RESTRICTIVE' END \
         || CASE polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' \
         WHEN 'd' THEN ' FOR DELETE' ELSE '' END || CASE WHEN polroles = '{0}' THEN '' \
         ELSE E'\\n      TO ' || pg_catalog.array_to_string(ARRAY(SELECT rolname FROM pg_catalog.pg_roles \
         WHERE oid = ANY (polroles) ORDER BY 1), ',') END \
         || coalesce(E'\\n      USING (' || pg_catalog.pg_get_expr(polqual, polrelid) || ')', '') \
         || coalesce(E'\\n      WITH CHECK (' || pg_catalog.pg_get_expr(polwithcheck, polrelid) || ')', '') \
         FROM pg_catalog.pg_policy WHERE polrelid = {oid} ORDER BY polname",
    ),
    (
        "rmfp",
        "Statistics objects:",
        "SELECT '    \"' || stxnamespace::pg_catalog.regnamespace || '.' || stxname || '\"' \
         || CASE WHEN kinds = total THEN '' ELSE ' (' || named || ')' END \
         || ' ON ' || pg_catalog.pg_get_statisticsobjdef_columns(oid) || ' FROM ' || stxrelid::pg_catalog.regclass \
         || CASE WHEN stxstattarget >= 0 THEN '; STATISTICS ' || stxstattarget ELSE '' END \
         FROM pg_catalog.pg_statistic_ext s, LATERAL (SELECT count(*) AS kinds, 3 AS total, \
         string_agg(word, ', ' ORDER BY place) AS named FROM (VALUES ('d', 'ndistinct', 1), ('f', 'dependencies', 2), \
         ('m', 'mcv', 3)) AS k (letter, word, place) WHERE letter::\"char\" = ANY (s.stxkind)) AS k \
         WHERE stxrelid = {oid} ORDER BY stxnamespace::pg_catalog.regnamespace::pg_catalog.text, stxname",
    ),
    (
        "rmfp",
        "Publications:",
        "SELECT line FROM (SELECT '    \"' || p.pubname || '\"' AS line, p.pubname \
         FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_namespace pn ON pn.pnpubid = p.oid \
         JOIN pg_catalog.pg_class pc ON pc.relnamespace = pn.pnnspid \
         WHERE pc.oid = {oid} AND pg_catalog.pg_relation_is_publishable({oid}) \
         UNION SELECT '    \"' || p.pubname || '\"' || coalesce(' (' || (SELECT string_agg(a.attname, ', ' ORDER BY place) \
         FROM pg_catalog.unnest(pr.prattrs::pg_catalog.int2[]) WITH ORDINALITY AS u (number, place) \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = pr.prrelid AND a.attnum = u.number) || ')', '') \
         || coalesce(' WHERE ' || pg_catalog.pg_get_expr(pr.prqual, pr.prrelid), ''), p.pubname \
         FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid \
         WHERE pr.prrelid = {oid} \
         UNION SELECT '    \"' || p.pubname || '\"', p.pubname FROM pg_catalog.pg_publication p \
         WHERE p.puballtables AND pg_catalog.pg_relation_is_publishable({oid})) AS all_of_them ORDER BY pubname",
    ),
];

/// Publications where they choose neither schemas nor rows nor columns.
const PUBLICATIONS_BEFORE_15: &str = "SELECT '    \"' || p.pubname || '\"' FROM pg_catalog.pg_publication p \
     WHERE (p.puballtables AND pg_catalog.pg_relation_is_publishable({oid})) OR EXISTS (SELECT \
     FROM pg_catalog.pg_publication_rel pr WHERE pr.prpubid = p.oid AND pr.prrelid = {oid}) ORDER BY p.pubname";

/// Headings of rules, and which of them are meant.
const RULES: [(&str, char); 4] = [
    ("Rules:", 'O'),
    ("Disabled rules:", 'D'),
    ("Rules firing always:", 'A'),
    ("Rules firing on replica only:", 'R'),
];

/// Headings of triggers, and which of them are meant.
const TRIGGERS: [(&str, &str); 5] = [
    ("Triggers:", "tgenabled = 'O' AND NOT tgisinternal"),
    ("Disabled user triggers:", "tgenabled = 'D' AND NOT tgisinternal"),
    ("Disabled internal triggers:", "tgenabled = 'D' AND tgisinternal"),
    ("Triggers firing always:", "tgenabled = 'A' AND NOT tgisinternal"),
    ("Triggers firing on replica only:", "tgenabled = 'R' AND NOT tgisinternal"),
];

/// Lines of one answer each, above the sections.
const ABOVE: &[(Kinds, &str)] = &[
    (
        "rpf",
        "SELECT 'Partition of: ' || i.inhparent::pg_catalog.regclass || ' ' \
         || pg_catalog.pg_get_expr(c.relpartbound, c.oid) || CASE WHEN i.inhdetachpending THEN ' DETACH PENDING' \
         ELSE '' END FROM pg_catalog.pg_class c JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid \
         WHERE c.oid = {oid} AND c.relispartition",
    ),
    (
        "iI",
        "SELECT 'Partition of: ' || i.inhparent::pg_catalog.regclass || ' ' FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid WHERE c.oid = {oid} AND c.relispartition",
    ),
    ("p", "SELECT 'Partition key: ' || pg_catalog.pg_get_partkeydef({oid})"),
    (
        "t",
        "SELECT 'Owning table: \"' || n.nspname || '.' || c.relname || '\"' FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.reltoastrelid = {oid}",
    ),
    (
        "iI",
        "SELECT CASE WHEN i.indisprimary THEN 'primary key, ' WHEN i.indisunique THEN 'unique' \
         || CASE WHEN {not_distinct} THEN ' nulls not distinct' ELSE '' END || ', ' ELSE '' END \
         || am.amname || ', for table \"' || n.nspname || '.' || t.relname || '\"' \
         || coalesce(', predicate (' || pg_catalog.pg_get_expr(i.indpred, i.indrelid, true) || ')', '') \
         || CASE WHEN i.indisclustered THEN ', clustered' ELSE '' END \
         || CASE WHEN i.indisvalid THEN '' ELSE ', invalid' END \
         || CASE WHEN con.condeferrable THEN ', deferrable' ELSE '' END \
         || CASE WHEN con.condeferred THEN ', initially deferred' ELSE '' END \
         || CASE WHEN i.indisreplident THEN ', replica identity' ELSE '' END \
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
         JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace \
         JOIN pg_catalog.pg_am am ON am.oid = c.relam LEFT JOIN pg_catalog.pg_constraint con \
         ON con.conrelid = i.indrelid AND con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x') \
         WHERE i.indexrelid = {oid}",
    ),
];

/// Lines below everything else; the mark says that they are for those who want more.
const LAST: &[(Kinds, More, &str)] = &[
    (
        "f",
        More::No,
        "SELECT 'Server: ' || s.srvname FROM pg_catalog.pg_foreign_table f \
         JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = {oid}",
    ),
    (
        "f",
        More::No,
        "SELECT 'FDW options: (' || pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.quote_ident(option_name) || ' ' \
         || pg_catalog.quote_literal(option_value) FROM pg_catalog.pg_options_to_table(f.ftoptions)), ', ') || ')' \
         FROM pg_catalog.pg_foreign_table f WHERE f.ftrelid = {oid} AND f.ftoptions IS NOT NULL",
    ),
    (
        "rf",
        More::No,
        "SELECT CASE WHEN number = 1 THEN 'Inherits: ' ELSE '          ' END || parent \
         || CASE WHEN number < total THEN ',' ELSE '' END FROM (SELECT p.oid::pg_catalog.regclass AS parent, \
         row_number() OVER (ORDER BY i.inhseqno) AS number, count(*) OVER () AS total FROM pg_catalog.pg_inherits i \
         JOIN pg_catalog.pg_class p ON p.oid = i.inhparent WHERE i.inhrelid = {oid} AND p.relkind NOT IN ('p', 'I')) AS x \
         ORDER BY number",
    ),
];

/// Lines at the very end.
const END: &[(Kinds, More, &str)] = &[
    (
        "rf",
        More::No,
        "SELECT 'Typed table of type: ' || reloftype::pg_catalog.regtype FROM pg_catalog.pg_class \
         WHERE oid = {oid} AND reloftype <> 0",
    ),
    (
        "rmp",
        More::Yes,
        "SELECT 'Replica Identity: ' || CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE '???' END \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = {oid} \
         AND c.relreplident <> 'i' AND c.relreplident <> CASE n.nspname WHEN 'pg_catalog' THEN 'n' ELSE 'd' END::\"char\"",
    ),
    (
        "rmiIpt",
        More::No,
        "SELECT 'Tablespace: \"' || t.spcname || '\"' FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace WHERE c.oid = {oid}",
    ),
    (
        "rmIpt",
        More::Yes,
        "SELECT 'Access method: ' || am.amname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_am am ON am.oid = c.relam \
         WHERE c.oid = {oid}",
    ),
    (
        "rmviIpft",
        More::Yes,
        "SELECT 'Options: ' || pg_catalog.array_to_string(c.reloptions || ARRAY(SELECT 'toast.' || x \
         FROM pg_catalog.unnest(t.reloptions) AS x), ', ') FROM pg_catalog.pg_class c \
         LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid \
         WHERE c.oid = {oid} AND (c.reloptions IS NOT NULL OR t.reloptions IS NOT NULL)",
    ),
];

/// For whom a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum More {
    /// For all.
    No,
    /// For those who want more.
    Yes,
}

/// All lines.
pub(super) async fn below(session: &Session, relation: &Relation) -> Result<Vec<String>, Unfound> {
    let mut lines = Vec::new();
    let not_distinct = if session.major() < 15 { "false" } else { "i.indnullsnotdistinct" };
    let ask = |sql: &str| sql.replace("{oid}", &relation.oid).replace("{not_distinct}", not_distinct);
    for (kinds, sql) in ABOVE.iter().filter(|(kinds, _)| kinds.contains(relation.kind)) {
        lines.extend(values(session, &ask(sql)).await?);
        if kinds.contains('r') && relation.more && !lines.is_empty() {
            lines.extend(values(session, &ask(PARTITION_CONSTRAINT)).await?);
        }
    }
    if relation.kind == 'v' {
        definition(session, relation, &mut lines).await?;
    }
    for (kinds, heading, sql) in SECTIONS {
        let has_rules =
            matches!(relation.kind, 'r' | 'm' | 'f' | 'p') || (relation.kind == 'v' && relation.more);
        if *heading == "Publications:" && has_rules {
            rules(session, relation, &mut lines).await?;
        }
        let sql = match (*heading, session.major()) {
            ("Publications:", ..15) => PUBLICATIONS_BEFORE_15,
            _ => sql,
        };
        if kinds.contains(relation.kind) {
            section(session, relation, heading, &ask(sql), &mut lines).await?;
        }
    }
    if relation.kind == 'm' {
        definition(session, relation, &mut lines).await?;
    }
    if matches!(relation.kind, 'r' | 'p' | 'v' | 'f') {
        triggers(session, relation, &mut lines).await?;
    }
    for (kinds, more, sql) in LAST {
        if kinds.contains(relation.kind) && (*more == More::No || relation.more) {
            lines.extend(values(session, &ask(sql)).await?);
        }
    }
    if matches!(relation.kind, 'r' | 'f' | 'p' | 'I') {
        children(session, relation, &mut lines).await?;
    }
    for (kinds, more, sql) in END {
        if kinds.contains(relation.kind) && (*more == More::No || relation.more) {
            lines.extend(values(session, &ask(sql)).await?);
        }
    }
    Ok(lines)
}

/// What a view is, for those who want more.
async fn definition(session: &Session, relation: &Relation, lines: &mut Vec<String>) -> Result<(), Unfound> {
    if relation.more {
        lines.push("View definition:".to_owned());
        let sql = format!("SELECT pg_catalog.pg_get_viewdef({}, true)", relation.oid);
        lines.extend(values(session, &sql).await?);
    }
    Ok(())
}

const PARTITION_CONSTRAINT: &str = "SELECT coalesce('Partition constraint: ' \
     || pg_catalog.pg_get_partition_constraintdef({oid}), 'No partition constraint') \
     FROM pg_catalog.pg_class WHERE oid = {oid} AND relispartition";

async fn section(
    session: &Session,
    relation: &Relation,
    heading: &str,
    sql: &str,
    lines: &mut Vec<String>,
) -> Result<(), Unfound> {
    let found = values(session, sql).await?;
    let heading = match heading {
        "{policies}" => policies(session, relation, found.is_empty()).await?,
        heading => Some(heading.to_owned()).filter(|_| !found.is_empty()),
    };
    lines.extend(heading);
    lines.extend(found);
    Ok(())
}

/// The heading of policies says whether they count.
async fn policies(session: &Session, relation: &Relation, are_none: bool) -> Result<Option<String>, Unfound> {
    let sql = format!(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_catalog.pg_class WHERE oid = {}",
        relation.oid
    );
    let found = rows(session, &sql).await?;
    let is_on =
        |at: usize| found.first().and_then(|it| it.get(at)).is_some_and(|it| it.as_deref() == Some("t"));
    let heading = match (is_on(0), is_on(1), are_none) {
        (true, false, false) => "Policies:",
        (true, true, false) => "Policies (forced row security enabled):",
        (true, false, true) => "Policies (row security enabled): (none)",
        (true, true, true) => "Policies (forced row security enabled): (none)",
        (false, _, false) => "Policies (row security disabled):",
        (false, _, true) => return Ok(None),
    };
    Ok(Some(heading.to_owned()))
}

/// Rules without the words that all definitions begin with. A view's own rule is its definition.
async fn rules(session: &Session, relation: &Relation, lines: &mut Vec<String>) -> Result<(), Unfound> {
    // So psql does it.
    let indent = if relation.kind == 'v' { " " } else { "    " };
    for (heading, enabled) in RULES {
        let sql = format!(
            "SELECT '{indent}' || pg_catalog.substr(pg_catalog.rtrim(pg_catalog.pg_get_ruledef(oid, true), ';'), 13) \
             FROM pg_catalog.pg_rewrite WHERE ev_class = {} AND rulename <> '_RETURN' AND ev_enabled = '{enabled}' \
             ORDER BY rulename",
            relation.oid
        );
        section(session, relation, heading, &sql, lines).await?;
    }
    Ok(())
}

async fn triggers(session: &Session, relation: &Relation, lines: &mut Vec<String>) -> Result<(), Unfound> {
    for (heading, which) in TRIGGERS {
        let sql = format!(
            "SELECT '    ' || pg_catalog.regexp_replace(pg_catalog.pg_get_triggerdef(t.oid, true), \
             '^CREATE (CONSTRAINT )?TRIGGER ', '') \
             || coalesce(', ON TABLE ' || (SELECT u.tgrelid::pg_catalog.regclass FROM pg_catalog.pg_trigger u, \
             pg_catalog.pg_partition_ancestors(t.tgrelid) WITH ORDINALITY AS a (relid, depth) WHERE t.tgparentid <> 0 \
             AND u.tgname = t.tgname AND u.tgrelid = a.relid AND u.tgparentid = 0 ORDER BY a.depth LIMIT 1), '') \
             FROM pg_catalog.pg_trigger t WHERE t.tgrelid = {} AND {which} ORDER BY t.tgname",
            relation.oid
        );
        section(session, relation, heading, &sql, lines).await?;
    }
    Ok(())
}

/// Parts of a partitioned table, and tables that inherit.
async fn children(session: &Session, relation: &Relation, lines: &mut Vec<String>) -> Result<(), Unfound> {
    let sql = format!(
        "SELECT c.oid::pg_catalog.regclass || coalesce(' ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid), '') \
         || CASE WHEN c.relkind IN ('p', 'I') THEN ', PARTITIONED' ELSE '' END \
         || CASE WHEN i.inhdetachpending THEN ' (DETACH PENDING)' ELSE '' END \
         FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = {} \
         ORDER BY pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', \
         c.oid::pg_catalog.regclass::pg_catalog.text",
        relation.oid
    );
    let found = values(session, &sql).await?;
    let is_partitioned = matches!(relation.kind, 'p' | 'I');
    let word = if is_partitioned { "partitions" } else { "child tables" };
    match (found.len(), relation.more) {
        (0, _) if is_partitioned => lines.push("Number of partitions: 0".to_owned()),
        (0, _) => {}
        (count, false) => lines.push(format!("Number of {word}: {count} (Use \\d+ to list them.)")),
        (count, true) => {
            let first = if is_partitioned { "Partitions: " } else { "Child tables: " };
            for (at, child) in found.iter().enumerate() {
                let head = if at == 0 { first.to_owned() } else { " ".repeat(first.len()) };
                let comma = if at + 1 < count { "," } else { "" };
                lines.push(format!("{head}{child}{comma}"));
            }
        }
    }
    Ok(())
}
