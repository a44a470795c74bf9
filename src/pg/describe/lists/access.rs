//! Access methods, and their operator classes and families: `\dA \dAc \dAf \dAo \dAp`.

use crate::pg::describe::question::Question;

/// A name that has its schema where it is not visible without.
fn shown(kind: &str, alias: &str, schema: &str, name: &str) -> String {
    format!(
        "CASE WHEN pg_catalog.pg_{kind}_is_visible({alias}.oid) THEN pg_catalog.quote_ident({alias}.{name}) \
         ELSE pg_catalog.format('%I.%I', {schema}.nspname, {alias}.{name}) END"
    )
}

/// `\dA`.
pub(in super::super) fn methods(question: &Question<'_>) -> String {
    let more = question
        .more(", amhandler AS \"Handler\", pg_catalog.obj_description(oid, 'pg_am') AS \"Description\"");
    format!(
        "SELECT amname AS \"Name\", CASE amtype WHEN 'i' THEN 'Index' WHEN 't' THEN 'Table' END AS \"Type\"{more} \
         FROM pg_catalog.pg_am WHERE true{} ORDER BY 1",
        question.named("amname")
    )
}

/// `\dAc`.
pub(in super::super) fn classes(question: &Question<'_>) -> String {
    let family = shown("opfamily", "f", "fn", "opfname");
    let more =
        format!(", {family} AS \"Operator family\", pg_catalog.pg_get_userbyid(c.opcowner) AS \"Owner\"");
    format!(
        "SELECT am.amname AS \"AM\", pg_catalog.format_type(c.opcintype, NULL) AS \"Input type\", \
         CASE WHEN c.opckeytype NOT IN (0, c.opcintype) THEN pg_catalog.format_type(c.opckeytype, NULL) END \
         AS \"Storage type\", {} AS \"Operator class\", CASE WHEN c.opcdefault THEN 'yes' ELSE 'no' END AS \"Default?\"{} \
         FROM pg_catalog.pg_opclass c LEFT JOIN pg_catalog.pg_am am ON am.oid = c.opcmethod \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace \
         LEFT JOIN pg_catalog.pg_type t ON t.oid = c.opcintype \
         LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace \
         LEFT JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily \
         LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace WHERE true{}{} ORDER BY 1, 2, 4",
        shown("opclass", "c", "n", "opcname"),
        question.more(&more),
        question.named("am.amname"),
        question.further.first().map_or(String::new(), |it| it.of_type("tn.nspname", "t"))
    )
}

/// `\dAf`.
pub(in super::super) fn families(question: &Question<'_>) -> String {
    let of_type = question.further.first().map_or(String::new(), |it| {
        format!(
            " AND EXISTS (SELECT FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_type t ON t.oid = c.opcintype \
             LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace WHERE c.opcfamily = f.oid{})",
            it.of_type("tn.nspname", "t")
        )
    });
    format!(
        "SELECT am.amname AS \"AM\", {} AS \"Operator family\", \
         (SELECT string_agg(pg_catalog.format_type(c.opcintype, NULL), ', ') FROM pg_catalog.pg_opclass c \
         WHERE c.opcfamily = f.oid) AS \"Applicable types\"{} \
         FROM pg_catalog.pg_opfamily f LEFT JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace WHERE true{}{of_type} ORDER BY 1, 2",
        shown("opfamily", "f", "n", "opfname"),
        question.more(", pg_catalog.pg_get_userbyid(f.opfowner) AS \"Owner\""),
        question.named("am.amname")
    )
}

/// The conditions on an access method and on a family.
fn of_family(question: &Question<'_>) -> String {
    let family = question.further.first().map_or(String::new(), |it| it.anywhere("n.nspname", "f.opfname"));
    format!("{}{family}", question.named("am.amname"))
}

/// `\dAo`.
pub(in super::super) fn operators(question: &Question<'_>) -> String {
    format!(
        "SELECT am.amname AS \"AM\", {} AS \"Operator family\", o.amopopr::pg_catalog.regoperator AS \"Operator\", \
         o.amopstrategy AS \"Strategy\", CASE o.amoppurpose WHEN 'o' THEN 'ordering' WHEN 's' THEN 'search' END \
         AS \"Purpose\"{} FROM pg_catalog.pg_amop o JOIN pg_catalog.pg_opfamily f ON f.oid = o.amopfamily \
         JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace \
         LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = o.amopsortfamily WHERE true{} \
         ORDER BY 1, 2, o.amoplefttype = o.amoprighttype DESC, pg_catalog.format_type(o.amoplefttype, NULL), \
         pg_catalog.format_type(o.amoprighttype, NULL), o.amopstrategy",
        shown("opfamily", "f", "n", "opfname"),
        question.more(", s.opfname AS \"Sort opfamily\""),
        of_family(question)
    )
}

/// `\dAp`.
pub(in super::super) fn functions(question: &Question<'_>) -> String {
    let function = match question.more {
        true => "a.amproc::pg_catalog.regprocedure",
        false => "p.proname",
    };
    format!(
        "SELECT am.amname AS \"AM\", {} AS \"Operator family\", \
         pg_catalog.format_type(a.amproclefttype, NULL) AS \"Registered left type\", \
         pg_catalog.format_type(a.amprocrighttype, NULL) AS \"Registered right type\", a.amprocnum AS \"Number\", \
         {function} AS \"Function\" FROM pg_catalog.pg_amproc a \
         JOIN pg_catalog.pg_opfamily f ON f.oid = a.amprocfamily JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace \
         LEFT JOIN pg_catalog.pg_proc p ON p.oid = a.amproc WHERE true{} \
         ORDER BY 1, 2, a.amproclefttype = a.amprocrighttype DESC, 3, 4, 5",
        shown("opfamily", "f", "n", "opfname"),
        of_family(question)
    )
}
