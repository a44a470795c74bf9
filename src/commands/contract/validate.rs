//! `contract validate`: judge resource directories.

use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use crate::commands::contract::fix;
use crate::commands::contract::judge::{Asked, Depth, judge_all};
use crate::commands::contract::source::Source;
use crate::context::Ctx;
use crate::contract::finding::Judgment;
use crate::contract::load::Loaded;
use crate::contract::report::{self, Report};
use crate::contract::sample::Sample;
use crate::contract::subject::Subject;
use crate::error::{Error, IoContext};
use crate::exit::{Skip, Verdict};
use crate::output::Reply;
use crate::paint::Paint;

/// Judge resource directories by the contract
#[derive(Clone, Debug, clap::Args)]
pub struct ValidateArgs {
    /// Resource directory, or a directory of them [default: this resource's own]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How deep to look: 1 reads files and runs nothing, 2 runs what only reads, 3 takes the resource through its life
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub layer: u8,
    /// Allow layer 3 to install, start, fill, stop and uninstall the resource; one that is installed is left alone
    #[arg(long)]
    pub allow_lifecycle: bool,
    /// Variable for the resource's commands, which get nothing of this environment but PATH; {home} in it stands for their
    /// home, and without a value this environment's is given
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub env: Vec<String>,
    /// File for layer 3 to have kept and run, if it can be run [default: a note]
    #[arg(long, value_name = "FILE[:TYPE]")]
    pub sample: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub source: Source,
    /// Only clauses of this section, such as security
    #[arg(long, value_name = "NAME")]
    pub section: Option<String>,
    /// Only this clause, and those below it
    #[arg(long, value_name = "ID", conflicts_with = "section")]
    pub clause: Option<String>,
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    pub format: report::Format,
    /// Write the report to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// How many resources to judge at once [default: as many as there are processors]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZero<usize>>,
    /// First mend what is safe to mend: permissions, missing folders, stubs of missing files; a diff says what
    #[arg(long)]
    pub fix: bool,
    /// Take advice for what must be: warnings are errors
    #[arg(long)]
    pub strict: bool,
}

/// The format for people.
pub const TEXT: report::Format = report::Format::Text;

impl ValidateArgs {
    fn samples(&self) -> Result<Vec<Sample>, Error> {
        self.sample.iter().map(|it| Sample::given(it).doing("reading", it.as_ref())).collect()
    }

    fn depth(&self) -> Result<Depth, Error> {
        match (self.layer, self.allow_lifecycle) {
            (..=1, _) => Ok(Depth::Syntax),
            (2, _) => Ok(Depth::Behavior),
            (3.., true) => Ok(Depth::Integration),
            (3.., false) => Err(Error::LifecycleNotAllowed),
        }
    }
}

/// Judges them.
pub async fn run(ctx: &Ctx, args: &ValidateArgs) -> Result<Reply, Error> {
    let loaded = args.source.load(ctx)?;
    let wanted = wanted(args, &loaded)?;
    let dirs = resources(ctx, &args.paths)?;
    if dirs.is_empty() {
        return Ok(Reply::plain(Verdict::Skipped(Skip::NothingToJudge)));
    }
    let asked =
        Asked { depth: args.depth()?, jobs: args.jobs, env: args.env.clone(), samples: args.samples()? };
    if args.fix {
        fix::run(ctx, &loaded, &dirs, wanted.as_deref(), args.format)?;
    }
    let loaded = Arc::new(loaded);
    let mut judgments = judge_all(ctx, loaded.clone(), dirs, &asked).await?;
    if let Some(prefix) = &wanted {
        judgments.iter_mut().for_each(|it| it.keep(|clause| is_below(clause, prefix)));
    }
    if args.strict {
        judgments.iter_mut().for_each(Judgment::insist);
    }
    let paint = if args.report.is_none() { ctx.paint() } else { Paint::Plain };
    let report = Report { loaded: &loaded, layer: args.layer, judgments: &judgments, paint };
    let verdict = match judgments.iter().all(Judgment::is_passed) {
        true => Verdict::Done,
        false => Verdict::Failed,
    };
    let text = report.text(args.format)?;
    Ok(match &args.report {
        None => Reply::data(verdict, text),
        Some(file) => {
            fs::write(file, text).doing("writing", file)?;
            Reply::plain(verdict)
        }
    })
}

/// What the ids of the clauses that are asked for begin with.
fn wanted(args: &ValidateArgs, loaded: &Loaded) -> Result<Option<String>, Error> {
    let Some(prefix) = args.section.as_ref().or(args.clause.as_ref()) else { return Ok(None) };
    match loaded.clauses.iter().any(|it| is_below(&it.id, prefix)) {
        true => Ok(Some(prefix.clone())),
        false => Err(Error::Usage(format!("the contract has no clause `{prefix}`"))),
    }
}

/// Whether a clause is this one or below it.
pub fn is_below(clause: &str, prefix: &str) -> bool {
    clause.strip_prefix(prefix).is_some_and(|it| it.is_empty() || it.starts_with('.'))
}

/// The resource directories that are meant, in order.
fn resources(ctx: &Ctx, paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let own = || ctx.resource_dir.clone().unwrap_or_else(|| PathBuf::from("."));
    let paths = if paths.is_empty() { vec![own()] } else { paths.to_vec() };
    let mut found = Vec::new();
    for path in &paths {
        let entries = fs::read_dir(path).doing("reading", path)?;
        if Subject::is_one(path) {
            found.push(path.clone());
            continue;
        }
        let mut below: Vec<PathBuf> =
            entries.flatten().map(|it| it.path()).filter(|it| it.is_dir() && Subject::is_one(it)).collect();
        below.sort();
        found.extend(below);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_below_what_its_id_begins_with_whole() {
        assert!(is_below("commands.manage.start", "commands.manage"));
        assert!(is_below("commands.manage", "commands.manage"));
        assert!(!is_below("commands.manage", "commands.man"));
    }
}
