//! `content backup create-restore-point`: gives this moment of an instance a name, by which it can be restored.

use crate::backups::points::Point;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::lifecycle::{need, session};
use crate::moment;
use crate::output::{BEYOND, Reply};
use crate::pg::admin::{identifier, values};
use crate::pg::identifier::literal;

/// Give this moment of an instance a name, for `content restore --to-name`
#[derive(Clone, Debug, clap::Args)]
pub struct CreateRestorePointArgs {
    /// Name of the moment
    #[arg(value_parser = checked)]
    pub name: String,
    /// Instance whose moment it is
    #[arg(long, value_name = "NAME", default_value_t = Name::main(), help_heading = BEYOND)]
    pub instance: Name,
}

/// The server keeps no more of a name.
const LONGEST: usize = 63;

fn checked(text: &str) -> Result<String, String> {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "._-".contains(it);
    match !text.is_empty() && text.len() <= LONGEST && text.chars().all(is_plain) {
        true => Ok(text.to_owned()),
        false => Err(format!("up to {LONGEST} letters, digits, `.`, `_` and `-` are one")),
    }
}

/// Makes it, and prints where it is.
pub async fn run(ctx: &Ctx, args: &CreateRestorePointArgs) -> Result<Reply, Error> {
    // Of two points with one name a server that replays would stop at the first.
    let _held = ctx.store.hold(&args.instance, &ctx.command, &ctx.waiting).await?;
    let record = need(ctx, &args.instance)?;
    if record.archive.is_none() {
        return Err(Error::NotArchived {
            name: record.name.to_string(),
            why: "nobody has asked for it, so that no moment of it can be restored".to_owned(),
            advice: format!(
                "`resource-postgres content backup enable-pitr --instance {}` begins it",
                record.name
            ),
        });
    }
    let known = ctx.backups.points(record.name.as_str())?;
    if let Some(known) = known.iter().find(|it| it.name == args.name) {
        let (name, created) = (&known.name, &known.created);
        return Err(Error::Usage(format!(
            "`{}` has a restore point `{name}` already, made at {created}",
            record.name
        )));
    }
    let session = session::administer(ctx, &record, None).await?;
    let sql = format!("SELECT pg_catalog.pg_create_restore_point({})", literal(&args.name));
    let told = values(&session, "making a restore point", &sql).await?;
    let lsn = told.first().map(|it| it.parse()).transpose().map_err(Error::Usage)?;
    let system_identifier = identifier(&session).await.map(|it| it.to_string());
    let (Some(lsn), Some(system_identifier)) = (lsn, system_identifier) else {
        return Err(Error::Refused {
            doing: "making a restore point".to_owned(),
            why: "the server does not say where it is".to_owned(),
            advice: None,
        });
    };
    let point = Point { name: args.name.clone(), created: moment::now(), lsn, system_identifier };
    ctx.backups.add_point(record.name.as_str(), point)?;
    ctx.out.note(&format!(
        "next: resource-postgres content restore --instance {} --to-name {} --into NEW",
        record.name, args.name
    ));
    Ok(Reply::data(Verdict::Done, format!("{}: {lsn}\n", args.name)))
}
