//! Relations: `\dt` and its like, `\dp`, `\dP`.

use super::privileges as acl;
use crate::pg::describe::question::Question;

/// Kinds of relations by their letters.
const RELATIONS: [(char, &str); 6] =
    [('t', "'r','p'"), ('v', "'v'"), ('m', "'m'"), ('i', "'i','I'"), ('s', "'S'"), ('E', "'f'")];
/// psql's words for them.
const RELATION_WORD: &str = "CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' \
     WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 't' THEN 'TOAST table' \
     WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END";

/// `\d`: all relations of a user's, but for indexes.
pub(in super::super) fn all(question: &Question<'_>) -> String {
    list(question, "tvmsE")
}

/// `\dt` and its like: relations of the kinds that the command's letters name.
pub(in super::super) fn some(question: &Question<'_>) -> String {
    list(question, question.command)
}

fn list(question: &Question<'_>, letters: &str) -> String {
    let has = |letter| letters.contains(letter);
    let mut kinds: Vec<&str> = RELATIONS.iter().filter(|(it, _)| has(*it)).map(|(_, kinds)| *kinds).collect();
    // Of system tables some are not tables of a user's.
    if has('t') && question.is_wide() {
        kinds.push("'t'");
    }
    let method = if has('t') || has('m') || has('i') { ", am.amname AS \"Access method\"" } else { "" };
    let more = format!(
        ", CASE c.relpersistence WHEN 'p' THEN 'permanent' WHEN 't' THEN 'temporary' \
         WHEN 'u' THEN 'unlogged' END AS \"Persistence\"{method}, \
         pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) AS \"Size\", \
         pg_catalog.obj_description(c.oid, 'pg_class') AS \"Description\""
    );
    let toast = if question.is_wide() { "" } else { " AND n.nspname !~ '^pg_toast'" };
    format!(
        "SELECT n.nspname AS \"Schema\", c.relname AS \"Name\", {RELATION_WORD} AS \"Type\", \
         pg_catalog.pg_get_userbyid(c.relowner) AS \"Owner\"{}{} FROM pg_catalog.pg_class c \
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam \
         LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid \
         LEFT JOIN pg_catalog.pg_class c2 ON c2.oid = i.indrelid \
         WHERE c.relkind IN ({}){toast}{} ORDER BY 1, 2",
        if has('i') { ", c2.relname AS \"Table\"" } else { "" },
        question.more(&more),
        kinds.join(","),
        question.chosen("c.relname", "pg_catalog.pg_table_is_visible(c.oid)")
    )
}

/// Which partitioned relations a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Partitioned {
    Tables,
    Indexes,
    Both,
}

impl Partitioned {
    fn of(question: &Question<'_>) -> Self {
        match (question.command.contains('t'), question.command.contains('i')) {
            (true, false) => Self::Tables,
            (false, true) => Self::Indexes,
            (true, true) | (false, false) => Self::Both,
        }
    }
}

/// `\dP`'s title.
pub(in super::super) fn partitioned_title(question: &Question<'_>) -> &'static str {
    match Partitioned::of(question) {
        Partitioned::Tables => "List of partitioned tables",
        Partitioned::Indexes => "List of partitioned indexes",
        Partitioned::Both => "List of partitioned relations",
    }
}

/// `\dP`: partitioned tables and indexes; what is a part itself is told only to those who name it, or say `n`.
pub(in super::super) fn partitioned(question: &Question<'_>) -> String {
    let is_nested = question.command.contains('n');
    let has_parents = is_nested || question.pattern.is_some();
    let table = "c2.oid::pg_catalog.regclass AS \"Table\", ";
    let (kinds, word, table, by_word) = match Partitioned::of(question) {
        Partitioned::Tables => ("'p'", String::new(), "", ""),
        Partitioned::Indexes => ("'I'", String::new(), table, ""),
        Partitioned::Both => ("'p','I'", format!("{RELATION_WORD} AS \"Type\", "), table, "\"Type\" DESC, "),
    };
    let (parent, by_parent, top) = match has_parents {
        true => {
            ("h.inhparent::pg_catalog.regclass AS \"Parent name\", ", "\"Parent name\" NULLS FIRST, ", "")
        }
        false => ("", "", " AND NOT c.relispartition"),
    };
    let leaves = if is_nested { "s.leaves AS \"Leaf partition size\", " } else { "" };
    let more = format!(
        "{leaves}s.whole AS \"Total size\", pg_catalog.obj_description(c.oid, 'pg_class') AS \"Description\", "
    );
    let toast = if question.is_wide() { "" } else { " AND n.nspname !~ '^pg_toast'" };
    let columns = format!(
        "n.nspname AS \"Schema\", c.relname AS \"Name\", pg_catalog.pg_get_userbyid(c.relowner) AS \"Owner\", \
         {word}{parent}{table}{}",
        question.more(&more)
    );
    format!(
        "SELECT {} FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid \
         LEFT JOIN pg_catalog.pg_class c2 ON c2.oid = i.indrelid \
         LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid{} WHERE c.relkind IN ({kinds}){top}{toast}{} \
         ORDER BY \"Schema\", {by_word}{by_parent}\"Name\"",
        columns.trim_end_matches(", "),
        question.more(SIZES),
        question.chosen("c.relname", "pg_catalog.pg_table_is_visible(c.oid)")
    )
}

/// The sizes of a partitioned relation: of the leaves right below it, and of all.
const SIZES: &str = ", LATERAL (SELECT pg_catalog.pg_size_pretty(sum(CASE WHEN isleaf AND level = 1 \
     THEN pg_catalog.pg_table_size(relid) ELSE 0 END)) AS leaves, \
     pg_catalog.pg_size_pretty(sum(pg_catalog.pg_table_size(relid))) AS whole \
     FROM pg_catalog.pg_partition_tree(c.oid)) AS s";

/// `\dp`, `\z`.
pub(in super::super) fn privileges(question: &Question<'_>) -> String {
    let visible = "n.nspname !~ '^pg_' AND pg_catalog.pg_table_is_visible(c.oid)";
    let policy = "polname || CASE WHEN polpermissive THEN '' ELSE ' (RESTRICTIVE)' END \
         || CASE polcmd WHEN '*' THEN ':' ELSE ' (' || polcmd::pg_catalog.text || '):' END \
         || coalesce(E'\\n  (u): ' || pg_catalog.pg_get_expr(polqual, polrelid), '') \
         || coalesce(E'\\n  (c): ' || pg_catalog.pg_get_expr(polwithcheck, polrelid), '') \
         || CASE WHEN polroles = '{0}' THEN '' ELSE E'\\n  to: ' || pg_catalog.array_to_string(\
         ARRAY(SELECT rolname FROM pg_catalog.pg_roles WHERE oid = ANY (polroles) ORDER BY 1), ', ') END";
    format!(
        "SELECT n.nspname AS \"Schema\", c.relname AS \"Name\", {RELATION_WORD} AS \"Type\", {}, \
         pg_catalog.array_to_string(ARRAY(SELECT attname || E':\\n  ' || pg_catalog.array_to_string(attacl, E'\\n  ') \
         FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND NOT attisdropped AND attacl IS NOT NULL), E'\\n') \
         AS \"Column privileges\", \
         pg_catalog.array_to_string(ARRAY(SELECT {policy} FROM pg_catalog.pg_policy WHERE polrelid = c.oid), E'\\n') \
         AS \"Policies\" \
         FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r','v','m','S','f','p'){} ORDER BY 1, 2",
        acl("c.relacl"),
        question.visible("c.relname", visible)
    )
}
