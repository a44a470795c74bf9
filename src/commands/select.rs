//! Which instances a command means: `--instance NAME`, `--all`, or `main`.

use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::output::BEYOND;

/// Which instances are meant
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Which {
    /// Instance to act on [default: main]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub instance: Option<Name>,
    /// Act on all instances
    #[arg(long, conflicts_with = "instance", help_heading = BEYOND)]
    pub all: bool,
}

impl Which {
    /// The one instance `name`, or `main`.
    pub fn one(name: Option<Name>) -> Self {
        Self { instance: name, all: false }
    }

    /// The names, in order; with `--all`, those whose records cannot be read too.
    pub fn names(&self, ctx: &Ctx) -> Result<Vec<Name>, Error> {
        match (&self.instance, self.all) {
            (_, true) => Ok(ctx.store.list()?.into_iter().map(|(name, _)| name).collect()),
            (Some(name), false) => Ok(vec![name.clone()]),
            (None, false) => Ok(vec![Name::main()]),
        }
    }
}

/// Does one thing to each instance in turn. A failure is said and does not keep the others from their turn; one that
/// they share, such as their engine's absence, is said once.
pub async fn each(
    ctx: &Ctx,
    names: &[Name],
    mut act: impl AsyncFnMut(&Name) -> Result<Verdict, Error>,
) -> Result<Verdict, Error> {
    let [several @ .., _] = names else { return Ok(Verdict::Done) };
    let mut verdicts = Vec::new();
    let (mut failed, mut said) = (0, Vec::new());
    for name in names {
        match act(name).await {
            Ok(verdict) => verdicts.push(verdict),
            Err(err) if several.is_empty() => return Err(err),
            Err(err) => {
                failed += 1;
                let line = err.line();
                if !said.contains(&line) {
                    ctx.out.error(&err);
                    said.push(line);
                }
            }
        }
    }
    if failed > 0 {
        return Err(Error::Several { failed, asked: names.len() });
    }
    Ok(Verdict::over(verdicts))
}
