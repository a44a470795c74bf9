//! Applying migrations.

use tokio::time::Instant;

use super::plan::sizes;
use super::stepwise::Walk;
use super::{Wanted, Work, begin};
use crate::context::Ctx;
use crate::error::Error;
use crate::pg::migrations::history::{Action, Tables, Unfinished};
use crate::pg::migrations::{Migration, Mode, Version, parts, read, unclear};
use crate::pg::run::{Shell, check};
use crate::rules::drift::{Entry, OutOfOrder, Refusal, Standing, compare, to_apply};
use crate::rules::lint::{Level, hazards};
use crate::units::counted;

/// What is asked of `up`.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The last version to apply; none means all.
    pub to: Option<&'a Version>,
    /// What is done with what comes too late.
    pub out_of_order: OutOfOrder,
    /// What is as dangerous as that, or more, is not applied, and nothing else either.
    pub deny: Option<Level>,
}

/// What `up` has found and done.
#[derive(Clone, Copy, Debug)]
pub struct Up {
    /// Migrations that it has applied.
    pub applied: usize,
    /// Those that were applied before.
    pub before: usize,
}

/// Applies what is pending, in order, each once.
///
/// # Errors
/// The first that fails; those before it stay applied.
pub async fn up(ctx: &Ctx, wanted: &Wanted, order: Order<'_>) -> Result<Up, Error> {
    let Order { to, out_of_order, deny } = order;
    let files = read(&wanted.dir)?;
    known(&files, to, wanted)?;
    let mut work = begin(ctx, wanted).await?;
    let history = work.history().await?;
    let entries = compare(&files, &history);
    say_unknown(ctx, &entries);
    let chosen = to_apply(&entries, to, out_of_order).map_err(|it| wanted.refused(it))?;
    let before = entries.iter().filter(|it| it.row.is_some()).count();
    if chosen.is_empty() {
        return Ok(Up { applied: 0, before });
    }
    supported(&chosen)?;
    if let Some(level) = deny {
        work.harmless(&chosen, level).await?;
    }
    let tables = work.tables().await?;
    for (applied, entry) in chosen.iter().enumerate() {
        let Some(file) = entry.file else { continue };
        match work.apply(&tables, file, entry.unfinished).await {
            Ok(took) => ctx.out.note(&format!("applied {} in {took} ms", file.file_name())),
            Err(err) => {
                if applied > 0 {
                    ctx.out.note(&format!("{} before it stay applied", counted(applied, "migration")));
                }
                return Err(err);
            }
        }
    }
    Ok(Up { applied: chosen.len(), before })
}

/// A version that there is none of was mistyped.
pub(super) fn known(files: &[Migration], to: Option<&Version>, wanted: &Wanted) -> Result<(), Error> {
    match to.filter(|to| !files.iter().any(|it| it.version.number() == to.number())) {
        None => Ok(()),
        Some(to) => Err(wanted.refused(Refusal {
            why: format!("none has version {to}"),
            advice: "`content migrate status` shows all".to_owned(),
        })),
    }
}

fn say_unknown(ctx: &Ctx, entries: &[Entry<'_>]) {
    let unknown = entries.iter().filter(|it| it.standing == Standing::Unknown);
    let unknown: Vec<String> = unknown.map(|it| format!("`{}`", it.version())).collect();
    if !unknown.is_empty() {
        ctx.out.note(&format!("applied, and not known here: {}", unknown.join(", ")));
    }
}

/// Nothing is begun with where some script does nothing, or wants what is not there.
fn supported(chosen: &[Entry<'_>]) -> Result<(), Error> {
    let mut files = chosen.iter().filter_map(|it| it.file);
    if let Some(empty) = files.find(|it| parts(&it.up).is_empty()) {
        let advice = "write into it what it does, or delete it";
        return Err(unclear(&empty.file, "it has no statement".to_owned(), advice));
    }
    let scripts: Vec<_> =
        chosen.iter().filter_map(|it| it.file).map(|it| (it.up.clone(), Some(it.file.clone()))).collect();
    check(&scripts, Shell::Refused).map_err(Error::Unsupported)
}

impl Work<'_> {
    /// Refuses what is denied before anything is run.
    async fn harmless(&self, chosen: &[Entry<'_>], level: Level) -> Result<(), Error> {
        let sizes = sizes(self.session()).await?;
        for file in chosen.iter().filter_map(|it| it.file) {
            for step in parts(&file.up) {
                let found = hazards(&step.text, &|name: &str| sizes.get(name).copied());
                if let Some(it) = found.into_iter().find(|it| it.level >= level) {
                    return Err(Error::NotMigrated {
                        what: format!("{}:{}", file.file.display(), step.line),
                        why: format!(
                            "{} ({}, {}), and nothing is applied",
                            it.what,
                            it.rule,
                            it.level.word()
                        ),
                        advice: it.safe,
                    });
                }
            }
        }
        Ok(())
    }

    /// Applies one migration, and answers how many milliseconds it took.
    pub(super) async fn apply(
        &mut self,
        tables: &Tables,
        migration: &Migration,
        begun: Option<&Unfinished>,
    ) -> Result<u128, Error> {
        let began = Instant::now();
        self.ctx.waiting.on(format!("migration {}", migration.file.display()));
        let scope = &self.wanted.scope;
        let record = |took| tables.apply(scope, migration, Action::Apply, took);
        let checksum = migration.checksum.to_string();
        let applied = match migration.mode {
            Mode::Transaction => {
                let end = tables.end(scope, migration.version.as_str());
                let record = |took| format!("{end}; {}", record(took));
                self.whole(&migration.up, migration.verify.as_ref(), record).await
            }
            Mode::Statements => {
                let (version, source) = (&migration.version, &migration.up);
                let walk = Walk { version, action: Action::Apply, source, checksum: &checksum, begun };
                self.stepwise(tables, &walk, migration.verify.as_ref(), record).await
            }
        };
        self.noted(tables, (migration.version.as_str(), Action::Apply), began, applied).await
    }
}
