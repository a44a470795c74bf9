//! `content add`: store files with an instance, and apply them if they are schemas or seeds.

use std::path::PathBuf;

use crate::checksum::Checksum;
use crate::commands::content::execute::{self, Script, destination};
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::artifacts::applied::Place;
use crate::instances::artifacts::meta::{Found, Meta};
use crate::instances::artifacts::{Artifact, ArtifactName, Kind};
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::instances::store::Held;
use crate::lifecycle::need;
use crate::lifecycle::places::Places;
use crate::output::{BEYOND, Reply};
use crate::pg::admin::Before;

mod asked;
mod database;
mod files;

use asked::{asked, kind};
use files::Item;

/// Store a file; a schema or seed is applied first. Identical content is not applied twice
#[derive(Clone, Debug, Default, clap::Args)]
pub struct AddArgs {
    /// File to store, or a folder whose *.sql files are stored in order of their names
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// What it is for: schema, seed, migration, query, function, data [default: schema for .sql, else data]
    #[arg(long = "type", value_name = "TYPE", value_parser = kind)]
    pub kind: Option<Kind>,
    /// Name to store it under [default: the file's name]
    #[arg(long)]
    pub name: Option<ArtifactName>,
    /// TYPE, FILE, or both in this order
    #[arg(value_name = "TYPE|FILE", num_args = 0..=2, help_heading = BEYOND)]
    pub words: Vec<String>,
    /// Instance to store it with [default: main]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub instance: Option<Name>,
    /// Database to apply it to
    #[arg(long, help_heading = BEYOND)]
    pub database: Option<String>,
    /// Create the database first where there is none; FILE may be given here as well as with --file
    #[arg(long, value_name = "FILE", num_args = 0..=1, help_heading = BEYOND)]
    pub init: Option<Option<PathBuf>>,
    /// Apply again what this database has already
    #[arg(long, help_heading = BEYOND)]
    pub force: bool,
}

/// What is done with one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Nothing: it is there.
    Skip,
    /// Store it.
    Store,
    /// Apply it to this database, then store it.
    Apply,
}

/// What to do with content that the database has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Skip,
    Apply,
}

/// Where files go.
struct Destination<'a> {
    ctx: &'a Ctx,
    held: &'a Held,
    record: &'a Record,
    database: &'a str,
    /// Asked for only if anything is to be applied.
    places: Option<Places>,
    again: Again,
}

/// A file with what is known of its predecessors.
struct Planned {
    item: Item,
    artifact: Artifact,
    known: Option<Meta>,
}

/// Applies and stores.
pub async fn run(ctx: &Ctx, args: &AddArgs) -> Result<Reply, Error> {
    let items = files::read(&asked(args)?)?;
    let instance = args.instance.clone().unwrap_or_else(Name::main);
    need(ctx, &instance)?;
    let held = ctx.store.hold(&instance, &ctx.command, &ctx.waiting).await?;
    // Whoever held it before may have removed it.
    let record = need(ctx, &instance)?;
    let plan: Vec<Planned> =
        items.into_iter().map(|item| planned(&record, item)).collect::<Result<_, _>>()?;
    let database = &database_for(ctx, &record, args, &plan).await?;
    let made = match args.init {
        Some(_) => database::make(ctx, &record, database).await?,
        None => Before::There,
    };
    if made == Before::Absent {
        ctx.out.note(&format!("database `{database}` is created in `{instance}`"));
    }
    let places = match plan.iter().any(|it| it.item.kind.is_applied()) {
        true => Some(database::find(ctx, &record, database).await?),
        false => None,
    };
    let again = if args.force { Again::Apply } else { Again::Skip };
    let to = Destination { ctx, held: &held, record: &record, database, places, again };
    Ok(Reply::plain(judge(made, &add_all(&to, plan).await?)))
}

/// The database that is made if it is missing is the one that is named. Otherwise it is chosen as for `content execute`.
async fn database_for(ctx: &Ctx, record: &Record, args: &AddArgs, plan: &[Planned]) -> Result<String, Error> {
    if args.init.is_some() {
        let chosen = ctx.settings.database.choose(args.database.as_deref(), &record.database)?;
        return Ok(chosen.to_owned());
    }
    let applied = plan.iter().map(|it| &it.item).filter(|it| it.kind.is_applied());
    let scripts = applied.map(script).collect::<Result<Vec<_>, _>>()?;
    destination::database(ctx, record, args.database.as_deref(), &scripts).await
}

fn script(item: &Item) -> Result<Script, Error> {
    let source = execute::script(&item.file.display().to_string(), item.bytes.clone(), None)?;
    Ok((source, Some(item.file.clone())))
}

fn planned(record: &Record, item: Item) -> Result<Planned, Error> {
    let artifact = Artifact::at(&record.dir, item.kind, &item.name);
    let known = artifact.known()?;
    Ok(Planned { item, artifact, known })
}

/// One after the other. Each is whole or not there; those before one that fails stay.
async fn add_all(to: &Destination<'_>, plan: Vec<Planned>) -> Result<Vec<Step>, Error> {
    let (count, mut steps) = (plan.len(), Vec::new());
    for it in plan {
        let name = it.item.name.clone();
        match add(to, it).await {
            Ok(step) => steps.push(step),
            Err(err) => {
                if count > 1 {
                    let line = format!(
                        "`{}` is not added: it is file {} of {count}",
                        name.as_str(),
                        steps.len() + 1
                    );
                    to.ctx.out.note(&line);
                }
                return Err(err);
            }
        }
    }
    Ok(steps)
}

async fn add(to: &Destination<'_>, Planned { item, artifact, known }: Planned) -> Result<Step, Error> {
    let here = to.places.as_ref().map(|it| &it.here);
    let step = step(item.kind, to.again, &Checksum::of(&item.bytes), known.as_ref(), here);
    let found = Found::now(&item.bytes);
    let meta = match &known {
        Some(meta) => meta.clone().revised(found),
        None => Meta::first(found),
    };
    match (step, &to.places) {
        (Step::Skip, _) => remember(to, &artifact, known)?,
        (Step::Store, _) | (Step::Apply, None) => artifact.store(to.held, &item.bytes, &meta)?,
        (Step::Apply, Some(places)) => {
            let script = script(&item)?;
            artifact.prepare(to.held)?;
            // What is applied and not recorded is applied again by the next command: the server cannot tell.
            execute::apply(to.ctx, to.record, to.database, script).await?;
            artifact.store(to.held, &item.bytes, &meta.clone().applied_to(&places.here, &places.all))?;
        }
    }
    say(to, step, &item, &meta);
    Ok(step)
}

/// Of what an earlier layout has recorded by its database's name, from here on the very database is known.
fn remember(to: &Destination<'_>, artifact: &Artifact, known: Option<Meta>) -> Result<(), Error> {
    let (Some(meta), Some(places)) = (known, &to.places) else { return Ok(()) };
    let identified = meta.clone().identified(&places.here);
    if identified == meta { Ok(()) } else { artifact.record(to.held, &identified) }
}

fn step(kind: Kind, again: Again, sha256: &Checksum, known: Option<&Meta>, here: Option<&Place>) -> Step {
    let Some(here) = here.filter(|_| kind.is_applied()) else {
        let is_there = known.is_some_and(|it| it.current.sha256 == *sha256);
        return if is_there { Step::Skip } else { Step::Store };
    };
    let last = known.and_then(|it| it.applied_at(here)).map(|it| &it.sha256);
    match again {
        Again::Skip if last == Some(sha256) => Step::Skip,
        Again::Skip | Again::Apply => Step::Apply,
    }
}

fn say(to: &Destination<'_>, step: Step, item: &Item, meta: &Meta) {
    let done = match step {
        Step::Skip => return,
        Step::Store => "stored",
        Step::Apply => "applied and stored",
    };
    let revision = match meta.current.revision {
        1 => String::new(),
        number => format!(" as revision {number}"),
    };
    let (kind, name, instance) = (item.kind.word(), item.name.as_str(), &to.record.name);
    to.ctx.out.note(&format!("{kind} `{name}` is {done} with `{instance}`{revision}"));
}

fn judge(made: Before, steps: &[Step]) -> Verdict {
    let has_acted = steps.iter().any(|it| *it != Step::Skip);
    if made == Before::Absent || has_acted { Verdict::Done } else { Verdict::Skipped(Skip::AlreadyExists) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_follows_from_what_is_stored_and_what_the_database_has() {
        let place = |oid| Place { database: "shop".to_owned(), oid, system_identifier: Some(7) };
        let one = Meta::first(Found::now(b"one"));
        let applied = one.clone().applied_to(&place(1), &[place(1)]);
        let two = applied.clone().revised(Found::now(b"two"));
        let same = Checksum::of(b"one");
        for (kind, again, known, oid, expected) in [
            (Kind::Query, Again::Skip, None, 1, Step::Store),
            (Kind::Query, Again::Skip, Some(&one), 1, Step::Skip),
            (Kind::Query, Again::Apply, Some(&one), 1, Step::Skip),
            (Kind::Data, Again::Skip, Some(&two), 1, Step::Store),
            (Kind::Schema, Again::Skip, None, 1, Step::Apply),
            (Kind::Schema, Again::Skip, Some(&one), 1, Step::Apply),
            (Kind::Seed, Again::Skip, Some(&applied), 1, Step::Skip),
            (Kind::Seed, Again::Apply, Some(&applied), 1, Step::Apply),
            (Kind::Schema, Again::Skip, Some(&applied), 2, Step::Apply),
            (Kind::Schema, Again::Skip, Some(&two), 1, Step::Skip),
        ] {
            let found = step(kind, again, &same, known, Some(&place(oid)));
            assert_eq!(found, expected, "{kind:?} {again:?} {known:?} {oid}");
        }
    }

    #[test]
    fn nothing_done_is_skipped_and_a_new_database_is_something() {
        let skipped = Verdict::Skipped(Skip::AlreadyExists);
        assert_eq!(judge(Before::There, &[]), skipped);
        assert_eq!(judge(Before::There, &[Step::Skip, Step::Skip]), skipped);
        assert_eq!(judge(Before::There, &[Step::Skip, Step::Apply]), Verdict::Done);
        assert_eq!(judge(Before::Absent, &[Step::Skip]), Verdict::Done);
    }
}
