//! `content create-user`: one more role of an instance that can log in.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::commands::content::named::Named;
use crate::context::Ctx;
use crate::error::{Error, IoContext};
use crate::exit::Verdict;
use crate::instances::name::Name;
use crate::instances::passwords;
use crate::instances::record::Record;
use crate::lifecycle::{need, session};
use crate::output::Reply;
use crate::pg::admin::{Before, set_password};
use crate::pg::connect::Session;
use crate::pg::identifier::Identifier;
use crate::pg::roles;
use crate::secret::Secret;

/// Create a user who can log in; one who exists is success
#[derive(Clone, Debug, clap::Args)]
pub struct CreateUserArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment would become help")]
    pub named: Named,
    /// Database that the user may work in; may be repeated
    #[arg(long)]
    pub database: Vec<Identifier>,
    /// File with the password, `-` for stdin [default: the user's, else one is made up]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// What is wanted of a user.
#[derive(Debug)]
pub struct User<'a> {
    /// Its name.
    pub name: &'a Identifier,
    /// Its password, where it is to have a certain one.
    pub password: Option<Secret>,
    /// The databases that it may work in.
    pub databases: &'a [Identifier],
}

/// Creates the user.
pub async fn run(ctx: &Ctx, args: &CreateUserArgs) -> Result<Reply, Error> {
    let (instance, name) = args.named.place("content create-user", None)?;
    let record = need(ctx, &instance)?;
    let password = args.password_file.as_deref().map(password_in).transpose()?;
    let _held = ctx.store.hold(&instance, &ctx.command, &ctx.waiting).await?;
    let session = session::administer(ctx, &record, None).await?;
    let user = User { name: &name, password, databases: &args.database };
    let before = ensure(ctx, &record, &session, &user).await?;
    ctx.out.note(&told(&record.name, &user, before));
    Ok(Reply::plain(Verdict::Done))
}

/// Makes the user where it is missing, and lets it into the databases. The instance is held.
pub async fn ensure(ctx: &Ctx, record: &Record, session: &Session, user: &User<'_>) -> Result<Before, Error> {
    if user.name.as_str() == record.user && user.password.is_some() {
        // Every command logs in as this user, with the password of the record.
        let why = format!(
            "the password of `{}` is what instance `{}` is opened with: it stays",
            user.name, record.name
        );
        return Err(Error::Usage(why));
    }
    ctx.waiting.on(format!("`{}` to create the user", record.name));
    let before = match roles::exists(session, user.name).await? {
        true => roles::let_in(session, user.name).await.map(|()| Before::There)?,
        false => make(record, session, user).await?,
    };
    if let (Before::There, Some(password)) = (before, &user.password) {
        let failed = |why| Error::Refused {
            doing: format!("setting the password of `{}`", user.name),
            why,
            advice: None,
        };
        set_password(session, user.name.as_str(), password).await.map_err(failed)?;
        passwords::keep(&record.dir, user.name.as_str(), password)?;
    }
    for database in user.databases {
        let inside = session::administer(ctx, record, Some(database.as_str())).await?;
        roles::grant(&inside, user.name, database).await?;
    }
    Ok(before)
}

/// The password is kept before the server has it: the other way round, a kill in between would leave a user whose
/// password nobody knows.
async fn make(record: &Record, session: &Session, user: &User<'_>) -> Result<Before, Error> {
    let name = user.name.as_str();
    let password = user.password.clone().unwrap_or_else(Secret::random);
    passwords::keep(&record.dir, name, &password)?;
    let made = roles::create(session, user.name, &password).await;
    if !matches!(made, Ok(Before::Absent)) {
        passwords::forget(&record.dir, name)?;
    }
    made
}

fn told(instance: &Name, user: &User<'_>, before: Before) -> String {
    let name = user.name;
    match (before, &user.password) {
        (Before::Absent, _) => format!(
            "user `{name}` is created in `{instance}`; `content get --user` shows how to connect, with the password"
        ),
        (Before::There, Some(_)) => format!("user `{name}` of `{instance}` has the new password"),
        (Before::There, None) => format!("user `{name}` exists already in `{instance}`, with its password"),
    }
}

/// The first line of a file: what an editor or `echo` puts behind it is no part of a password.
pub fn password_in(file: &Path) -> Result<Secret, Error> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text).doing("reading", Path::new("stdin"))?
    } else {
        fs::read_to_string(file).doing("reading", file)?
    };
    let source = if file == Path::new("-") { "stdin".into() } else { file.display().to_string() };
    let line = text.strip_suffix('\n').map_or(text.as_str(), |it| it.strip_suffix('\r').unwrap_or(it));
    match line {
        "" => Err(Error::Usage(format!("{source} holds no password"))),
        line if line.contains(['\n', '\r', '\0']) => {
            Err(Error::Usage(format!("{source} holds more than one line, which is no password")))
        }
        line => Ok(Secret::new(line)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_one_line_of_a_file_without_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let of = |text: &str| {
            let file = dir.path().join("password");
            fs::write(&file, text).unwrap();
            password_in(&file)
        };
        for text in ["p ' \"w", "p ' \"w\n", "p ' \"w\r\n"] {
            assert_eq!(of(text).unwrap().reveal(), "p ' \"w");
        }
        for bad in ["", "\n", "a\nb", "a\n\n", "a\0"] {
            assert!(of(bad).is_err(), "{bad:?}");
        }
    }
}
