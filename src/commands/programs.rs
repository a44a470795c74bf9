//! `programs` (hidden): find or install PostgreSQL's programs, for the test runner's sake.

use crate::context::Ctx;
use crate::engine::Engine;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::output::Reply;

/// Finds or installs the programs and says where they are.
pub async fn run(ctx: &Ctx) -> Result<Reply, Error> {
    let main = ctx.site_of(&Name::main());
    let programs = ctx.engine.native.provide(&main, &|line| ctx.out.note(line)).await?;
    Ok(Reply::data(Verdict::Done, format!("{programs}\n")))
}
