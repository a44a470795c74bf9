//! Trying migrations, statement by statement.

use std::time::Duration;

use tokio::time::Instant;

use super::locks::Held;
use super::tables::{Sizes, Tables, sizes};
use super::{DOING, On, Outcome, Planned, Tried};
use crate::error::Error;
use crate::lifecycle::migrate::Work;
use crate::lifecycle::migrate::stepwise::is_alone;
use crate::pg::admin::execute;
use crate::pg::migrations::history::{FORGET, RESET};
use crate::pg::migrations::{Migration, Mode, Step, parts};
use crate::pg::run::runs_alone;
use crate::rules::lint::hazards;

/// How long a statement waits for a lock: others queue up behind it meanwhile.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '5s'";
const SAVE: &str = "SAVEPOINT resource_postgres_plan";
const GO_BACK: &str = "ROLLBACK TO resource_postgres_plan";

/// What is known while migrations are tried.
#[derive(Debug)]
struct Known {
    /// The tables that there were before, which others can see.
    tables: Tables,
    /// Their sizes.
    sizes: Sizes,
    locks: Held,
    on: On,
}

impl Work<'_> {
    /// Tries migrations up to the first that fails, and leaves its last transaction open.
    pub(super) async fn try_all(&mut self, chosen: &[&Migration], on: On) -> Result<Vec<Planned>, Error> {
        let (tables, sizes) = (Tables::of(self.session()).await?, sizes(self.session()).await?);
        let mut known = Known { tables, sizes, locks: Held::default(), on };
        self.control("BEGIN").await?;
        let mut planned = Vec::new();
        for migration in chosen {
            self.ctx.waiting.on(format!("migration {}", migration.file.display()));
            self.start_over();
            self.control(LOCK_TIMEOUT).await?;
            let steps = self.try_one(migration, &mut known).await?;
            let has_failed = steps.last().is_some_and(Tried::has_failed);
            planned.push(Planned { migration: (*migration).clone(), steps });
            if has_failed {
                break;
            }
            self.control(RESET).await?;
            if on == On::Copy {
                self.control(&format!("COMMIT; {FORGET}")).await?;
                self.control("BEGIN").await?;
                known.locks.clear();
            }
        }
        Ok(planned)
    }

    async fn control(&self, sql: &str) -> Result<(), Error> {
        execute(self.session(), DOING, sql).await
    }

    /// Tries the statements of a migration up to the first that fails, and what verifies it.
    async fn try_one(&mut self, migration: &Migration, known: &mut Known) -> Result<Vec<Tried>, Error> {
        let mut tried = Vec::new();
        for step in parts(&migration.up) {
            let step = self.try_step(&step, migration.mode, known).await?;
            let has_failed = step.has_failed();
            tried.push(step);
            if has_failed {
                return Ok(tried);
            }
        }
        if let Some(verify) = &migration.verify {
            let step = Step { source: verify.clone(), line: 1, text: format!("-- {}", verify.name()) };
            self.control(SAVE).await?;
            let step = self.try_step(&step, Mode::Transaction, known).await?;
            if !step.has_failed() {
                self.control(GO_BACK).await?;
            }
            tried.push(step);
        }
        Ok(tried)
    }

    async fn try_step(&mut self, step: &Step, mode: Mode, known: &mut Known) -> Result<Tried, Error> {
        let hazards = hazards(&step.text, &|name: &str| known.sizes.get(name).copied());
        let before = Tables::of(self.session()).await?;
        let (outcome, took) = match mode {
            Mode::Transaction => self.timed(step).await?,
            Mode::Statements => self.maybe_alone(step, known.on).await?,
        };
        let (locks, rewrites) = match outcome {
            Outcome::Done => (
                known.locks.note(self.session(), &known.tables).await?,
                before.rewritten(&Tables::of(self.session()).await?),
            ),
            Outcome::Untried | Outcome::Failed(_) => (Vec::new(), Vec::new()),
        };
        let (line, statement) = (step.line, step.text.clone());
        Ok(Tried { line, statement, outcome, took, locks, rewrites, hazards })
    }

    /// Runs a statement that may be one that can be in no transaction: on a copy it is then run by itself.
    async fn maybe_alone(&mut self, step: &Step, on: On) -> Result<(Outcome, Duration), Error> {
        let mut alone = runs_alone(&step.text);
        if !alone {
            self.control(SAVE).await?;
            let ran = self.timed(step).await?;
            alone = matches!(ran.0, Outcome::Failed(_)) && is_alone(self.runner.last_error_code());
            if !alone {
                return Ok(ran);
            }
            self.control(GO_BACK).await?;
        }
        match on {
            On::Database => Ok((Outcome::Untried, Duration::ZERO)),
            On::Copy => {
                self.control("COMMIT").await?;
                let ran = self.timed(step).await;
                self.control("BEGIN").await?;
                ran
            }
        }
    }

    async fn timed(&mut self, step: &Step) -> Result<(Outcome, Duration), Error> {
        let began = Instant::now();
        let outcome = match self.script(&step.source).await {
            Ok(()) => Outcome::Done,
            Err(Error::Sql(said)) => Outcome::Failed(said),
            Err(err) => return Err(err),
        };
        Ok((outcome, began.elapsed()))
    }
}

impl Tried {
    fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }
}
