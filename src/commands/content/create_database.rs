//! `content create-database`: one more database of an instance.

use crate::commands::content::named::Named;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::lifecycle::{need, session};
use crate::output::Reply;
use crate::pg::admin::Before;
use crate::pg::databases::{self, Wanted};
use crate::pg::identifier::Identifier;

/// Create a database; one that exists is success
#[derive(Clone, Debug, clap::Args)]
pub struct CreateDatabaseArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub named: Named,
    /// The same as `--name`
    #[arg(long)]
    pub database: Option<Identifier>,
    /// Role that owns it [default: the instance's]
    #[arg(long, value_name = "USER")]
    pub owner: Option<Identifier>,
    /// Database that it is a copy of [default: template1]
    #[arg(long, value_name = "DATABASE")]
    pub template: Option<Identifier>,
    /// Its encoding, with locale C [default: the instance's, which is UTF8]
    #[arg(long)]
    pub encoding: Option<String>,
}

/// Creates it.
pub async fn run(ctx: &Ctx, args: &CreateDatabaseArgs) -> Result<Reply, Error> {
    let (instance, name) = args.named.place("content create-database", args.database.as_ref())?;
    let record = need(ctx, &instance)?;
    let session = session::administer(ctx, &record, None).await?;
    ctx.waiting.on(format!("`{instance}` to create the database"));
    let wanted = Wanted {
        name: name.clone(),
        owner: args.owner.clone(),
        template: args.template.clone(),
        encoding: args.encoding.clone(),
    };
    ctx.out.note(&match databases::create(&session, &wanted).await? {
        Before::Absent => format!("database `{name}` is created in `{instance}`"),
        Before::There => format!("database `{name}` exists already in `{instance}`"),
    });
    Ok(Reply::plain(Verdict::Done))
}
