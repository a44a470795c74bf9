//! What else a database has: `\dn \dx \dX \dy \dd \ddp \dl`.

use super::privileges;
use crate::pg::describe::question::Question;

/// `\dn`.
pub(in super::super) fn schemas(question: &Question<'_>) -> String {
    let own = match question.is_wide() {
        true => "",
        false => " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
    };
    let more = format!(
        ", {}, pg_catalog.obj_description(n.oid, 'pg_namespace') AS \"Description\"",
        privileges("n.nspacl")
    );
    format!(
        "SELECT n.nspname AS \"Name\", pg_catalog.pg_get_userbyid(n.nspowner) AS \"Owner\"{} \
         FROM pg_catalog.pg_namespace n WHERE true{own}{} ORDER BY 1",
        question.more(&more),
        question.named("n.nspname")
    )
}

/// `\dx`.
pub(in super::super) fn extensions(question: &Question<'_>) -> String {
    format!(
        "SELECT e.extname AS \"Name\", e.extversion AS \"Version\", n.nspname AS \"Schema\", \
         pg_catalog.obj_description(e.oid, 'pg_extension') AS \"Description\" \
         FROM pg_catalog.pg_extension e LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace \
         WHERE true{} ORDER BY 1",
        question.named("e.extname")
    )
}

/// `\dX`.
pub(in super::super) fn statistics(question: &Question<'_>) -> String {
    // A schema's name in quotes where it needs them, which a pattern has to match.
    let schema = "s.stxnamespace::pg_catalog.regnamespace::pg_catalog.text";
    let defined =
        |letter, title| format!("CASE WHEN '{letter}' = ANY (s.stxkind) THEN 'defined' END AS \"{title}\"");
    format!(
        "SELECT {schema} AS \"Schema\", s.stxname AS \"Name\", \
         pg_catalog.pg_get_statisticsobjdef_columns(s.oid) || ' FROM ' || s.stxrelid::pg_catalog.regclass \
         AS \"Definition\", {}, {}, {} FROM pg_catalog.pg_statistic_ext s WHERE true{} ORDER BY 1, 2",
        defined('d', "Ndistinct"),
        defined('f', "Dependencies"),
        defined('m', "MCV"),
        question.visible_in(schema, "s.stxname", "pg_catalog.pg_statistics_obj_is_visible(s.oid)")
    )
}

/// `\dy`.
pub(in super::super) fn event_triggers(question: &Question<'_>) -> String {
    format!(
        "SELECT evtname AS \"Name\", evtevent AS \"Event\", pg_catalog.pg_get_userbyid(evtowner) AS \"Owner\", \
         CASE evtenabled WHEN 'O' THEN 'enabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' \
         WHEN 'D' THEN 'disabled' END AS \"Enabled\", evtfoid::pg_catalog.regproc AS \"Function\", \
         pg_catalog.array_to_string(evttags, ', ') AS \"Tags\"{} \
         FROM pg_catalog.pg_event_trigger WHERE true{} ORDER BY 1",
        question.more(", pg_catalog.obj_description(oid, 'pg_event_trigger') AS \"Description\""),
        question.named("evtname")
    )
}

/// Objects of which no other list tells the comment: their word, catalog, columns, what their schema is that of, and
/// when they are visible.
const DESCRIBED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "table constraint",
        "pg_constraint",
        "conname",
        "JOIN pg_catalog.pg_class c ON c.oid = o.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
        "pg_catalog.pg_table_is_visible(c.oid)",
    ),
    (
        "domain constraint",
        "pg_constraint",
        "conname",
        "JOIN pg_catalog.pg_type t ON t.oid = o.contypid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace",
        "pg_catalog.pg_type_is_visible(t.oid)",
    ),
    (
        "operator class",
        "pg_opclass",
        "opcname",
        "JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace",
        "pg_catalog.pg_opclass_is_visible(o.oid)",
    ),
    (
        "operator family",
        "pg_opfamily",
        "opfname",
        "JOIN pg_catalog.pg_namespace n ON n.oid = o.opfnamespace",
        "pg_catalog.pg_opfamily_is_visible(o.oid)",
    ),
    (
        "rule",
        "pg_rewrite",
        "rulename",
        "JOIN pg_catalog.pg_class c ON c.oid = o.ev_class AND o.rulename <> '_RETURN' \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
        "pg_catalog.pg_table_is_visible(c.oid)",
    ),
    (
        "trigger",
        "pg_trigger",
        "tgname",
        "JOIN pg_catalog.pg_class c ON c.oid = o.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
        "pg_catalog.pg_table_is_visible(c.oid)",
    ),
];

/// `\dd`.
pub(in super::super) fn descriptions(question: &Question<'_>) -> String {
    let of = |(word, catalog, name, joins, is_visible): &(&str, &str, &str, &str, &str)| {
        format!(
            "SELECT n.nspname AS \"Schema\", o.{name}::pg_catalog.text AS \"Name\", '{word}' AS \"Object\", \
             d.description AS \"Description\" FROM pg_catalog.{catalog} o {joins} \
             JOIN pg_catalog.pg_description d ON d.objoid = o.oid AND d.classoid = o.tableoid AND d.objsubid = 0 \
             WHERE true{}",
            question.chosen(&format!("o.{name}"), is_visible)
        )
    };
    // Two objects that are the same in everything are told once.
    format!("{} ORDER BY 1, 2, 3", DESCRIBED.iter().map(of).collect::<Vec<_>>().join(" UNION "))
}

/// `\ddp`.
pub(in super::super) fn default_privileges(question: &Question<'_>) -> String {
    let owner = "pg_catalog.pg_get_userbyid(d.defaclrole)";
    let named = question.pattern.as_ref().map_or(String::new(), |it| it.on_either("n.nspname", owner));
    format!(
        "SELECT {owner} AS \"Owner\", n.nspname AS \"Schema\", CASE d.defaclobjtype WHEN 'r' THEN 'table' \
         WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'function' WHEN 'T' THEN 'type' WHEN 'n' THEN 'schema' \
         WHEN 'L' THEN 'large object' END AS \"Type\", {} FROM pg_catalog.pg_default_acl d \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace WHERE true{named} ORDER BY 1, 2, 3",
        privileges("d.defaclacl")
    )
}

/// `\dl`, `\lo_list`.
pub(in super::super) fn large_objects(question: &Question<'_>) -> String {
    format!(
        "SELECT oid AS \"ID\", pg_catalog.pg_get_userbyid(lomowner) AS \"Owner\"{}, \
         pg_catalog.obj_description(oid, 'pg_largeobject') AS \"Description\" \
         FROM pg_catalog.pg_largeobject_metadata ORDER BY oid",
        question.more(&format!(", {}", privileges("lomacl")))
    )
}
