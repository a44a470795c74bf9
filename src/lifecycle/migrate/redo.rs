//! Doing the last migration again.

use super::{Wanted, begin};
use crate::context::Ctx;
use crate::error::Error;
use crate::pg::migrations::read;
use crate::rules::drift::{Back, OutOfOrder};

/// Takes the last one back and applies it again, as its file is now; answers how many that were.
pub async fn redo(ctx: &Ctx, wanted: &Wanted) -> Result<usize, Error> {
    let files = read(&wanted.dir)?;
    let mut work = begin(ctx, wanted).await?;
    let last = work.back(&files, Back::Steps(1), OutOfOrder::Refuse).await?;
    let Some(file) = files.iter().find(|it| last.contains(&it.version.number())) else { return Ok(0) };
    let tables = work.tables().await?;
    let took = work.apply(&tables, file, None).await?;
    ctx.out.note(&format!("applied {} in {took} ms", file.file_name()));
    Ok(1)
}
