//! The depths to which a resource is judged.

pub mod behavior;
pub mod integration;
pub mod syntax;
