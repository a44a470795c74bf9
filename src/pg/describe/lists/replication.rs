//! Logical replication: `\dRp \dRs`.

use crate::pg::describe::question::Question;

/// `\dRp`.
pub(in super::super) fn publications(question: &Question<'_>) -> String {
    format!(
        "SELECT pubname AS \"Name\", pg_catalog.pg_get_userbyid(pubowner) AS \"Owner\", puballtables AS \"All tables\", \
         pubinsert AS \"Inserts\", pubupdate AS \"Updates\", pubdelete AS \"Deletes\", pubtruncate AS \"Truncates\", \
         pubviaroot AS \"Via root\" FROM pg_catalog.pg_publication WHERE true{} ORDER BY 1",
        question.named("pubname")
    )
}

/// `\dRs`.
pub(in super::super) fn subscriptions(question: &Question<'_>) -> String {
    let (since_15, skipped) = match question.major {
        ..15 => ("", ""),
        15.. => (
            ", subtwophasestate AS \"Two-phase commit\", subdisableonerr AS \"Disable on error\"",
            ", subskiplsn AS \"Skip LSN\"",
        ),
    };
    let more = format!(
        ", subbinary AS \"Binary\", substream AS \"Streaming\"{since_15}, subsynccommit AS \"Synchronous commit\", \
         subconninfo AS \"Conninfo\"{skipped}"
    );
    format!(
        "SELECT subname AS \"Name\", pg_catalog.pg_get_userbyid(subowner) AS \"Owner\", subenabled AS \"Enabled\", \
         subpublications AS \"Publication\"{} FROM pg_catalog.pg_subscription WHERE subdbid = \
         (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()){} ORDER BY 1",
        question.more(&more),
        question.named("subname")
    )
}
