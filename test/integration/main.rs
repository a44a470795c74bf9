//! Integration: does all of it work together, on real servers?
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop where it stands"
)]

#[path = "../support/mod.rs"]
mod support;

mod faults;
