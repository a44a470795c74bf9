//! What needs a Docker engine.

mod image;
