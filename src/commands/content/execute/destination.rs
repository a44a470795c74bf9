//! Where SQL is to run: the instance and the database, as the arguments and the environment name them.

use crate::commands::content::execute::{ExecuteArgs, Script};
use crate::context::Ctx;
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::lifecycle::{need, session};
use crate::pg::databases;
use crate::pg::identifier::Identifier;
use crate::pg::run::ClusterWork;

/// Statements of one word.
const WHOLE_STATEMENTS: &[&str] = &[
    "abort",
    "analyse",
    "analyze",
    "begin",
    "checkpoint",
    "cluster",
    "commit",
    "end",
    "rollback",
    "select",
    "vacuum",
];

/// The words that other statements begin with.
const FIRST_WORDS: &[&str] = &[
    "alter",
    "call",
    "close",
    "comment",
    "copy",
    "create",
    "deallocate",
    "declare",
    "delete",
    "discard",
    "do",
    "drop",
    "execute",
    "explain",
    "fetch",
    "grant",
    "import",
    "insert",
    "listen",
    "load",
    "lock",
    "merge",
    "move",
    "notify",
    "prepare",
    "reassign",
    "refresh",
    "reindex",
    "release",
    "reset",
    "revoke",
    "savepoint",
    "security",
    "set",
    "show",
    "start",
    "table",
    "truncate",
    "unlisten",
    "update",
    "values",
    "with",
];

/// What the argument that stands for SQL can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WordUse {
    /// SQL only.
    Sql,
    /// A statement of one word, or a name that looks like one.
    Either,
    /// Hardly SQL.
    Name,
}

impl WordUse {
    fn of(word: &str) -> Self {
        let first: String = word.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        let first = first.to_lowercase();
        let has_marks = word.contains(['\\', ';', '(', ')', '\'', '"', ',', '*', '=', ':', '/', '\n']);
        match (WHOLE_STATEMENTS.contains(&first.as_str()), FIRST_WORDS.contains(&first.as_str())) {
            _ if has_marks || word.trim().is_empty() || word.starts_with("--") => Self::Sql,
            (true, _) if first.len() == word.len() => Self::Either,
            (true, _) | (false, true) => Self::Sql,
            (false, false) => Self::Name,
        }
    }
}

/// Returns the arguments with the word that stands for SQL taken for the instance or database that it names: the form
/// `exec NAME < FILE`. A word that names nothing stays SQL, and the server says what is wrong with it.
pub async fn with_named_place(ctx: &Ctx, args: &ExecuteArgs) -> Result<ExecuteArgs, Error> {
    let Some(word) = args.word.as_ref() else { return Ok(args.clone()) };
    let word_use = WordUse::of(word);
    if word_use == WordUse::Sql {
        return Ok(args.clone());
    }
    let Some(named) = named(ctx, args, word).await? else { return Ok(args.clone()) };
    match word_use {
        WordUse::Sql | WordUse::Name => Ok(named),
        WordUse::Either => Err(Error::Usage(format!(
            "`{word}` is a statement, and the name of {}: say `--sql {word}` or `{}`",
            if named.instance == args.instance { "a database" } else { "an instance" },
            if named.instance == args.instance { "--database" } else { "--instance" }.to_owned() + " " + word
        ))),
    }
}

async fn named(ctx: &Ctx, args: &ExecuteArgs, word: &str) -> Result<Option<ExecuteArgs>, Error> {
    let named = ExecuteArgs { word: None, ..args.clone() };
    if args.instance.is_none()
        && let Ok(name) = word.parse::<Name>()
        && ctx.store.find(&name)?.is_some()
    {
        return Ok(Some(ExecuteArgs { instance: Some(name), ..named }));
    }
    let instance = args.instance.clone().unwrap_or_else(Name::main);
    let is_database = args.database.is_none() && has_database(ctx, &need(ctx, &instance)?, word).await?;
    Ok(is_database.then(|| ExecuteArgs { database: Some(word.to_owned()), ..named }))
}

/// Returns the database that scripts run in: the one that is asked for, or the environment's, or the instance's own. Work on the
/// cluster is done from the instance's own where the environment's cannot be connected to (it does not exist yet), or must not be
/// (it is to be dropped or renamed).
pub async fn database(
    ctx: &Ctx,
    record: &Record,
    asked: Option<&str>,
    scripts: &[Script],
) -> Result<String, Error> {
    let chosen = ctx.settings.database.choose(asked, &record.database)?;
    if asked.is_some() || chosen == record.database {
        return Ok(chosen.to_owned());
    }
    let work = ClusterWork::of(scripts);
    if !work.is_all {
        return Ok(chosen.to_owned());
    }
    if work.replaced.iter().any(|it| it == chosen) {
        return Ok(record.database.clone());
    }
    if has_database(ctx, record, chosen).await? {
        return Ok(chosen.to_owned());
    }
    ctx.out.note(&format!("database `{chosen}` does not exist yet: running in `{}`", record.database));
    Ok(record.database.clone())
}

async fn has_database(ctx: &Ctx, record: &Record, name: &str) -> Result<bool, Error> {
    let Ok(name) = name.parse::<Identifier>() else { return Ok(false) };
    let session = session::administer(ctx, record, None).await?;
    databases::exists(&session, &name).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_name_unless_it_could_be_sql() {
        for word in ["calendar-system", "shop_2", "shop", "2024", "cal.sys", "my db", "päd", "selekt"] {
            assert_eq!(WordUse::of(word), WordUse::Name, "{word}");
        }
        for word in [
            "SELECT 1",
            "commit;",
            "",
            " ",
            "\\dt",
            "(SELECT 1)",
            "-- x",
            "VACUUM t",
            "drop database x",
            "/* c */",
        ] {
            assert_eq!(WordUse::of(word), WordUse::Sql, "{word}");
        }
        for word in ["COMMIT", "vacuum", "SELECT"] {
            assert_eq!(WordUse::of(word), WordUse::Either, "{word}");
        }
    }
}
