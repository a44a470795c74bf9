//! A script in one transaction with its record: both stay, or neither.

use std::path::Path;

use tokio::time::Instant;

use super::Work;
use crate::error::Error;
use crate::pg::migrations::history::{FORGET, RESET};
use crate::pg::migrations::unclear;
use crate::pg::script::Source;
use crate::pg::tap::Transaction;

/// The point to which a transaction goes back from what only looks.
const POINT: &str = "resource_postgres_verify";

impl Work<'_> {
    /// Runs the script, what verifies it, and the record, which is told how many milliseconds the script took.
    ///
    /// # Errors
    /// Nothing of it has stayed then.
    pub(super) async fn whole(
        &mut self,
        source: &Source,
        verify: Option<&Source>,
        record: impl Fn(u128) -> String,
    ) -> Result<u128, Error> {
        let began = Instant::now();
        self.start_over();
        self.sql_for(source, "BEGIN").await?;
        let ran = self.within(source, verify).await;
        self.ctx.step("migrate-ran");
        let took = began.elapsed().as_millis();
        let recorded = match ran {
            Ok(()) => {
                let sql = format!("{RESET}; {}; COMMIT; {FORGET}", record(took));
                self.sql_for(source, &sql).await
            }
            Err(err) => Err(err),
        };
        if recorded.is_err() {
            self.roll_back().await;
            let _ = self.sql(&format!("{RESET}; {FORGET}")).await;
        }
        self.ctx.step("migrate-recorded");
        recorded.map(|()| took)
    }

    /// Ends the transaction, where a failed COMMIT has not done so.
    async fn roll_back(&self) {
        // The word on the transaction follows an error, and is read with the next answer.
        let _ = self.sql("").await;
        if self.session().drain.transaction() != Transaction::Idle {
            let _ = self.sql("ROLLBACK").await;
        }
    }

    async fn within(&mut self, source: &Source, verify: Option<&Source>) -> Result<(), Error> {
        self.script(source).await?;
        if self.session().drain.transaction() != Transaction::Open {
            return Err(unclear(
                Path::new(source.name()),
                "a file that it includes ends the transaction, so that it is not recorded".to_owned(),
                "what was done up to there has stayed: undo it, and take BEGIN and COMMIT out of that file",
            ));
        }
        match verify {
            Some(verify) => self.verified_within(verify).await,
            None => Ok(()),
        }
    }

    /// Runs what verifies, and takes back whatever it does.
    async fn verified_within(&mut self, verify: &Source) -> Result<(), Error> {
        self.sql_for(verify, &format!("SAVEPOINT {POINT}")).await?;
        self.script(verify).await?;
        self.sql_for(verify, &format!("ROLLBACK TO {POINT}")).await
    }

    /// Runs what verifies by itself, and takes back whatever it does.
    pub(super) async fn verified(&mut self, verify: &Source) -> Result<(), Error> {
        self.start_over();
        self.sql_for(verify, "BEGIN").await?;
        let ran = self.script(verify).await;
        self.sql_for(verify, &format!("ROLLBACK; {RESET}; {FORGET}")).await?;
        ran
    }
}
