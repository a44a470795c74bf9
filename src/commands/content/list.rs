//! `content list`: instances and what is stored with them.

use serde::Serialize;

use crate::context::Ctx;
use crate::error::Error;
use crate::exit::Verdict;
use crate::instances::artifacts::{Artifact, ArtifactName, Kind};
use crate::instances::name::Name;
use crate::output::{Format, Reply, Report, table};

/// List the instances and what is stored with them
#[derive(Clone, Debug, clap::Args)]
pub struct ListArgs {
    /// Format of the list
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Only names that match: `*` is any text, `?` any character
    #[arg(long, value_name = "PATTERN")]
    pub filter: Option<String>,
}

#[derive(Debug, Serialize)]
struct ContentReport {
    instances: Vec<Instance>,
    content: Vec<Stored>,
}

#[derive(Debug, Serialize)]
struct Instance {
    name: Name,
    port: u16,
    database: String,
    template: String,
}

#[derive(Debug, Serialize)]
struct Stored {
    name: ArtifactName,
    #[serde(rename = "type")]
    kind: Kind,
    instance: Name,
    size_bytes: u64,
}

/// Lists what is recorded; servers are not asked.
pub fn run(ctx: &Ctx, args: &ListArgs) -> Result<Reply, Error> {
    let pattern = args.filter.as_deref().unwrap_or("*");
    let mut report = ContentReport { instances: Vec::new(), content: Vec::new() };
    for (name, record) in ctx.store.list()? {
        let record = record?;
        for it in Artifact::list(&record.dir)?.into_iter().filter(|it| matches(pattern, it.name.as_str())) {
            let size_bytes = it.path.metadata().map(|it| it.len()).unwrap_or_default();
            report.content.push(Stored { name: it.name, kind: it.kind, instance: name.clone(), size_bytes });
        }
        if matches(pattern, name.as_str()) {
            let (port, database, template) = (record.port, record.database, record.template);
            report.instances.push(Instance { name, port, database, template });
        }
    }
    Reply::report(Verdict::Done, args.format, &report)
}

impl Report for ContentReport {
    fn text(&self) -> String {
        let instance = |it: &Instance| {
            [it.name.to_string(), "instance".to_owned(), String::new(), format!("port {}", it.port)]
        };
        let stored = |it: &Stored| {
            let size = format!("{} bytes", it.size_bytes);
            [it.name.as_str().to_owned(), it.kind.word().to_owned(), it.instance.to_string(), size]
        };
        let rows: Vec<[String; 4]> =
            self.instances.iter().map(instance).chain(self.content.iter().map(stored)).collect();
        match rows.is_empty() {
            true => "no content\n".to_owned(),
            false => table(["NAME", "TYPE", "INSTANCE", "DETAIL"], &rows),
        }
    }
}

/// Whether the text matches a pattern of `*` and `?`.
fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| text.get(at..).is_some_and(|text| matches(rest.as_str(), text))),
        Some(wanted) => text.chars().next().is_some_and(|c| {
            (wanted == '?' || wanted == c)
                && matches(rest.as_str(), text.get(c.len_utf8()..).unwrap_or_default())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*.sql", "a.sql", true),
            ("*.sql", "a.txt", false),
            ("a?", "ab", true),
            ("a?", "a", false),
            ("a*b*c", "aXbYc", true),
            ("main", "main2", false),
            ("é?", "éü", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
