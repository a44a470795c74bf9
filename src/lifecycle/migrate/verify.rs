//! Verifying: whether what is applied does what it should.

use super::{Wanted, begin};
use crate::context::Ctx;
use crate::error::Error;
use crate::pg::migrations::read;
use crate::rules::drift::compare;

/// What came of verifying one migration.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Its version.
    pub version: String,
    /// What it is for.
    pub description: String,
    /// Why it does not; none if it does.
    pub error: Option<String>,
}

/// Runs the `.verify.sql` of all that is applied; whatever they do is taken back.
pub async fn verify(ctx: &Ctx, wanted: &Wanted) -> Result<Vec<Verified>, Error> {
    let files = read(&wanted.dir)?;
    let mut work = begin(ctx, wanted).await?;
    let history = work.history().await?;
    let mut verified = Vec::new();
    for entry in compare(&files, &history).iter().filter(|it| it.row.is_some()) {
        let Some(script) = entry.file.and_then(|it| it.verify.as_ref()) else { continue };
        let error = match work.verified(script).await {
            Ok(()) => None,
            Err(Error::Sql(said)) => Some(said),
            Err(err) => return Err(err),
        };
        let (version, description) = (entry.version().to_owned(), entry.description().to_owned());
        verified.push(Verified { version, description, error });
    }
    Ok(verified)
}
