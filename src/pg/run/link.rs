//! The run's connection: it may be exchanged for another, and what it does may be interrupted.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::output::Out;
use crate::pg::admin;
use crate::pg::connect::{At, Session, Target, cancel, connect};
use crate::pg::query::Failure;
use crate::pg::run::fault::Fault;
use crate::pg::run::meta::connection::{ConnectDefaults, ConnectRequest};
use crate::pg::run::place::Place;
use crate::secret::Secret;
use crate::wait::Signals;

/// Where the server listens.
pub(super) const LOCAL_ADDRESS: &str = "127.0.0.1";
/// How long the server may take to accept another connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// The run's connection.
#[derive(Debug)]
pub struct Link {
    /// The session.
    pub(super) session: Session,
    /// How it was made.
    pub(super) target: Target,
    /// What the server's host was called when it was asked for.
    pub(super) host: String,
    /// The target and the host's name of the run's first connection.
    first: Target,
    first_host: String,
    passwords: Passwords,
    place: Place,
    out: Out,
}

/// The passwords of the server's users, as far as they are known.
pub struct Passwords(Box<LookUp>);

type LookUp = dyn Fn(&str) -> Option<Secret> + Send + Sync;

/// What ends a run before its time: a signal, and a deadline.
#[derive(Debug)]
pub struct Interrupts {
    signals: Signals,
    /// Kept, since a timer for each statement would cost more than to look at this one.
    deadline: Pin<Box<Sleep>>,
    come: Option<Interrupt>,
}

/// What has ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interrupt {
    /// A signal.
    Signal,
    /// The command's time is over.
    Deadline,
}

impl Link {
    /// A run's first connection. `place` is the one that its notices are told with.
    pub fn new(session: Session, target: Target, passwords: Passwords, place: &Place, out: Out) -> Self {
        let host = match &target.at {
            At::Tcp(_) => LOCAL_ADDRESS.to_owned(),
            At::Socket(folder, _) => folder.display().to_string(),
        };
        let (first, first_host) = (target.clone(), host.clone());
        Self { session, target, host, first, first_host, passwords, place: place.clone(), out }
    }

    /// Connects to another database, as another user, or both; the same server must be there still.
    pub(super) async fn change(&mut self, request: &ConnectRequest) -> Result<(), Fault> {
        let target = self.asked(request);
        let host = self.asked_host(request);
        let known = admin::identifier(&self.session).await;
        let refused = |why: String| Fault::Final(format!("error: \\connect: {why}"));
        let session = connect(&target, CONNECT_LIMIT, self.place.notices(self.out)).await;
        let session = session.map_err(|refusal| refused(refusal.told()))?;
        if known != admin::identifier(&session).await {
            return Err(refused("another server has taken the port".to_owned()));
        }
        (self.session, self.target, self.host) = (session, target, host);
        Ok(())
    }

    /// Returns the target that a request asks for.
    fn asked(&self, request: &ConnectRequest) -> Target {
        let mut target = match request.defaults {
            ConnectDefaults::Present => self.target.clone(),
            ConnectDefaults::First => self.first.clone(),
        };
        if let Some(database) = &request.database {
            target.database.clone_from(or_first(database, &self.first.database));
        }
        if let Some(user) = &request.user {
            target.user.clone_from(or_first(user, &self.first.user));
        }
        target.password = request.password.clone().or_else(|| self.password(&target.user));
        if let Some(name) = &request.application_name {
            target.application_name.clone_from(or_first(name, &self.first.application_name));
        }
        target
    }

    /// Returns the name of the host that a request asks for. A connection over a local socket stays there.
    fn asked_host(&self, request: &ConnectRequest) -> String {
        match (&request.host, &self.target.at, request.defaults) {
            (Some(host), At::Tcp(_), _) => or_first(host, &self.first_host).clone(),
            (None, At::Tcp(_), ConnectDefaults::First) => self.first_host.clone(),
            (Some(_) | None, At::Tcp(_) | At::Socket(..), _) => self.host.clone(),
        }
    }

    /// Returns a user's password, if it is known.
    fn password(&self, user: &str) -> Option<Secret> {
        let known = [&self.target, &self.first].into_iter().find(|it| it.user == user);
        known.map_or_else(|| (self.passwords.0)(user), |it| it.password.clone())
    }
}

/// Returns `value`, or `first` if it is empty.
fn or_first<'a>(value: &'a String, first: &'a String) -> &'a String {
    if value.is_empty() { first } else { value }
}

impl Passwords {
    /// Passwords that are looked up by the user's name.
    pub fn known(look_up: impl Fn(&str) -> Option<Secret> + Send + Sync + 'static) -> Self {
        Self(Box::new(look_up))
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords(..)")
    }
}

impl Interrupts {
    /// From now on signals do not end the program.
    pub fn new(deadline: Instant) -> std::io::Result<Self> {
        Ok(Self { signals: Signals::listen()?, deadline: Box::pin(sleep_until(deadline)), come: None })
    }

    /// Waits for what ends the run before its time, and says it in words.
    pub async fn wait(&mut self) -> &'static str {
        let come = self.next().await;
        self.come = Some(come);
        come.told()
    }

    /// What has ended the run, in words; nothing if it goes on.
    pub(super) fn told(&self) -> Option<&'static str> {
        self.come.map(Interrupt::told)
    }

    /// Lets work on a session come to its end, which the server is asked to hasten where a signal or the deadline comes.
    /// Another signal abandons it.
    pub(super) async fn watch<T>(
        &mut self,
        link: &Link,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            come = self.next() => self.come = Some(come),
        }
        cancel(&link.session.client.cancel_token(), &link.target.at).await;
        tokio::select! {
            done = work => done,
            () = self.signal() => Err(Failure::Other("the server may still be at it".to_owned())),
        }
    }

    async fn next(&mut self) -> Interrupt {
        poll_fn(|cx| {
            if self.signals.poll(cx).is_ready() {
                return Poll::Ready(Interrupt::Signal);
            }
            self.deadline.as_mut().poll(cx).map(|()| Interrupt::Deadline)
        })
        .await
    }

    /// Waits for a signal, such as the second one of somebody who does not want to wait.
    pub async fn signal(&mut self) {
        poll_fn(|cx| self.signals.poll(cx)).await;
    }
}

impl Interrupt {
    fn told(self) -> &'static str {
        match self {
            Self::Signal => "interrupted",
            Self::Deadline => "the command's time is over: `--options timeout=SECONDS` gives it more",
        }
    }
}
