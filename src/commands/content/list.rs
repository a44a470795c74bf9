//! `content list`: instances, what their servers have, and what is stored with them.

use serde::Serialize;

use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::artifacts::Artifact;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::lifecycle::observe::{Observed, PROBE_LIMIT, Unseen, observe_all};
use crate::output::{Format, Reply, Report, table};

mod inventory;
mod pattern;
mod stored;

use inventory::{Asked, Database, Extension, Inventory, Role, inventories};
use pattern::matches;
use stored::{Stored, stored};

/// List the instances, their databases, roles and extensions, and what is stored with them
#[derive(Clone, Debug, clap::Args)]
pub struct ListArgs {
    /// Format of the list
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Only names that match: `*` is any text, `?` any character
    #[arg(long, value_name = "PATTERN")]
    pub filter: Option<String>,
}

#[derive(Debug, Default, Serialize)]
struct ContentReport {
    instances: Vec<Instance>,
    content: Vec<Stored>,
    databases: Vec<Database>,
    roles: Vec<Role>,
    extensions: Vec<Extension>,
}

#[derive(Debug, Serialize)]
struct Instance {
    name: Name,
    /// This and the next two are none where the record cannot be read.
    port: Option<u16>,
    database: Option<String>,
    template: Option<String>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Lists them. A list that lacks something has failed, so that nobody takes it for all there is, and shows what there is to
/// be shown. A server that does not run lacks nothing: its state says why its databases are not there.
pub async fn run(ctx: &Ctx, args: &ListArgs) -> Result<Reply, Error> {
    ctx.waiting.on("the servers to answer");
    let (observed, unseen) = observe_all(ctx, None, PROBE_LIMIT).await?;
    let mut inventories = inventories(ctx, &observed).await;
    let mut report = ContentReport::default();
    for it in observed {
        let asked = inventories.iter().position(|(name, _)| *name == it.record.name);
        report.add(it, asked.map(|at| inventories.swap_remove(at)));
    }
    report.instances.extend(unseen.iter().map(unread));
    report.instances.sort_by(|left, right| left.name.cmp(&right.name));
    let verdict = if report.is_whole() { Verdict::Done } else { Verdict::Failed };
    if let Some(pattern) = &args.filter {
        report.keep(pattern);
    }
    Reply::report(verdict, args.format, &report)
}

/// An instance that is there and cannot be told more of.
fn unread(it: &Unseen) -> Instance {
    let (name, problem) = (it.name.clone(), Some(it.err.line()));
    Instance { name, port: None, database: None, template: None, state: "unreadable", problem }
}

impl ContentReport {
    fn add(&mut self, it: Observed, asked: Option<Asked>) {
        let state = it.health.state.word();
        let (inventory, silent) = match asked {
            Some((_, Ok(inventory))) => (Some(inventory), None),
            Some((_, Err(why))) => (None, Some(why)),
            None => (None, None),
        };
        let unlisted = self.add_content(&it.record, inventory.as_ref());
        let Record { name, port, database, template, .. } = it.record;
        let problem = silent.or(unlisted);
        let (port, database, template) = (Some(port), Some(database), Some(template));
        self.instances.push(Instance { name, port, database, template, state, problem });
        if let Some(inventory) = inventory {
            self.databases.extend(inventory.databases);
            self.roles.extend(inventory.roles);
            self.extensions.extend(inventory.extensions);
        }
    }

    /// Adds what is stored, and answers why it cannot be listed.
    fn add_content(&mut self, record: &Record, inventory: Option<&Inventory>) -> Option<String> {
        let places = inventory.map(|it| it.places.as_slice());
        match Artifact::list(&record.dir) {
            Ok(all) => {
                self.content.extend(all.into_iter().map(|it| stored(&record.name, it, places)));
                None
            }
            Err(err) => Some(err.line()),
        }
    }

    fn is_whole(&self) -> bool {
        self.instances.iter().all(|it| it.problem.is_none())
            && self.content.iter().all(|it| it.problem.is_none())
    }

    fn keep(&mut self, pattern: &str) {
        self.instances.retain(|it| matches(pattern, it.name.as_str()));
        self.content.retain(|it| matches(pattern, it.name.as_str()));
        self.databases.retain(|it| matches(pattern, &it.name));
        self.roles.retain(|it| matches(pattern, &it.name));
        self.extensions.retain(|it| matches(pattern, &it.name));
    }

    fn rows(&self) -> Vec<[String; 4]> {
        let line = |name: &str, kind: &str, instance: &str, detail: String| {
            [name.to_owned(), kind.to_owned(), instance.to_owned(), detail]
        };
        let mut rows = Vec::new();
        rows.extend(self.instances.iter().map(|it| line(it.name.as_str(), "instance", "", it.detail())));
        rows.extend(
            self.databases.iter().map(|it| line(&it.name, "database", it.instance.as_str(), it.detail())),
        );
        rows.extend(self.roles.iter().map(|it| line(&it.name, "role", it.instance.as_str(), it.detail())));
        rows.extend(
            self.extensions.iter().map(|it| line(&it.name, "extension", it.instance.as_str(), it.detail())),
        );
        rows.extend(
            self.content
                .iter()
                .map(|it| line(it.name.as_str(), it.kind.word(), it.instance.as_str(), it.detail())),
        );
        rows
    }
}

impl Instance {
    fn detail(&self) -> String {
        let state = match self.port {
            Some(port) => format!("port {port}, {}", self.state),
            None => self.state.to_owned(),
        };
        match &self.problem {
            Some(problem) => format!("{state}: {problem}"),
            None => state,
        }
    }
}

impl Report for ContentReport {
    fn text(&self) -> String {
        let rows = self.rows();
        match rows.is_empty() {
            true => "no content\n".to_owned(),
            false => table(["NAME", "TYPE", "INSTANCE", "DETAIL"], &rows),
        }
    }
}
