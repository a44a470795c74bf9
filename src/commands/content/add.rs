//! `content add`: store a file with an instance, and apply it if it is a schema or a seed.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::commands::content::execute::{self, Source};
use crate::context::Ctx;
use crate::error::{Error, IoContext};
use crate::exit::{Skip, Verdict};
use crate::instances::artifacts::{Artifact, ArtifactName, Kind};
use crate::instances::name::Name;
use crate::lifecycle::need;
use crate::output::{BEYOND, Reply};

/// Store a file; a schema or seed is applied first. Identical content is not applied twice
#[derive(Clone, Debug, clap::Args)]
pub struct AddArgs {
    /// File to store
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
}

/// What the arguments come to.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    file: PathBuf,
    kind: Kind,
    name: ArtifactName,
}

/// Applies and stores.
pub async fn run(ctx: &Ctx, args: &AddArgs) -> Result<Reply, Error> {
    let asked = asked(args)?;
    let instance = args.instance.clone().unwrap_or_else(Name::main);
    let record = need(ctx, &instance)?;
    let bytes = fs::read(&asked.file).doing("reading", &asked.file)?;
    let artifact = Artifact::at(&record.dir, asked.kind, &asked.name);
    let _held = ctx.store.hold(&instance, &ctx.command, &ctx.waiting).await?;
    let database = ctx.settings.database.choose(args.database.as_deref(), &record.database);
    // What counts as there already: for SQL that is applied, this very text in this very database.
    let there =
        if asked.kind.is_applied() { artifact.applied_to(&record.dir, database) } else { artifact.clone() };
    if there.read()?.is_some_and(|stored| stored == bytes) {
        return Ok(Reply::plain(Verdict::Skipped(Skip::AlreadyExists)));
    }
    if asked.kind.is_applied() {
        let source = Source::from_bytes(&asked.file, bytes.clone())?;
        execute::apply(ctx, &record, database, &source).await?;
        there.write(&bytes)?;
    }
    artifact.write(&bytes)?;
    let applied = if asked.kind.is_applied() { "applied and stored" } else { "stored" };
    ctx.out.note(&format!("{} `{}` is {applied} with `{instance}`", asked.kind.word(), asked.name.as_str()));
    Ok(Reply::plain(Verdict::Done))
}

fn asked(args: &AddArgs) -> Result<Asked, Error> {
    let mut words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let mut kind = args.kind;
    let mut file = args.file.clone();
    // `add schema --file F`: the first word is a type where the file is named otherwise.
    if (words.len() == 2 || file.is_some()) && kind.is_none() && !words.is_empty() {
        kind = Some(self::kind(words.remove(0)).map_err(Error::Usage)?);
    }
    if let (None, [word]) = (&file, words.as_slice()) {
        file = Some(PathBuf::from(word));
        words.clear();
    }
    let Some(file) = file else { return Err(Error::Usage("`content add` needs --file FILE".to_owned())) };
    if let Some(word) = words.first() {
        return Err(Error::Usage(format!("`content add` does not know what to do with `{word}`")));
    }
    let is_sql = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("sql"));
    let kind = kind.unwrap_or(if is_sql { Kind::Schema } else { Kind::Data });
    let name = match &args.name {
        Some(name) => name.clone(),
        None => own_name(&file)?,
    };
    Ok(Asked { file, kind, name })
}

fn own_name(file: &Path) -> Result<ArtifactName, Error> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name.parse().map_err(|why| Error::Usage(format!("`{name}` cannot be stored under its own name: {why}")))
}

fn kind(word: &str) -> Result<Kind, String> {
    Kind::from_str(word, true)
        .map_err(|_| format!("`{word}` is not one of schema, seed, migration, query, function, data"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: AddArgs,
    }

    fn of(words: &[&str]) -> Result<Asked, Error> {
        asked(&Line::parse_from(std::iter::once(&"add").chain(words)).args)
    }

    #[test]
    fn every_form_that_callers_use_means_the_same() {
        for words in [
            &["--file", "d/a.sql"][..],
            &["--file", "d/a.sql", "--type", "schema"],
            &["schema", "--file", "d/a.sql"],
            &["schema", "d/a.sql"],
            &["d/a.sql"],
        ] {
            let asked = of(words).unwrap();
            assert_eq!((asked.file.as_path(), asked.kind), (Path::new("d/a.sql"), Kind::Schema), "{words:?}");
            assert_eq!(asked.name.as_str(), "a.sql");
        }
        assert_eq!(of(&["logo.png"]).unwrap().kind, Kind::Data);
    }

    #[test]
    fn words_that_make_no_sense_are_refused() {
        for words in [&[][..], &["schema", "a.sql", "--file", "b.sql"], &["tables", "--file", "b.sql"]] {
            assert!(matches!(of(words), Err(Error::Usage(_))), "{words:?}");
        }
    }
}
