//! Connecting to a server, over TCP or its local socket.

use std::collections::VecDeque;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, Connection, NoTls, Notification};

use crate::pg::tap::{Drain, Tap};
use crate::secret::Secret;

/// Whom to connect to, and as whom.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where the server listens.
    pub at: At,
    /// Role.
    pub user: String,
    /// Its password, where the server asks for one.
    pub password: Option<Secret>,
    /// Database.
    pub database: String,
    /// How long the server lets a statement run; its own default if none is given.
    pub statement_timeout: Option<Duration>,
    /// What the server shows the connection as.
    pub application_name: String,
    /// Role to act as, if not `user`.
    pub role: Option<String>,
}

/// The name of our connections.
pub const APPLICATION_NAME: &str = "resource-postgres";

impl Target {
    /// A connection without further wishes.
    pub fn new(at: At, user: &str, password: Option<Secret>, database: &str) -> Self {
        Self {
            at,
            user: user.to_owned(),
            password,
            database: database.to_owned(),
            statement_timeout: None,
            application_name: APPLICATION_NAME.to_owned(),
            role: None,
        }
    }
}

/// Where a server listens.
#[derive(Clone, Debug)]
pub enum At {
    /// A TCP port on 127.0.0.1.
    Tcp(u16),
    /// The local socket in this folder, which is named after the port.
    Socket(PathBuf, u16),
}

/// Why there is no connection.
#[derive(Debug)]
pub enum Refusal {
    /// Nobody listens there.
    NotListening,
    /// Nobody answered in time.
    TimedOut(Duration),
    /// The server said no.
    Server(Box<DbError>),
    /// The system, or somebody who does not speak PostgreSQL.
    Other(String),
}

/// A connection. The server ends it when this is dropped.
#[derive(Debug)]
pub struct Session {
    /// The driver's client.
    pub client: Client,
    /// What the driver does not tell.
    pub drain: Drain,
    /// The server's version, as it says when it greets.
    pub version: String,
    /// The database that it is connected to.
    pub database: String,
    /// What other sessions have notified it of, and nobody has taken yet.
    pub notifications: Notifications,
}

/// What sessions notify each other of, in order of arrival.
#[derive(Clone, Debug, Default)]
pub struct Notifications(Arc<Mutex<VecDeque<Notification>>>);

impl Notifications {
    /// The next one.
    pub fn take(&self) -> Option<Notification> {
        self.lock().pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Notification>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody to hand the server's notices to.
pub type OnNotice = Box<dyn Fn(&DbError) + Send>;

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

impl Session {
    /// The server's version as 15 for 15.18.
    pub fn major(&self) -> u32 {
        let digits: String = self.version.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(14)
    }
}

/// Connects within `limit`. Notices that come later are handed to `on_notice`.
pub async fn connect(target: &Target, limit: Duration, on_notice: OnNotice) -> Result<Session, Refusal> {
    timeout(limit, connect_now(target, on_notice)).await.unwrap_or(Err(Refusal::TimedOut(limit)))
}

async fn connect_now(target: &Target, on_notice: OnNotice) -> Result<Session, Refusal> {
    let (tap, drain) = Tap::new(wire(&target.at).await?);
    let mut config = Config::new();
    config.user(&target.user).dbname(&target.database).application_name(&target.application_name);
    if let Some(password) = &target.password {
        config.password(password.reveal());
    }
    if let Some(options) = options(target) {
        config.options(options);
    }
    let (client, connection) = config.connect_raw(tap, NoTls).await.map_err(refusal)?;
    let version = connection.parameter("server_version").unwrap_or_default().to_owned();
    let notifications = Notifications::default();
    tokio::spawn(drive(connection, on_notice, notifications.clone()));
    Ok(Session { client, drain, version, database: target.database.clone(), notifications })
}

/// Settings for the whole session, as the server's command line has them.
fn options(target: &Target) -> Option<String> {
    let timeout = target.statement_timeout.map(|it| format!("-c statement_timeout={}", it.as_millis()));
    let role =
        target.role.as_ref().map(|it| format!("-c role={}", it.replace('\\', r"\\").replace(' ', r"\ ")));
    let given: Vec<String> = timeout.into_iter().chain(role).collect();
    (!given.is_empty()).then(|| given.join(" "))
}

/// Asks the server to end what a session is doing. That it was asked says nothing about what comes of it.
pub async fn cancel(token: &CancelToken, at: &At) {
    if let Ok(wire) = wire(at).await {
        let _ = token.cancel_query_raw(wire, NoTls).await;
    }
}

async fn wire(at: &At) -> Result<Box<dyn Wire>, Refusal> {
    let opened: io::Result<Box<dyn Wire>> = match at {
        At::Tcp(port) => TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).await.and_then(|stream| {
            stream.set_nodelay(true)?;
            Ok(Box::new(stream) as Box<dyn Wire>)
        }),
        At::Socket(dir, port) => UnixStream::connect(dir.join(format!(".s.PGSQL.{port}")))
            .await
            .map(|it| Box::new(it) as Box<dyn Wire>),
    };
    opened.map_err(|err| match err.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => Refusal::NotListening,
        _ => Refusal::Other(err.to_string()),
    })
}

fn refusal(err: tokio_postgres::Error) -> Refusal {
    match err.as_db_error() {
        Some(said) => Refusal::Server(Box::new(said.clone())),
        None => Refusal::Other(with_cause(&err)),
    }
}

/// The driver's message with its cause: its own text alone says little.
pub fn with_cause(err: &tokio_postgres::Error) -> String {
    match std::error::Error::source(err) {
        Some(cause) => format!("{err}: {cause}"),
        None => err.to_string(),
    }
}

/// Moves bytes until the client is dropped or the server hangs up; the client reports errors itself.
async fn drive(
    connection: Connection<Tap<Box<dyn Wire>>, tokio_postgres::tls::NoTlsStream>,
    on_notice: OnNotice,
    notifications: Notifications,
) {
    let mut connection = pin!(connection);
    while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
        match message {
            AsyncMessage::Notice(notice) => on_notice(&notice),
            AsyncMessage::Notification(it) => notifications.lock().push_back(it),
            _ => {}
        }
    }
}

impl Refusal {
    /// What to tell people.
    pub fn why(&self) -> String {
        match self {
            Self::NotListening => "nobody listens on its port".to_owned(),
            Self::TimedOut(limit) => format!("no answer within {} ms", limit.as_millis()),
            Self::Server(said) => said.message().to_owned(),
            Self::Other(why) => why.clone(),
        }
    }

    /// The same with the server's SQLSTATE.
    pub fn told(&self) -> String {
        let code = self.code().map(|it| format!(" (SQLSTATE {})", it.code())).unwrap_or_default();
        format!("{}{code}", self.why())
    }

    /// Whether the server knows the role with another password.
    pub fn is_wrong_password(&self) -> bool {
        self.code() == Some(&SqlState::INVALID_PASSWORD)
    }

    /// The server's SQLSTATE, if it was the server who refused.
    pub fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Server(said) => Some(said.code()),
            Self::NotListening | Self::TimedOut(_) | Self::Other(_) => None,
        }
    }
}
