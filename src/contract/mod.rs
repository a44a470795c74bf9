//! The contract as typed data.

pub mod commands;
pub mod load;
