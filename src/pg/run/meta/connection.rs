//! Meta-commands about the connection.

use tokio_postgres::Config;

use crate::pg::connect::At;
use crate::pg::run::fault::Fault;
use crate::pg::run::link::LOCAL_ADDRESS;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::{MetaCall, REUSE_PREVIOUS};
use crate::secret::Secret;

/// Whom a script wants to be connected to.
#[derive(Debug, Default)]
pub(in crate::pg::run) struct Wanted {
    pub database: Option<String>,
    pub user: Option<String>,
    pub host: Option<String>,
    port: Option<String>,
    pub password: Option<Secret>,
    pub application_name: Option<String>,
}

impl Runner {
    /// `\c`: another database or user of the same server. Where there is no such connection the script ends, as in psql: what
    /// follows was written for another database.
    pub(super) async fn connect(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let wanted = self.wanted(frame, call)?;
        if let Some(why) = self.elsewhere(&wanted) {
            return Err(Fault::Final(format!("error: {why}")));
        }
        let before = self.link.host.clone();
        self.link.change(&wanted).await?;
        self.acknowledged.transaction = None;
        self.introduce_connection();
        let target = &self.link.target;
        // As psql does, the way there is told only where it is another one by name.
        let way = if self.link.host == before { String::new() } else { format!(" {}", self.way()) };
        let line = format!(
            "You are now connected to database \"{}\" as user \"{}\"{way}.",
            target.database, target.user
        );
        Ok(self.screen.tell(&line)?)
    }

    /// `\conninfo`.
    pub(super) fn conninfo(&mut self) -> Result<(), Fault> {
        let target = &self.link.target;
        let line = format!(
            "You are connected to database \"{}\" as user \"{}\" {}.",
            target.database,
            target.user,
            self.way()
        );
        Ok(self.screen.line(&line)?)
    }

    /// How the server is reached, as psql tells it.
    fn way(&self) -> String {
        let host = &self.link.host;
        match &self.link.target.at {
            At::Tcp(port) if host == LOCAL_ADDRESS => format!("on host \"{host}\" at port \"{port}\""),
            At::Tcp(port) => {
                format!("on host \"{host}\" (address \"{LOCAL_ADDRESS}\") at port \"{port}\"")
            }
            At::Socket(_, port) => format!("via socket in \"{host}\" at port \"{port}\""),
        }
    }

    /// What psql's variables say of the connection.
    pub(in crate::pg::run) fn introduce_connection(&mut self) {
        let target = &self.link.target;
        let (At::Tcp(port) | At::Socket(_, port)) = &target.at;
        let version = &self.link.session.version;
        let all = [
            ("DBNAME", target.database.clone()),
            ("USER", target.user.clone()),
            ("HOST", self.link.host.clone()),
            ("PORT", port.to_string()),
            ("ENCODING", "UTF8".to_owned()),
            ("SERVER_VERSION_NAME", version.clone()),
            ("SERVER_VERSION_NUM", version_number(version).to_string()),
        ];
        for (name, value) in all {
            self.variables.record(name, &value);
        }
    }

    fn wanted(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<Wanted, Fault> {
        let mut words: Vec<String> = self.arguments(frame, call)?.into_iter().map(|it| it.text).collect();
        words.retain(|it| !it.starts_with(REUSE_PREVIOUS));
        if let [conninfo] = words.as_slice()
            && (conninfo.contains('=') || conninfo.contains("://"))
        {
            return described(conninfo);
        }
        // A dash is what it was.
        let mut words = words.into_iter().map(|it| Some(it).filter(|it| it != "-" && !it.is_empty()));
        let mut next = || words.next().flatten();
        Ok(Wanted { database: next(), user: next(), host: next(), port: next(), ..Wanted::default() })
    }

    /// Why the server that is wanted is none that this command may connect to.
    fn elsewhere(&self, wanted: &Wanted) -> Option<String> {
        let (At::Tcp(port) | At::Socket(_, port)) = &self.link.target.at;
        let is_here = wanted
            .host
            .as_deref()
            .is_none_or(|it| it == self.link.host || matches!(it, "localhost" | LOCAL_ADDRESS))
            && wanted.port.as_ref().is_none_or(|it| *it == port.to_string());
        (!is_here).then(|| "\\connect: a script stays on its instance's server".to_owned())
    }
}

fn described(conninfo: &str) -> Result<Wanted, Fault> {
    let config: Config = conninfo.parse().map_err(|err| Fault::own(format_args!("\\connect: {err}")))?;
    let host = config.get_hosts().first().map(|it| match it {
        tokio_postgres::config::Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        tokio_postgres::config::Host::Unix(folder) => folder.display().to_string(),
    });
    Ok(Wanted {
        database: config.get_dbname().map(str::to_owned),
        user: config.get_user().map(str::to_owned),
        host,
        port: config.get_ports().first().map(u16::to_string),
        password: config.get_password().map(|it| Secret::new(String::from_utf8_lossy(it))),
        application_name: config.get_application_name().map(str::to_owned),
    })
}

/// psql's number of a version: `15.18` is 150018.
fn version_number(version: &str) -> u32 {
    let mut numbers = version.split(|it: char| !it.is_ascii_digit()).map_while(|it| it.parse::<u32>().ok());
    numbers.next().unwrap_or(0) * 10_000 + numbers.next().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_numbered_as_psql_does() {
        assert_eq!(version_number("15.18 (Debian 15.18-0+deb12u1)"), 150_018);
        assert_eq!(version_number("18beta1"), 180_000);
    }

    #[test]
    fn a_connection_may_be_described_by_words_or_by_an_address() {
        for text in ["dbname=shop user=app port=5433", "postgresql://app@localhost:5433/shop"] {
            let wanted = described(text).unwrap();
            assert_eq!((wanted.database.as_deref(), wanted.user.as_deref()), (Some("shop"), Some("app")));
            assert_eq!(wanted.port.as_deref(), Some("5433"));
        }
    }
}
