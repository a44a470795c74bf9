//! Functions and their like: `\df \da \do \dL`.

use super::privileges;
use crate::pg::describe::pattern::Pattern;
use crate::pg::describe::question::Question;

/// Joins the types of arguments, and the conditions on them; `-` stands for an argument that is not there.
fn arguments(wanted: &[Pattern], column: impl Fn(usize) -> String) -> (String, String) {
    let join = |at| {
        format!(
            " LEFT JOIN pg_catalog.pg_type t{at} ON t{at}.oid = {} \
             LEFT JOIN pg_catalog.pg_namespace nt{at} ON nt{at}.oid = t{at}.typnamespace",
            column(at)
        )
    };
    let condition = |(at, it): (usize, &Pattern)| match it.written.as_str() {
        "-" => format!(" AND t{at}.typname IS NULL"),
        _ => it.of_type(&format!("nt{at}.nspname"), &format!("t{at}")),
    };
    ((0..wanted.len()).map(join).collect(), wanted.iter().enumerate().map(condition).collect())
}

/// The condition that a function is of a kind that the command's letters name.
fn kinds(command: &str) -> String {
    let trigger = "p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype";
    let of_kind = |letter| match letter {
        'a' | 'p' | 'w' => Some(format!("p.prokind = '{letter}'")),
        't' => Some(trigger.to_owned()),
        'n' => Some(format!("(p.prokind = 'f' AND NOT {trigger})")),
        _ => None,
    };
    let wanted: Vec<String> = command.chars().filter_map(of_kind).collect();
    if wanted.is_empty() { String::new() } else { format!(" AND ({})", wanted.join(" OR ")) }
}

/// `\df`.
pub(in super::super) fn functions(question: &Question<'_>) -> String {
    let more = format!(
        ", CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END \
         AS \"Volatility\", CASE p.proparallel WHEN 'r' THEN 'restricted' WHEN 's' THEN 'safe' ELSE 'unsafe' END \
         AS \"Parallel\", pg_catalog.pg_get_userbyid(p.proowner) AS \"Owner\", \
         CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END AS \"Security\", {}, l.lanname AS \"Language\", \
         coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) AS \"Source code\", \
         pg_catalog.obj_description(p.oid, 'pg_proc') AS \"Description\"",
        privileges("p.proacl")
    );
    let (joins, of_types) = arguments(&question.further, |at| format!("p.proargtypes[{at}]"));
    format!(
        "SELECT n.nspname AS \"Schema\", p.proname AS \"Name\", \
         pg_catalog.pg_get_function_result(p.oid) AS \"Result data type\", \
         pg_catalog.pg_get_function_arguments(p.oid) AS \"Argument data types\", \
         CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END AS \"Type\"\
         {} FROM pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
         LEFT JOIN pg_catalog.pg_language l ON l.oid = p.prolang{joins} WHERE true{}{}{of_types} ORDER BY 1, 2, 4",
        question.more(&more),
        kinds(question.command),
        question.chosen("p.proname", "pg_catalog.pg_function_is_visible(p.oid)")
    )
}

/// `\da`.
pub(in super::super) fn aggregates(question: &Question<'_>) -> String {
    format!(
        "SELECT n.nspname AS \"Schema\", p.proname AS \"Name\", \
         pg_catalog.format_type(p.prorettype, NULL) AS \"Result data type\", CASE p.pronargs WHEN 0 THEN '*' \
         ELSE pg_catalog.pg_get_function_arguments(p.oid) END AS \"Argument data types\", \
         pg_catalog.obj_description(p.oid, 'pg_proc') AS \"Description\" \
         FROM pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
         WHERE p.prokind = 'a'{} ORDER BY 1, 2, 4",
        question.chosen("p.proname", "pg_catalog.pg_function_is_visible(p.oid)")
    )
}

/// `\do`.
pub(in super::super) fn operators(question: &Question<'_>) -> String {
    // One type is that of a prefix operator. psql takes no more than two, and says nothing about others.
    let (columns, prefix): (&[&str], &str) = match question.further.len() {
        1 => (&["o.oprright"], " AND o.oprleft = 0"),
        _ => (&["o.oprleft", "o.oprright"], ""),
    };
    let wanted = question.further.get(..2).unwrap_or(&question.further);
    let (joins, of_types) =
        arguments(wanted, |at| columns.get(at).map_or(String::new(), |it| (*it).to_owned()));
    format!(
        "SELECT n.nspname AS \"Schema\", o.oprname AS \"Name\", \
         CASE WHEN o.oprkind <> 'l' THEN pg_catalog.format_type(o.oprleft, NULL) END AS \"Left arg type\", \
         CASE WHEN o.oprkind <> 'r' THEN pg_catalog.format_type(o.oprright, NULL) END AS \"Right arg type\", \
         pg_catalog.format_type(o.oprresult, NULL) AS \"Result type\"{}, \
         coalesce(pg_catalog.obj_description(o.oid, 'pg_operator'), \
         pg_catalog.obj_description(o.oprcode, 'pg_proc')) AS \"Description\" \
         FROM pg_catalog.pg_operator o LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace{joins} \
         WHERE true{}{prefix}{of_types} ORDER BY 1, 2, 3, 4",
        question.more(", o.oprcode AS \"Function\""),
        question.chosen("o.oprname", "pg_catalog.pg_operator_is_visible(o.oid)")
    )
}

/// `\dL`.
pub(in super::super) fn languages(question: &Question<'_>) -> String {
    let own = if question.is_wide() { "" } else { " AND l.lanplcallfoid <> 0" };
    let more = format!(
        ", NOT l.lanispl AS \"Internal language\", l.lanplcallfoid::pg_catalog.regprocedure AS \"Call handler\", \
         l.lanvalidator::pg_catalog.regprocedure AS \"Validator\", \
         l.laninline::pg_catalog.regprocedure AS \"Inline handler\", {}",
        privileges("l.lanacl")
    );
    format!(
        "SELECT l.lanname AS \"Name\", pg_catalog.pg_get_userbyid(l.lanowner) AS \"Owner\", \
         l.lanpltrusted AS \"Trusted\"{}, pg_catalog.obj_description(l.oid, 'pg_language') AS \"Description\" \
         FROM pg_catalog.pg_language l WHERE true{own}{} ORDER BY 1",
        question.more(&more),
        question.named("l.lanname")
    )
}
