//! `content list-backups`: all backups, how old they are, and whether they were proved.

use jiff::Timestamp;
use serde::Serialize;

use crate::backups::folder::Backup;
use crate::backups::metadata::Verified;
use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::output::{BEYOND, Format, Reply, Report, table};
use crate::units::{size, span};

/// List backups: how old, how large, of what kind, and when they were proved
#[derive(Clone, Debug, clap::Args)]
pub struct ListBackupsArgs {
    /// Only those of this instance [default: all]
    #[arg(long, value_name = "NAME", help_heading = BEYOND)]
    pub instance: Option<Name>,
    /// Format of the list
    #[arg(long, value_enum, default_value_t, help_heading = BEYOND)]
    pub format: Format,
}

#[derive(Debug, Serialize)]
struct Listed {
    backups: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    instance: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    created: String,
    age_seconds: Option<u64>,
    bytes: Option<u64>,
    postgres_version: String,
    databases: Vec<String>,
    verified: Option<Verified>,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Lists them. One that cannot be read fails the list, and all others are shown.
pub fn run(ctx: &Ctx, args: &ListBackupsArgs) -> Result<Reply, Error> {
    let backups: Vec<Row> =
        ctx.backups.list(args.instance.as_ref().map(Name::as_str))?.iter().map(row).collect();
    let verdict = match backups.iter().any(|it| it.error.is_some()) {
        true => Verdict::Failed,
        false => Verdict::Done,
    };
    Reply::report(verdict, args.format, &Listed { backups })
}

fn row(backup: &Backup) -> Row {
    let known = backup.metadata.as_ref().ok();
    let text = |of: fn(&crate::backups::metadata::Metadata) -> String| known.map(of).unwrap_or_default();
    let created = text(|it| it.created.clone());
    let age =
        created.parse::<Timestamp>().ok().map(|it| Timestamp::now().as_second().abs_diff(it.as_second()));
    Row {
        instance: backup.instance.clone(),
        name: backup.name.to_string(),
        kind: text(|it| it.kind.word().to_owned()),
        status: text(|it| it.status.clone()),
        age_seconds: age,
        created,
        bytes: known.map(|it| it.bytes).filter(|it| *it > 0),
        postgres_version: text(|it| it.postgres_version.clone()),
        databases: known
            .map(|it| it.databases.iter().map(|it| it.name.clone()).collect())
            .unwrap_or_default(),
        verified: known.and_then(|it| it.verified.clone()),
        path: backup.dir.display().to_string(),
        error: backup.metadata.as_ref().err().cloned(),
    }
}

impl Report for Listed {
    fn text(&self) -> String {
        if self.backups.is_empty() {
            return "no backups\n".to_owned();
        }
        let rows: Vec<[String; 7]> = self.backups.iter().map(cells).collect();
        table(["INSTANCE", "NAME", "TYPE", "AGE", "SIZE", "POSTGRESQL", "VERIFIED"], &rows)
    }
}

fn cells(it: &Row) -> [String; 7] {
    let verified = match (&it.error, &it.verified) {
        (Some(why), _) => format!("damaged: {why}"),
        (None, None) => "never".to_owned(),
        (None, Some(it)) if it.passed => format!("passed {}", it.at),
        (None, Some(it)) => format!("failed {}: {}", it.at, it.found),
    };
    [
        it.instance.clone(),
        it.name.clone(),
        it.kind.clone(),
        it.age_seconds.map(span).unwrap_or_default(),
        it.bytes.map(size).unwrap_or_default(),
        it.postgres_version.clone(),
        verified,
    ]
}
