//! Foreign data: `\des \det \deu \dew`.

use super::privileges;
use crate::pg::describe::question::Question;

/// Options as they would be written in SQL.
fn options(column: &str) -> String {
    format!(
        "CASE WHEN {column} IS NULL THEN '' ELSE '(' || pg_catalog.array_to_string(ARRAY(\
         SELECT pg_catalog.quote_ident(option_name) || ' ' || pg_catalog.quote_literal(option_value) \
         FROM pg_catalog.pg_options_to_table({column})), ', ') || ')' END AS \"FDW options\""
    )
}

/// `\des`.
pub(in super::super) fn servers(question: &Question<'_>) -> String {
    let more = format!(
        ", {}, s.srvtype AS \"Type\", s.srvversion AS \"Version\", {}, \
         pg_catalog.obj_description(s.oid, 'pg_foreign_server') AS \"Description\"",
        privileges("s.srvacl"),
        options("s.srvoptions")
    );
    format!(
        "SELECT s.srvname AS \"Name\", pg_catalog.pg_get_userbyid(s.srvowner) AS \"Owner\", \
         w.fdwname AS \"Foreign-data wrapper\"{} FROM pg_catalog.pg_foreign_server s \
         JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE true{} ORDER BY 1",
        question.more(&more),
        question.named("s.srvname")
    )
}

/// `\det`.
pub(in super::super) fn tables(question: &Question<'_>) -> String {
    let more = format!(
        ", {}, pg_catalog.obj_description(c.oid, 'pg_class') AS \"Description\"",
        options("f.ftoptions")
    );
    format!(
        "SELECT n.nspname AS \"Schema\", c.relname AS \"Table\", s.srvname AS \"Server\"{} \
         FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_class c ON c.oid = f.ftrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE true{} ORDER BY 1, 2",
        question.more(&more),
        question.visible("c.relname", "pg_catalog.pg_table_is_visible(c.oid)")
    )
}

/// `\deu`.
pub(in super::super) fn users(question: &Question<'_>) -> String {
    let named =
        question.pattern.as_ref().map_or(String::new(), |it| it.on_either("um.srvname", "um.usename"));
    format!(
        "SELECT um.srvname AS \"Server\", um.usename AS \"User name\"{} FROM pg_catalog.pg_user_mappings um \
         WHERE true{named} ORDER BY 1, 2",
        question.more(&format!(", {}", options("um.umoptions")))
    )
}

/// `\dew`.
pub(in super::super) fn wrappers(question: &Question<'_>) -> String {
    let more = format!(
        ", {}, {}, pg_catalog.obj_description(w.oid, 'pg_foreign_data_wrapper') AS \"Description\"",
        privileges("w.fdwacl"),
        options("w.fdwoptions")
    );
    format!(
        "SELECT w.fdwname AS \"Name\", pg_catalog.pg_get_userbyid(w.fdwowner) AS \"Owner\", \
         w.fdwhandler::pg_catalog.regproc AS \"Handler\", w.fdwvalidator::pg_catalog.regproc AS \"Validator\"{} \
         FROM pg_catalog.pg_foreign_data_wrapper w WHERE true{} ORDER BY 1",
        question.more(&more),
        question.named("w.fdwname")
    )
}
