//! How a connection is written for clients: as text, as a URL, and as environment variables.

use crate::instances::artifacts::percent_encoded;
use crate::instances::record::Record;
use crate::secret::Secrets;
use crate::settings::UNSAFE;

/// The address that servers listen on, and no other. `localhost` may mean `::1` first, where nobody answers.
pub const HOST: &str = "127.0.0.1";

/// Servers have no certificates, and clients such as Go's lib/pq insist on TLS unless they are told so.
const SSLMODE: &str = "disable";

/// How environment variables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvForm {
    /// `NAME=value`, for env files and for callers that cut lines at `=`.
    File,
    /// `export NAME=value`, for a shell to evaluate.
    Exports,
}

impl EnvForm {
    fn line(self, name: &str, value: &str) -> String {
        match self {
            Self::File => format!("{name}={}\n", quoted(value, PLAIN_IN_FILES)),
            Self::Exports => format!("export {name}={}\n", quoted(value, PLAIN_IN_SHELLS)),
        }
    }
}

/// Returns the connection as environment variables: the names of libpq, the usual URL, and those that Vrooli's scripts read.
/// Masked, the password is left out with everything that holds it, and a comment says so: half a password would fail later and
/// without a word.
pub fn env_lines(record: &Record, database: &str, form: EnvForm, secrets: Secrets) -> String {
    let port = record.port.to_string();
    let password = record.password.reveal();
    let url = format!("{}?sslmode={SSLMODE}", url(record, database, Secrets::Shown));
    let all = [
        ("PGHOST", HOST, false),
        ("PGPORT", &port, false),
        ("PGUSER", &record.user, false),
        ("PGPASSWORD", password, true),
        ("PGDATABASE", database, false),
        ("DATABASE_URL", &url, true),
        ("POSTGRES_HOST", HOST, false),
        ("POSTGRES_PORT", &port, false),
        ("POSTGRES_USER", &record.user, false),
        ("POSTGRES_PASSWORD", password, true),
        ("POSTGRES_DB", database, false),
        ("POSTGRES_SSLMODE", SSLMODE, false),
        ("POSTGRES_URL", &url, true),
    ];
    let hidden = match secrets {
        Secrets::Masked => {
            "# The password is hidden, and so is each variable that holds it: --show-secrets shows them.\n"
        }
        Secrets::Shown => "",
    };
    let shown = all.iter().filter(|(_, _, is_secret)| secrets == Secrets::Shown || !is_secret);
    let lines = shown.map(|(name, value, _)| form.line(name, value));
    std::iter::once(hidden.to_owned()).chain(lines).collect()
}

/// The connections that a pool of a client may have, as Vrooli's clients read it.
const POOL_SIZE: &str = "10";

/// Returns the variables of a connection that a caller has not set yet, `NAME=value` a line and without quotes, for
/// `config/exports.sh`. What the caller `has` set is a part of the URLs.
pub fn missing_lines(record: &Record, database: &str, has: impl Fn(&str) -> Option<String>) -> String {
    let has = |name: &str| has(name).filter(|it| !it.is_empty());
    let or = |name: &str, own: &str| has(name).unwrap_or_else(|| own.to_owned());
    let (host, port) = (or("POSTGRES_HOST", HOST), or("POSTGRES_PORT", &record.port.to_string()));
    let (user, password) =
        (or("POSTGRES_USER", &record.user), or("POSTGRES_PASSWORD", record.password.reveal()));
    let (database, sslmode) = (or("POSTGRES_DB", database), or("POSTGRES_SSLMODE", SSLMODE));
    let url = |database: &str| {
        let [user, password, database] = [&user, &password, database].map(percent_encoded);
        format!("postgresql://{user}:{password}@{host}:{port}/{database}?sslmode={sslmode}")
    };
    let own_url = or("POSTGRES_URL", &url(&database));
    let check = ["pg_isready", "-h", &host, "-p", &port, "-U", &user].map(|it| quoted(it, PLAIN_IN_SHELLS));
    let all = [
        ("POSTGRES_INSTANCE", record.name.to_string()),
        ("POSTGRES_ADMIN_URL", url("postgres")),
        ("POSTGRES_HEALTH_CHECK", check.join(" ")),
        ("POSTGRES_POOL_SIZE", POOL_SIZE.to_owned()),
        ("POSTGRES_HOST", host.clone()),
        ("POSTGRES_PORT", port.clone()),
        ("POSTGRES_USER", user.clone()),
        ("POSTGRES_PASSWORD", password.clone()),
        ("POSTGRES_DB", database.clone()),
        ("POSTGRES_SSLMODE", sslmode.clone()),
        ("DATABASE_URL", own_url.clone()),
        ("POSTGRES_URL", own_url),
    ];
    let missing = all.into_iter().filter(|(name, _)| has(name).is_none());
    missing.map(|(name, value)| format!("{name}={value}\n")).collect()
}

/// Returns the connection for people.
pub fn text(record: &Record, database: &str, secrets: Secrets) -> String {
    format!(
        "Instance: {}\nHost: {HOST}\nPort: {}\nDatabase: {database}\nUser: {}\nPassword: {}\nConnection String: {}\n",
        record.name,
        record.port,
        record.user,
        secrets.show(&record.password),
        url(record, database, secrets)
    )
}

/// Returns `postgresql://user:password@127.0.0.1:port/database`.
pub fn url(record: &Record, database: &str, secrets: Secrets) -> String {
    let password = match secrets {
        Secrets::Shown => percent_encoded(record.password.reveal()),
        Secrets::Masked => secrets.show(&record.password).to_owned(),
    };
    format!(
        "postgresql://{}:{password}@{HOST}:{}/{}",
        percent_encoded(&record.user),
        record.port,
        percent_encoded(database)
    )
}

/// What every reader of env files, and every shell, takes as it stands.
const PLAIN_IN_SHELLS: &str = "_./:@%+,=-";

/// The same, and `?`: behind `export` some shells would look for files.
const PLAIN_IN_FILES: &str = "_./:@%+,=-?";

/// Returns the value unquoted where that is safe, since callers cut it off at `=`; else in double quotes where that is safe,
/// since more readers know them; else in single ones.
fn quoted(value: &str, plain: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || plain.contains(it);
    match (value.chars().all(is_plain), value.contains(UNSAFE)) {
        (true, _) if !value.is_empty() => value.to_owned(),
        (_, false) => format!("\"{value}\""),
        (_, true) => format!("'{}'", value.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_caller_has_set_is_a_part_of_the_urls_and_is_not_handed_on() {
        let conf = "port=\"5440\"\nuser=\"app\"\npassword=\"a b\"\ndatabase=\"shop\"\n";
        let record = Record::parse(&"shop".parse().unwrap(), std::path::Path::new("/shop"), conf).unwrap();
        let has = |name: &str| match name {
            "POSTGRES_HOST" => Some("db.example".to_owned()),
            "POSTGRES_DB" => Some("or/ders".to_owned()),
            "POSTGRES_PORT" => Some(String::new()),
            _ => None,
        };
        insta::assert_snapshot!(missing_lines(&record, "shop", has), @"
        POSTGRES_INSTANCE=shop
        POSTGRES_ADMIN_URL=postgresql://app:a%20b@db.example:5440/postgres?sslmode=disable
        POSTGRES_HEALTH_CHECK=pg_isready -h db.example -p 5440 -U app
        POSTGRES_POOL_SIZE=10
        POSTGRES_PORT=5440
        POSTGRES_USER=app
        POSTGRES_PASSWORD=a b
        POSTGRES_SSLMODE=disable
        DATABASE_URL=postgresql://app:a%20b@db.example:5440/or%2Fders?sslmode=disable
        POSTGRES_URL=postgresql://app:a%20b@db.example:5440/or%2Fders?sslmode=disable
        ");
    }

    #[test]
    fn a_value_is_quoted_only_where_a_reader_would_change_it() {
        for (value, in_files, in_exports) in [
            ("a1B", "a1B", "a1B"),
            ("", "\"\"", "\"\""),
            ("plain value", "\"plain value\"", "\"plain value\""),
            ("a?b=c", "a?b=c", "\"a?b=c\""),
            ("a#b", "\"a#b\"", "\"a#b\""),
            ("~", "\"~\"", "\"~\""),
            ("a$b'c", r"'a$b'\''c'", r"'a$b'\''c'"),
            ("größe", "\"größe\"", "\"größe\""),
        ] {
            assert_eq!(EnvForm::File.line("X", value), format!("X={in_files}\n"));
            assert_eq!(EnvForm::Exports.line("X", value), format!("export X={in_exports}\n"));
        }
    }
}
