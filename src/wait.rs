//! Waiting on a condition, with a bound and a reason.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep};

use crate::error::Error;

/// For what ends by itself or by its user, where a limit has to be named.
pub const NO_LIMIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What one look at a condition found.
#[derive(Debug)]
pub enum Look<T, E> {
    /// The condition holds.
    Ready(T),
    /// Not yet, and why.
    NotYet(String),
    /// It will never hold: waiting is over now.
    Never(E),
}

impl<T, E> Look<T, E> {
    /// The same look with another find.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Look<U, E> {
        match self {
            Self::Ready(it) => Look::Ready(change(it)),
            Self::NotYet(why) => Look::NotYet(why),
            Self::Never(err) => Look::Never(err),
        }
    }

    /// The same look with another error.
    pub fn map_never<F>(self, change: impl FnOnce(E) -> F) -> Look<T, F> {
        match self {
            Self::Ready(it) => Look::Ready(it),
            Self::NotYet(why) => Look::NotYet(why),
            Self::Never(err) => Look::Never(change(err)),
        }
    }
}

/// Why a wait ended without its condition.
#[derive(Debug)]
pub enum Late<E> {
    /// A look said that it will never hold.
    Never(E),
    /// Time ran out; `last` is the reason that the last look gave.
    TimedOut {
        /// How long the wait was allowed to take.
        limit: Duration,
        /// Why the last look found it not yet so.
        last: String,
    },
}

/// The signals that ask for the end: Ctrl-C, whoever asks the program to end, a terminal that is closed.
#[derive(Debug)]
pub struct Signals(Vec<(Signal, &'static str)>);

impl Signals {
    /// From now on they do not end the program.
    ///
    /// # Errors
    /// Where signals cannot be listened for.
    pub fn listen() -> io::Result<Self> {
        let (int, term, hup) = (SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup());
        let mut all = vec![(signal(int)?, "SIGINT"), (signal(term)?, "SIGTERM")];
        // Whoever has put `nohup` before the command wants it to outlive the terminal.
        if !is_ignored(hup) {
            all.push((signal(hup)?, "SIGHUP"));
        }
        Ok(Self(all))
    }

    /// Whether one has come, by its name.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<&'static str> {
        let come = |(it, name): &mut (Signal, &'static str)| it.poll_recv(cx).is_ready().then_some(*name);
        self.0.iter_mut().find_map(come).map_or(Poll::Pending, Poll::Ready)
    }
}

/// Whether whoever has started the program has had it ignore a signal.
fn is_ignored(kind: SignalKind) -> bool {
    let ignored = procfs::process::Process::myself().and_then(|it| it.status()).map(|it| it.sigign);
    ignored.is_ok_and(|it| it >> (kind.as_raw_value() - 1) & 1 == 1)
}

/// Waits for a signal that asks for the end, and answers its name.
///
/// # Errors
/// Where signals cannot be listened for.
pub async fn interruption() -> io::Result<&'static str> {
    let mut signals = Signals::listen()?;
    Ok(poll_fn(|cx| signals.poll(cx)).await)
}

/// Looks every `pause` until the condition holds, can never hold, or `limit` has passed.
pub async fn until<T, E>(
    limit: Duration,
    pause: Duration,
    mut look: impl AsyncFnMut() -> Look<T, E>,
) -> Result<T, Late<E>> {
    let deadline = Instant::now() + limit;
    loop {
        let last = match look().await {
            Look::Ready(it) => return Ok(it),
            Look::Never(err) => return Err(Late::Never(err)),
            Look::NotYet(why) => why,
        };
        if deadline <= Instant::now() {
            return Err(Late::TimedOut { limit, last });
        }
        sleep(pause).await;
    }
}

/// Does what takes long in a thread of its own, so that whoever waits can give up meanwhile.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|err| Err(Error::Output(io::Error::other(err))))
}

/// What the program waits for just now, so that a command that runs out of time can say it.
#[derive(Clone, Default)]
pub struct Waiting(Arc<Mutex<String>>);

impl Waiting {
    /// Notes what is waited for from here on.
    pub fn on(&self, what: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = what.into();
    }

    /// What was noted last.
    pub fn what(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Waiting({:?})", self.what())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn a_wait_that_times_out_says_what_it_saw_last() {
        let limit = Duration::from_millis(20);
        let late = block_on(until(limit, Duration::from_millis(5), async || {
            Look::<(), ()>::NotYet("connection refused".to_owned())
        }));
        assert!(matches!(late, Err(Late::TimedOut { last, .. }) if last == "connection refused"));
    }

    #[test]
    fn a_wait_ends_at_once_when_the_condition_can_never_hold() {
        let hour = Duration::from_secs(3600);
        let late = block_on(until(hour, hour, async || Look::<(), _>::Never("died")));
        assert!(matches!(late, Err(Late::Never("died"))));
    }
}
