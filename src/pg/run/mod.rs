//! What a script's own commands steer: which parts of it are run, and its variables.

pub mod condition;
pub mod variables;
