//! Amending what is recorded, where a person has decided what is true; no script is run.

use super::up::known;
use super::{Wanted, Work, begin};
use crate::context::Ctx;
use crate::error::Error;
use crate::pg::admin::execute;
use crate::pg::migrations::history::{Action, Attempt, Tables};
use crate::pg::migrations::{Version, read};
use crate::rules::drift::{Entry, Refusal, Standing, compare};

const DOING: &str = "recording migrations";

/// What a person has decided.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// What was applied counts as what the files say now.
    pub accept_changed: bool,
    /// What has no file is not applied any more.
    pub forget_missing: bool,
    /// What was begun counts as not begun; these versions.
    pub forget_unfinished: Vec<Version>,
    /// What was begun counts as applied; these versions.
    pub finish_unfinished: Vec<Version>,
}

/// Makes the tables, or extends those that upstream has left behind.
pub async fn init(ctx: &Ctx, wanted: &Wanted) -> Result<(), Error> {
    begin(ctx, wanted).await?.tables().await.map(drop)
}

/// Records all versions up to this one as applied, and answers how many were not.
pub async fn baseline(ctx: &Ctx, wanted: &Wanted, to: &Version) -> Result<usize, Error> {
    let files = read(&wanted.dir)?;
    known(&files, Some(to), wanted)?;
    let work = begin(ctx, wanted).await?;
    let tables = work.tables().await?;
    let history = work.history().await?;
    let entries = compare(&files, &history);
    let pending = entries.iter().filter(|it| it.row.is_none() && it.number() <= to.number());
    let statements: Vec<String> = pending
        .filter_map(|it| it.file)
        .map(|it| tables.apply(&wanted.scope, it, Action::Baseline, 0))
        .collect();
    if !statements.is_empty() {
        execute(work.session(), DOING, &statements.join("; ")).await?;
    }
    Ok(statements.len())
}

/// Has the records say what was decided, and answers what was changed, a line each.
pub async fn repair(ctx: &Ctx, wanted: &Wanted, decisions: &Decisions) -> Result<Vec<String>, Error> {
    let files = read(&wanted.dir)?;
    let work = begin(ctx, wanted).await?;
    let tables = work.tables().await?;
    let history = work.history().await?;
    let entries = compare(&files, &history);
    let is_unfinished = |version: &&Version| {
        !entries.iter().any(|it| it.unfinished.is_some() && it.number() == version.number())
    };
    let chosen = decisions.forget_unfinished.iter().chain(&decisions.finish_unfinished);
    if let Some(version) = chosen.clone().find(is_unfinished) {
        return Err(wanted.refused(Refusal {
            why: format!("version {version} is not unfinished"),
            advice: "`content migrate status` shows which are".to_owned(),
        }));
    }
    let changes: Vec<(String, String)> =
        entries.iter().filter_map(|it| work.change(&tables, it, decisions)).collect();
    let sql: Vec<&str> = changes.iter().map(|(sql, _)| sql.as_str()).collect();
    if !sql.is_empty() {
        execute(work.session(), DOING, &sql.join("; ")).await?;
    }
    Ok(changes.into_iter().map(|(_, told)| told).collect())
}

impl Work<'_> {
    /// What is changed of one record, and how it is told.
    fn change(&self, tables: &Tables, entry: &Entry<'_>, decided: &Decisions) -> Option<(String, String)> {
        let scope = &self.wanted.scope;
        let version = entry.version();
        let recorded = entry.row.map_or(version, |it| it.version.as_str());
        let names = |all: &[Version]| all.iter().any(|it| it.number() == entry.number());
        let attempt =
            tables.attempt(scope, &Attempt { version, action: Action::Repair, took_ms: 0, error: None });
        let unknown = entry.row.is_some_and(|it| it.checksum.as_deref().is_none_or(str::is_empty));
        let (sql, told) = match (entry.standing, entry.file) {
            (Standing::Changed, Some(file)) if decided.accept_changed => {
                (tables.correct(scope, recorded, file), "counts as applied in its present text")
            }
            (Standing::Applied, Some(file)) if unknown => {
                (tables.correct(scope, recorded, file), "has a checksum now: it was recorded without one")
            }
            (Standing::Missing | Standing::Unknown, _) if decided.forget_missing => {
                (tables.forget(scope, recorded), "does not count as applied any more")
            }
            (Standing::Unfinished, _) if names(&decided.forget_unfinished) => {
                (tables.end(scope, version), "counts as not begun")
            }
            (Standing::Unfinished, Some(file)) if names(&decided.finish_unfinished) => {
                let applied = tables.apply(scope, file, Action::Repair, 0);
                let sql = format!("{}; {applied}", tables.end(scope, version));
                return Some((sql, format!("{version} counts as applied")));
            }
            (
                Standing::Applied
                | Standing::Pending
                | Standing::OutOfOrder
                | Standing::Unfinished
                | Standing::Changed
                | Standing::Missing
                | Standing::Unknown,
                _,
            ) => return None,
        };
        Some((format!("{sql}; {attempt}"), format!("{version} {told}")))
    }
}
