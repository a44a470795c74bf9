//! Where SQL is to run: the instance and the database, as the arguments and the environment name them.

use crate::commands::content::execute::{ExecuteArgs, Script};
use crate::context::Ctx;
use crate::error::Error;
use crate::instances::name::Name;
use crate::instances::record::Record;
use crate::lifecycle::{need, session};
use crate::pg::databases;
use crate::pg::identifier::Identifier;
use crate::pg::run::creates_database;

/// Statements of one word. Any other word by itself is no SQL.
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

/// Returns the arguments with the word that stands for SQL taken for the instance or database that it names, if it cannot be SQL:
/// the form `exec NAME < FILE`. A word that names nothing stays SQL, and the server says what is wrong with it.
pub async fn with_named_place(ctx: &Ctx, args: &ExecuteArgs) -> Result<ExecuteArgs, Error> {
    let Some(word) = args.word.as_ref().filter(|it| is_name(it)) else { return Ok(args.clone()) };
    let named = ExecuteArgs { word: None, ..args.clone() };
    if args.instance.is_none()
        && let Ok(name) = word.parse::<Name>()
        && ctx.store.find(&name)?.is_some()
    {
        return Ok(ExecuteArgs { instance: Some(name), ..named });
    }
    let instance = args.instance.clone().unwrap_or_else(Name::main);
    match args.database.is_none() && has_database(ctx, &need(ctx, &instance)?, word).await? {
        true => Ok(ExecuteArgs { database: Some(word.clone()), ..named }),
        false => Ok(args.clone()),
    }
}

/// Returns the database that scripts run in. One that the environment names and that does not exist yet cannot be connected to:
/// the script that creates it runs in the instance's own.
pub async fn database(
    ctx: &Ctx,
    record: &Record,
    args: &ExecuteArgs,
    scripts: &[Script],
) -> Result<String, Error> {
    let chosen = ctx.settings.database.choose(args.database.as_deref(), &record.database)?;
    let is_asked = args.database.is_some() || chosen == record.database;
    if is_asked || !creates_database(scripts, chosen) || has_database(ctx, record, chosen).await? {
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

fn is_name(word: &str) -> bool {
    let is_plain = word.chars().all(|it| it.is_ascii_alphanumeric() || "_-".contains(it));
    is_plain && !word.is_empty() && !WHOLE_STATEMENTS.contains(&word.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_a_whole_statement_is_sql_and_any_other_a_name() {
        for word in ["calendar-system", "shop_2", "shop", "2024"] {
            assert!(is_name(word), "{word}");
        }
        for word in ["COMMIT", "vacuum", "SELECT", "SELECT 1", "commit;", "", "a b"] {
            assert!(!is_name(word), "{word}");
        }
    }
}
