//! Rules: pure decisions, each a table that can be read and tested without a world.

pub mod copied;
pub mod drift;
pub mod judge;
pub mod limits;
pub mod lint;
pub mod nearest;
pub mod plan;
pub mod schedule;
pub mod summary;
pub mod window;
