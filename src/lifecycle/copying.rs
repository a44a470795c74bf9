//! Copying many files while somebody watches, or gives up.

use std::pin::pin;
use std::sync::Arc;

use crate::context::Ctx;
use crate::engine::copy::Tally;
use crate::error::Error;
use crate::progress::{PACE, shown};
use crate::rules::copied::told;
use crate::wait::aside;

/// A copy that goes on in a thread of its own, and gives up when nobody waits for it any more.
struct Going(Arc<Tally>);

impl Drop for Going {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

/// Copies, and shows how far it is, for as long as that makes sense.
pub async fn copied(
    ctx: &Ctx,
    copy: impl FnOnce(&Tally) -> Result<(), Error> + Send + 'static,
    is_lost: impl Fn() -> bool,
) -> Result<(), Error> {
    let going = Going(Arc::new(Tally::default()));
    let theirs = going.0.clone();
    let work = async {
        let mut copying = pin!(aside(move || copy(&theirs)));
        loop {
            tokio::select! {
                copied = &mut copying => return copied,
                () = tokio::time::sleep(PACE) => {}
            }
            if is_lost() {
                going.0.give_up();
            }
        }
    };
    shown(ctx.out, work, |elapsed| told(going.0.now(), elapsed)).await
}
