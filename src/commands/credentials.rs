//! `credentials`: how to connect, with secrets masked unless they are asked for.

use serde::Serialize;

use crate::commands::connection::{EnvForm, HOST, env_lines, text};
use crate::commands::select::Which;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::{Skip, Verdict};
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::lifecycle::need;
use crate::lifecycle::observe::{Observed, PROBE_LIMIT, observe_all};
use crate::output::{Reply, json};
use crate::rules::judge::State;
use crate::secret::Secrets;

/// The formats of `credentials`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum CredentialsFormat {
    /// For people
    #[default]
    Text,
    /// One line of JSON
    Json,
    /// Variables for a shell to read
    Env,
}

/// Show how to connect to an instance
#[derive(Clone, Debug, clap::Args)]
pub struct CredentialsArgs {
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: CredentialsFormat,
    /// Show passwords instead of asterisks
    #[arg(long)]
    pub show_secrets: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub which: Which,
}

/// The report, as upstream's schema for credentials has it.
#[derive(Debug, Serialize)]
struct CredentialsReport {
    resource: &'static str,
    status: &'static str,
    connections: Vec<Connection>,
}

#[derive(Debug, Serialize)]
struct Connection {
    id: String,
    name: String,
    credential_type: &'static str,
    connection: Address,
    auth: Auth,
    metadata: Metadata,
}

#[derive(Debug, Serialize)]
struct Address {
    host: &'static str,
    port: u16,
    database: String,
    ssl: bool,
}

#[derive(Debug, Serialize)]
struct Auth {
    username: String,
    password: String,
}

#[derive(Debug, Serialize)]
struct Metadata {
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    capabilities: [&'static str; 2],
}

/// Prints the credentials; where there are none, programs still get a whole report.
pub async fn run(ctx: &Ctx, args: &CredentialsArgs) -> Result<Reply, Error> {
    let (names, verdict) = match args.which.instance.is_none() && ctx.store.list()?.is_empty() {
        true => (Vec::new(), Verdict::Skipped(Skip::NoCredentials)),
        false => (args.which.names(ctx)?, Verdict::Done),
    };
    let secrets = if args.show_secrets { Secrets::Shown } else { Secrets::Masked };
    let records = names.iter().map(|name| need(ctx, name)).collect::<Result<Vec<_>, _>>()?;
    let database = |record: &Record| ctx.settings.database.shown(&record.database).to_owned();
    let data = match args.format {
        // The only format that tells how they are. What is said in the others is recorded, whatever has become of them.
        CredentialsFormat::Json => {
            let one = names.first().filter(|_| !args.which.all);
            json(&report(&all_observed(ctx, one).await?, database, secrets))?
        }
        CredentialsFormat::Text => {
            let texts: Vec<String> = records.iter().map(|it| text(it, &database(it), secrets)).collect();
            texts.join("\n")
        }
        CredentialsFormat::Env => {
            records.iter().map(|it| env_lines(it, &database(it), EnvForm::File, secrets)).collect()
        }
    };
    Ok(Reply::data(verdict, data))
}

async fn all_observed(ctx: &Ctx, one: Option<&Name>) -> Result<Vec<Observed>, Error> {
    let (observed, unseen) = observe_all(ctx, one, PROBE_LIMIT).await?;
    unseen.into_iter().next().map_or(Ok(observed), |it| Err(it.err))
}

fn report(
    observed: &[Observed],
    database: impl Fn(&Record) -> String,
    secrets: Secrets,
) -> CredentialsReport {
    let connection = |it: &Observed| Connection {
        id: it.record.name.to_string(),
        name: format!("PostgreSQL instance {}", it.record.name),
        credential_type: "postgres",
        connection: Address { host: HOST, port: it.record.port, database: database(&it.record), ssl: false },
        auth: Auth {
            username: it.record.user.clone(),
            password: secrets.show(&it.record.password).to_owned(),
        },
        metadata: Metadata {
            description: format!("{}, template {}", it.health.state.word(), it.record.template),
            version: it.answer.as_ref().map(|it| it.version.clone()).or(it.major().map(|it| it.to_string())),
            capabilities: ["sql", "transactions"],
        },
    };
    CredentialsReport {
        resource: "postgres",
        status: status(observed),
        connections: observed.iter().map(connection).collect(),
    }
}

/// The worst that counts, in the schema's three words.
fn status(observed: &[Observed]) -> &'static str {
    let word = |it: &Observed| match it.health.state {
        State::Running => "running",
        State::Stopped => "stopped",
        State::Starting
        | State::Recovering
        | State::Unresponsive
        | State::Paused
        | State::Crashed
        | State::Missing
        | State::Unreachable => "error",
    };
    let words: Vec<&str> = observed.iter().map(word).collect();
    ["error", "running", "stopped"].into_iter().find(|it| words.contains(it)).unwrap_or("stopped")
}
