//! Meta-commands about the connection.

use tokio_postgres::Config;

use crate::pg::connect::At;
use crate::pg::run::condition::boolean;
use crate::pg::run::fault::Fault;
use crate::pg::run::link::LOCAL_ADDRESS;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::{Argument, MetaCall, Quoting, REUSE_PREVIOUS};
use crate::secret::Secret;

/// The connection that a script asks for. Missing parts come from `defaults`. Empty parts come from the run's first
/// connection, since libpq replaces them by its own defaults.
#[derive(Debug, Default)]
pub(in crate::pg::run) struct ConnectRequest {
    pub defaults: ConnectDefaults,
    pub database: Option<String>,
    pub user: Option<String>,
    pub host: Option<String>,
    /// `hostaddr`.
    address: Option<String>,
    port: Option<String>,
    pub password: Option<Secret>,
    pub application_name: Option<String>,
}

/// The source of the parts of a connection that a script does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::pg::run) enum ConnectDefaults {
    /// The present connection.
    #[default]
    Present,
    /// The run's first connection.
    First,
}

impl Runner {
    /// `\c`: another database or user of the same server. Where there is no such connection the script ends, as in psql: what
    /// follows was written for another database.
    pub(super) async fn connect(&mut self, frame: &mut Frame<'_>, call: &mut MetaCall) -> Result<(), Fault> {
        let request = self.connect_request(frame, call)?;
        if let Some(why) = self.elsewhere(&request) {
            return Err(Fault::Final(format!("error: {why}")));
        }
        let before = self.link.host.clone();
        self.link.change(&request).await?;
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

    /// Reads the arguments of `\c`.
    fn connect_request(
        &mut self,
        frame: &mut Frame<'_>,
        call: &mut MetaCall,
    ) -> Result<ConnectRequest, Fault> {
        let mut first = self.argument(frame, call)?;
        let reuse =
            first.as_ref().and_then(|it| it.text.strip_prefix(REUSE_PREVIOUS)).map(reuses).transpose()?;
        if reuse.is_some() {
            first = self.argument(frame, call)?;
        }
        let database = given(first);
        let [user, host, port] =
            [self.argument(frame, call)?, self.argument(frame, call)?, self.argument(frame, call)?]
                .map(given);
        let request = match database {
            Some(conninfo) if is_connection_string(&conninfo) => {
                if user.is_some() || host.is_some() || port.is_some() {
                    return Err(Fault::own(
                        "Do not give user, host, or port separately when using a connection string",
                    ));
                }
                described(&conninfo)?
            }
            database => ConnectRequest { database, user, host, port, ..ConnectRequest::default() },
        };
        Ok(ConnectRequest { defaults: reuse.unwrap_or(request.defaults), ..request })
    }

    /// Returns why a request is refused, if it names another server than the instance's.
    fn elsewhere(&self, request: &ConnectRequest) -> Option<String> {
        let (At::Tcp(port) | At::Socket(_, port)) = &self.link.target.at;
        let is_local =
            |it: &str| it.is_empty() || it == self.link.host || matches!(it, "localhost" | LOCAL_ADDRESS);
        let is_here = request.host.as_deref().is_none_or(is_local)
            && request.address.as_deref().is_none_or(is_local)
            && request.port.as_ref().is_none_or(|it| it.is_empty() || *it == port.to_string());
        (!is_here).then(|| "\\connect: a script stays on its instance's server".to_owned())
    }
}

/// Parses the value of `-reuse-previous`.
fn reuses(value: &str) -> Result<ConnectDefaults, Fault> {
    match boolean(value) {
        Some(true) => Ok(ConnectDefaults::Present),
        Some(false) => Ok(ConnectDefaults::First),
        None => Err(Fault::own(format_args!(
            "unrecognized value \"{value}\" for \"-reuse-previous\": Boolean expected"
        ))),
    }
}

/// Returns an argument's value. A dash means none, unless it is quoted or comes from a variable.
fn given(argument: Option<Argument>) -> Option<String> {
    argument.filter(|it| it.quoting != Quoting::Bare || it.text != "-").map(|it| it.text)
}

/// Returns whether libpq treats a database's name as a connection string.
fn is_connection_string(database: &str) -> bool {
    ["postgresql://", "postgres://"].iter().any(|it| database.starts_with(it)) || database.contains('=')
}

/// Parses a connection string. As in psql, an invalid one ends the script.
fn described(conninfo: &str) -> Result<ConnectRequest, Fault> {
    let config: Config = conninfo.parse().map_err(|err| Fault::Final(format!("error: \\connect: {err}")))?;
    let host = config.get_hosts().first().map(|it| match it {
        tokio_postgres::config::Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        tokio_postgres::config::Host::Unix(folder) => folder.display().to_string(),
    });
    Ok(ConnectRequest {
        defaults: ConnectDefaults::First,
        database: config.get_dbname().map(str::to_owned),
        user: config.get_user().map(str::to_owned),
        host,
        address: config.get_hostaddrs().first().map(ToString::to_string),
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
            assert!(is_connection_string(text));
            let request = described(text).unwrap();
            assert_eq!((request.database.as_deref(), request.user.as_deref()), (Some("shop"), Some("app")));
            assert_eq!(request.port.as_deref(), Some("5433"));
            assert_eq!(request.defaults, ConnectDefaults::First);
        }
        assert!(!is_connection_string("x://shop"));
        assert!(matches!(described("dbname=shop x"), Err(Fault::Final(_))));
    }

    #[test]
    fn reuse_previous_takes_the_words_for_yes_and_no() {
        assert!(matches!(reuses("on"), Ok(ConnectDefaults::Present)));
        assert!(matches!(reuses("0"), Ok(ConnectDefaults::First)));
        assert!(matches!(reuses(""), Err(Fault::Step(_))));
    }
}
