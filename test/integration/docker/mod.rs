//! What needs a Docker engine.

mod image;
mod private;
mod unreachable;
