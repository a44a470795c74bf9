//! `info`: what config/runtime.json says of the resource.

use std::fs;

use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::{Error, IoContext, absent_is_none};
use crate::exit::Verdict;
use crate::output::{Reply, json};

/// The file as it was when this binary was built.
const BUILT_IN: &str = include_str!("../../config/runtime.json");

/// Show what the orchestrator needs to know: order, time limits, dependencies, priority
#[derive(Clone, Debug, clap::Args)]
pub struct InfoArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints the runtime configuration.
pub fn run(ctx: &Ctx, args: &InfoArgs) -> Result<Reply, Error> {
    let facts = read(ctx)?;
    let data = if args.json { json(&facts)? } else { text(&facts) };
    Ok(Reply::data(Verdict::Done, data))
}

fn read(ctx: &Ctx) -> Result<Map<String, Value>, Error> {
    let beside = ctx.resource_dir.as_ref().map(|dir| dir.join("config/runtime.json"));
    let text = match &beside {
        Some(file) => absent_is_none(fs::read_to_string(file)).doing("reading", file)?,
        None => None,
    };
    let (text, place) = match beside.zip(text) {
        None => (BUILT_IN.to_owned(), "the built-in runtime.json".to_owned()),
        Some((file, text)) => (text, file.display().to_string()),
    };
    serde_json::from_str(&text).map_err(|err| Error::Setting { name: place, why: err.to_string() })
}

fn text(facts: &Map<String, Value>) -> String {
    let line = |(key, value): (&String, &Value)| match value {
        Value::String(text) => format!("{key}: {text}\n"),
        other => format!("{key}: {other}\n"),
    };
    facts.iter().map(line).collect()
}
