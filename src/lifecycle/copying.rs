//! Working through many files while somebody watches, or gives up.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use crate::context::Ctx;
use crate::engine::copy::Tally;
use crate::error::Error;
use crate::progress::{PACE, Progress};
use crate::rules::copied::told;

/// A copy that goes on in a thread of its own, and gives up when nobody waits for it any more.
struct Going(Arc<Tally>);

impl Drop for Going {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

/// Reads for long in a thread of its own, so that whoever waits can give up meanwhile.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let worked = tokio::task::spawn_blocking(work);
    worked.await.map_err(|err| Error::Output(io::Error::other(err)))?
}

/// Copies, and shows how far it is, for as long as that makes sense.
pub async fn copied(
    ctx: &Ctx,
    copy: impl FnOnce(&Tally) -> Result<(), Error> + Send + 'static,
    is_lost: impl Fn() -> bool,
) -> Result<(), Error> {
    let going = Going(Arc::new(Tally::default()));
    let theirs = going.0.clone();
    let mut copying = tokio::task::spawn_blocking(move || copy(&theirs));
    let (mut progress, begun) = (Progress::to(ctx.out), Instant::now());
    loop {
        tokio::select! {
            copied = &mut copying => return copied.map_err(|err| Error::Output(io::Error::other(err)))?,
            () = tokio::time::sleep(PACE) => {}
        }
        if is_lost() {
            going.0.give_up();
        }
        progress.show(|| told(going.0.now(), begun.elapsed()));
    }
}
