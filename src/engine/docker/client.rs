//! Reaching the Docker engine: where it listens, how long it may take to answer, and what its errors mean.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bollard::models::{ContainerInspectResponse, ContainerSummary};
use bollard::query_parameters::ListContainersOptionsBuilder;
use bollard::{API_DEFAULT_VERSION, Docker as Api};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::error::Error;

/// Where the engine listens unless somebody says otherwise.
const SOCKET: &str = "/var/run/docker.sock";
/// How long the engine may take to say which version it speaks. A command that only reads has 2 s for everything.
const GREETING_LIMIT: Duration = Duration::from_millis(900);
/// How long it may take to do something.
pub const ACT_LIMIT: Duration = Duration::from_secs(60);
/// bollard's own limit, in seconds, which must not come before ours.
const CLIENT_LIMIT_SECONDS: u64 = 3600;
/// HTTP status of what does not exist.
const NOT_FOUND: u16 = 404;
/// HTTP status of what is so already.
const CONFLICT: u16 = 409;

/// The way to the engine. It is opened once in a command's life, and so is the verdict that nobody is there.
#[derive(Clone, Debug)]
pub struct Client {
    host: String,
    /// Whether nothing hints that this machine has an engine.
    absent: bool,
    /// How long the engine may take to answer a question.
    question_limit: Duration,
    api: Arc<OnceCell<Result<Api, String>>>,
}

impl Client {
    /// A way to `host` (`DOCKER_HOST`), else to the socket of the machine's engine, else to that of the user's.
    /// It has to answer each question within `question_limit`.
    pub fn new(host: Option<String>, runtime_dir: Option<&Path>, question_limit: Duration) -> Self {
        let own = runtime_dir.map(|dir| dir.join("docker.sock"));
        let sockets = [Some(PathBuf::from(SOCKET)), own];
        let found = sockets.into_iter().flatten().find(|it| it.exists());
        let absent = host.is_none() && found.is_none();
        let found = || format!("unix://{}", found.as_deref().unwrap_or(Path::new(SOCKET)).display());
        Self { host: host.unwrap_or_else(found), absent, question_limit, api: Arc::default() }
    }

    /// Whether nothing hints that this machine has an engine: neither a setting nor a socket.
    pub fn is_absent(&self) -> bool {
        self.absent
    }

    /// The engine's interface, in the version that both sides speak.
    pub async fn api(&self) -> Result<&Api, Error> {
        let connected = self.api.get_or_init(|| greet(&self.host)).await;
        connected.as_ref().map_err(|why| self.unreachable(why.clone()))
    }

    /// What the engine answers to a question.
    pub async fn ask<T>(
        &self,
        doing: &str,
        request: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<T, Error> {
        self.within(doing, self.question_limit, request).await
    }

    /// What the engine answers within `limit`.
    pub async fn within<T>(
        &self,
        doing: &str,
        limit: Duration,
        request: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<T, Error> {
        match timeout(limit, request).await {
            Ok(Ok(it)) => Ok(it),
            Ok(Err(err)) => Err(self.failed(doing, &err)),
            Err(_) => Err(self.unreachable(silent(limit))),
        }
    }

    /// What the engine answers to a question, where it is no error that what was meant does not exist.
    pub async fn find<T>(
        &self,
        doing: &str,
        request: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<Option<T>, Error> {
        let found = async {
            match request.await {
                Err(err) if status(&err) == Some(NOT_FOUND) => Ok(None),
                other => other.map(Some),
            }
        };
        self.ask(doing, found).await
    }

    /// The same, where it is no error that it is so already, or that there is nothing to do it to.
    pub async fn settle<T>(
        &self,
        doing: &str,
        limit: Duration,
        request: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<(), Error> {
        let settled = async {
            match request.await {
                Err(err) if matches!(status(&err), Some(NOT_FOUND | CONFLICT)) => Ok(()),
                other => other.map(drop),
            }
        };
        self.within(doing, limit, settled).await
    }

    /// The container of this id or name, if there is one.
    pub async fn container(&self, id: &str) -> Result<Option<ContainerInspectResponse>, Error> {
        let inspected = self.api().await?.inspect_container(id, None);
        self.find(&format!("looking at container `{id}`"), inspected).await
    }

    /// All containers that pass a filter of the engine's (`label`, `network`), running or not; without one all.
    pub async fn containers(&self, filter: Option<(&str, String)>) -> Result<Vec<ContainerSummary>, Error> {
        let filters: HashMap<_, _> = filter.into_iter().map(|(name, value)| (name, vec![value])).collect();
        let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
        let listed = self.api().await?.list_containers(Some(options));
        self.ask("listing the containers", listed).await
    }

    /// What an error of the engine's, or on the way to it, means to people.
    pub fn failed(&self, doing: &str, err: &bollard::errors::Error) -> Error {
        match said(err) {
            Some(said) => Error::EngineRefused { doing: doing.to_owned(), said },
            None => self.unreachable(with_causes(err)),
        }
    }

    fn unreachable(&self, why: String) -> Error {
        Error::EngineUnreachable { at: self.host.clone(), why }
    }
}

async fn greet(host: &str) -> Result<Api, String> {
    let api = connect(host)?;
    match timeout(GREETING_LIMIT, api.negotiate_version()).await {
        Ok(Ok(api)) => Ok(api),
        Ok(Err(err)) => Err(ungreeted(&err)),
        Err(_) => Err(silent(GREETING_LIMIT)),
    }
}

fn connect(host: &str) -> Result<Api, String> {
    let over_http = ["tcp://", "http://"].iter().any(|scheme| host.starts_with(scheme));
    let api = match host.strip_prefix("unix://") {
        Some(path) if !is_there(path)? => return Err("there is no such socket".to_owned()),
        Some(_) => Api::connect_with_unix(host, CLIENT_LIMIT_SECONDS, API_DEFAULT_VERSION),
        None if over_http => Api::connect_with_http(host, CLIENT_LIMIT_SECONDS, API_DEFAULT_VERSION),
        None => return Err("it is not of the form unix:///path or tcp://host:port".to_owned()),
    };
    api.map_err(|err| err.to_string())
}

/// A folder that may not be looked into may hold the socket.
fn is_there(path: &str) -> Result<bool, String> {
    Path::new(path).try_exists().map_err(|err| err.kind().to_string())
}

fn silent(limit: Duration) -> String {
    format!("no answer within {} ms", limit.as_millis())
}

/// Why there was no greeting. Somebody else may listen there, or stand in between.
fn ungreeted(err: &bollard::errors::Error) -> String {
    use bollard::errors::Error as Failure;
    match (err, said(err).filter(|it| !it.is_empty())) {
        (Failure::DockerResponseServerError { status_code, .. }, Some(said)) => {
            format!("its greeting is HTTP status {status_code}: {said}")
        }
        (Failure::DockerResponseServerError { status_code, .. }, None) => {
            format!("its greeting is HTTP status {status_code}")
        }
        (Failure::JsonDataError { .. } | Failure::JsonSerdeError { .. }, _) => {
            "what answers there is no Docker engine".to_owned()
        }
        _ => with_causes(err),
    }
}

/// The HTTP status of an answer that was not the one hoped for.
fn status(err: &bollard::errors::Error) -> Option<u16> {
    match err {
        bollard::errors::Error::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

/// The engine's own words, if it was the engine who said no.
pub fn said(err: &bollard::errors::Error) -> Option<String> {
    use bollard::errors::Error as Refusal;
    match err {
        Refusal::DockerResponseServerError { message, .. } => Some(one_line(message)),
        Refusal::DockerStreamError { error } | Refusal::DockerContainerWaitError { error, .. } => {
            Some(one_line(error))
        }
        _ => None,
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The deepest cause says what happened; the layers above it only where.
fn with_causes(err: &bollard::errors::Error) -> String {
    let mut cause: &dyn std::error::Error = err;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    match cause.downcast_ref::<std::io::Error>() {
        Some(io) if io.raw_os_error().is_some() => io.kind().to_string(),
        _ => one_line(&cause.to_string()),
    }
}
