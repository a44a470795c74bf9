//! The depths to which a resource is judged.

pub mod syntax;
