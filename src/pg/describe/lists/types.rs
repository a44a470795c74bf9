//! Types and what turns one into another: `\dT \dD \dC \dO \dc`.

use super::privileges;
use crate::pg::describe::pattern::Pattern;
use crate::pg::describe::question::Question;

/// `\dT`.
pub(in super::super) fn types(question: &Question<'_>) -> String {
    let more = format!(
        "t.typname AS \"Internal name\", CASE WHEN t.typrelid <> 0 THEN 'tuple' WHEN t.typlen < 0 THEN 'var' \
         ELSE t.typlen::pg_catalog.text END AS \"Size\", \
         pg_catalog.array_to_string(ARRAY(SELECT e.enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid \
         ORDER BY e.enumsortorder), E'\\n') AS \"Elements\", pg_catalog.pg_get_userbyid(t.typowner) AS \"Owner\", {}, ",
        privileges("t.typacl")
    );
    let named = match &question.pattern {
        Some(it) => it.of_type("n.nspname", "t"),
        None => question.chosen("t.typname", "pg_catalog.pg_type_is_visible(t.oid)"),
    };
    // Types of arrays are told to those who ask for them.
    let arrays = match &question.pattern {
        Some(it) if it.written.contains("[]") => "",
        Some(_) | None => {
            " AND NOT EXISTS (SELECT FROM pg_catalog.pg_type el WHERE el.oid = t.typelem AND el.typarray = t.oid)"
        }
    };
    format!(
        "SELECT n.nspname AS \"Schema\", pg_catalog.format_type(t.oid, NULL) AS \"Name\", {}\
         pg_catalog.obj_description(t.oid, 'pg_type') AS \"Description\" \
         FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         WHERE (t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid))\
         {arrays}{named} ORDER BY 1, 2",
        question.more(&more)
    )
}

/// `\dD`.
pub(in super::super) fn domains(question: &Question<'_>) -> String {
    let more = format!(
        ", {}, pg_catalog.obj_description(t.oid, 'pg_type') AS \"Description\"",
        privileges("t.typacl")
    );
    // From 17 on that a domain is not null is a constraint, too.
    format!(
        "SELECT n.nspname AS \"Schema\", t.typname AS \"Name\", \
         pg_catalog.format_type(t.typbasetype, t.typtypmod) AS \"Type\", \
         (SELECT c.collname FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype \
         WHERE c.oid = t.typcollation AND t.typcollation <> b.typcollation) AS \"Collation\", \
         CASE WHEN t.typnotnull THEN 'not null' END AS \"Nullable\", t.typdefault AS \"Default\", \
         pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.pg_get_constraintdef(r.oid, true) \
         FROM pg_catalog.pg_constraint r WHERE r.contypid = t.oid AND r.contype = 'c'), ' ') AS \"Check\"{} \
         FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         WHERE t.typtype = 'd'{} ORDER BY 1, 2",
        question.more(&more),
        question.chosen("t.typname", "pg_catalog.pg_type_is_visible(t.oid)")
    )
}

/// `\dC`: casts from or to a type that is meant.
pub(in super::super) fn casts(question: &Question<'_>) -> String {
    let side = |schema: &str, alias: &str| {
        let of_type = |it: &Pattern| it.of_type(schema, alias);
        let visible = format!(" AND pg_catalog.pg_type_is_visible({alias}.oid)");
        question.pattern.as_ref().map_or(visible, of_type)
    };
    format!(
        "SELECT pg_catalog.format_type(c.castsource, NULL) AS \"Source type\", \
         pg_catalog.format_type(c.casttarget, NULL) AS \"Target type\", CASE c.castmethod \
         WHEN 'b' THEN '(binary coercible)' WHEN 'i' THEN '(with inout)' ELSE p.proname END AS \"Function\", \
         CASE c.castcontext WHEN 'e' THEN 'no' WHEN 'a' THEN 'in assignment' ELSE 'yes' END AS \"Implicit?\"{} \
         FROM pg_catalog.pg_cast c LEFT JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc \
         LEFT JOIN pg_catalog.pg_type s ON s.oid = c.castsource \
         LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.typnamespace \
         LEFT JOIN pg_catalog.pg_type t ON t.oid = c.casttarget \
         LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace \
         WHERE (true{}) OR (true{}) ORDER BY 1, 2",
        question.more(", pg_catalog.obj_description(c.oid, 'pg_cast') AS \"Description\""),
        side("sn.nspname", "s"),
        side("tn.nspname", "t")
    )
}

/// `\dO`.
pub(in super::super) fn collations(question: &Question<'_>) -> String {
    let locale = match question.major {
        ..15 => "c.collcollate",
        15..17 => "c.colliculocale",
        17.. => "c.colllocale",
    };
    format!(
        "SELECT n.nspname AS \"Schema\", c.collname AS \"Name\", c.collcollate AS \"Collate\", \
         c.collctype AS \"Ctype\", {locale} AS \"ICU Locale\", CASE c.collprovider WHEN 'd' THEN 'default' \
         WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' END AS \"Provider\", \
         CASE WHEN c.collisdeterministic THEN 'yes' ELSE 'no' END AS \"Deterministic?\"{} \
         FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace \
         WHERE c.collencoding IN (-1, pg_catalog.pg_char_to_encoding(pg_catalog.getdatabaseencoding())){} \
         ORDER BY 1, 2",
        question.more(", pg_catalog.obj_description(c.oid, 'pg_collation') AS \"Description\""),
        question.chosen("c.collname", "pg_catalog.pg_collation_is_visible(c.oid)")
    )
}

/// `\dc`.
pub(in super::super) fn conversions(question: &Question<'_>) -> String {
    format!(
        "SELECT n.nspname AS \"Schema\", c.conname AS \"Name\", \
         pg_catalog.pg_encoding_to_char(c.conforencoding) AS \"Source\", \
         pg_catalog.pg_encoding_to_char(c.contoencoding) AS \"Destination\", \
         CASE WHEN c.condefault THEN 'yes' ELSE 'no' END AS \"Default?\"{} \
         FROM pg_catalog.pg_conversion c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace \
         WHERE true{} ORDER BY 1, 2",
        question.more(", pg_catalog.obj_description(c.oid, 'pg_conversion') AS \"Description\""),
        question.chosen("c.conname", "pg_catalog.pg_conversion_is_visible(c.oid)")
    )
}
