//! The run's connection: it may be exchanged for another, and what it does may be interrupted.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::output::Out;
use crate::pg::admin;
use crate::pg::connect::{Session, Target, cancel, connect};
use crate::pg::query::Failure;
use crate::pg::run::fault::Fault;
use crate::pg::run::place::Place;

/// How long the server may take to accept another connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// The run's connection.
#[derive(Debug)]
pub struct Link {
    /// The session.
    pub(super) session: Session,
    /// How it was made.
    pub(super) target: Target,
    place: Place,
    out: Out,
}

/// What ends a run before its time: Ctrl-C, whoever asks the program to end, and a deadline.
#[derive(Debug)]
pub(super) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    /// Kept, since a timer for each statement would cost more than to look at this one.
    deadline: Pin<Box<Sleep>>,
    come: Option<Interrupt>,
}

/// What has ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// A signal.
    Signal,
    /// The command's time is over.
    Deadline,
}

impl Link {
    /// A run's first connection. `place` is the one that its notices are told with.
    pub fn new(session: Session, target: Target, place: &Place, out: Out) -> Self {
        Self { session, target, place: place.clone(), out }
    }

    /// Connects to another database, as another user, or both; the same server must be there still.
    pub(super) async fn change(&mut self, database: Option<&str>, user: Option<&str>) -> Result<(), Fault> {
        let mut target = self.target.clone();
        if let Some(database) = database {
            database.clone_into(&mut target.database);
        }
        if let Some(user) = user.filter(|it| *it != target.user) {
            user.clone_into(&mut target.user);
            // It belongs to another user.
            target.password = None;
        }
        let known = admin::identifier(&self.session).await;
        let refused = |why: String| Fault::Final(format!("error: \\connect: {why}"));
        let session = connect(&target, CONNECT_LIMIT, self.place.notices(self.out)).await;
        let session = session.map_err(|refusal| refused(refusal.told()))?;
        if known != admin::identifier(&session).await {
            return Err(refused("another server has taken the port".to_owned()));
        }
        (self.session, self.target) = (session, target);
        Ok(())
    }
}

impl Interrupts {
    /// From now on these signals do not end the program.
    pub(super) fn new(deadline: Instant) -> std::io::Result<Self> {
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, deadline: Box::pin(sleep_until(deadline)), come: None })
    }

    /// What has ended the run, in words; nothing if it goes on.
    pub(super) fn told(&self) -> Option<&'static str> {
        self.come.map(|it| match it {
            Interrupt::Signal => "interrupted",
            Interrupt::Deadline => "the command's time is over: `--options timeout=SECONDS` gives it more",
        })
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
            if self.poll_signal(cx).is_ready() {
                return Poll::Ready(Interrupt::Signal);
            }
            self.deadline.as_mut().poll(cx).map(|()| Interrupt::Deadline)
        })
        .await
    }

    async fn signal(&mut self) {
        poll_fn(|cx| self.poll_signal(cx)).await;
    }

    fn poll_signal(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match (self.interrupt.poll_recv(cx), self.terminate.poll_recv(cx)) {
            (Poll::Pending, Poll::Pending) => Poll::Pending,
            (Poll::Ready(_), _) | (_, Poll::Ready(_)) => Poll::Ready(()),
        }
    }
}
