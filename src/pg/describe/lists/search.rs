//! Text search: `\dF \dFd \dFp \dFt`.

use crate::pg::describe::question::Question;

/// A list from the catalog `pg_ts_KIND`, whose columns begin with `prefix`.
fn list(question: &Question<'_>, kind: &str, prefix: &str, more: &str) -> String {
    format!(
        "SELECT n.nspname AS \"Schema\", t.{prefix}name AS \"Name\", {more}\
         pg_catalog.obj_description(t.oid, 'pg_ts_{kind}') AS \"Description\" FROM pg_catalog.pg_ts_{kind} t \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.{prefix}namespace WHERE true{} ORDER BY 1, 2",
        question.visible(&format!("t.{prefix}name"), &format!("pg_catalog.pg_ts_{kind}_is_visible(t.oid)"))
    )
}

/// `\dF`.
pub(in super::super) fn configurations(question: &Question<'_>) -> String {
    list(question, "config", "cfg", "")
}

/// `\dFp`.
pub(in super::super) fn parsers(question: &Question<'_>) -> String {
    list(question, "parser", "prs", "")
}

/// `\dFd`.
pub(in super::super) fn dictionaries(question: &Question<'_>) -> String {
    let more = question.more(
        "(SELECT coalesce(n.nspname, '(null)') || '.' || m.tmplname FROM pg_catalog.pg_ts_template m \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = m.tmplnamespace WHERE m.oid = t.dicttemplate) AS \"Template\", \
         t.dictinitoption AS \"Init options\", ",
    );
    list(question, "dict", "dict", more)
}

/// `\dFt`.
pub(in super::super) fn templates(question: &Question<'_>) -> String {
    list(question, "template", "tmpl", question.more("t.tmplinit AS \"Init\", t.tmpllexize AS \"Lexize\", "))
}
