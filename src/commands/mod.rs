//! The commands, one module each; a group's module lists and dispatches its subcommands.

pub mod connection;
pub mod content;
pub mod contract;
pub mod credentials;
pub mod ensure;
pub mod flat;
pub mod help;
pub mod info;
pub mod logs;
pub mod manage;
pub mod migrate_list;
pub mod migrate_rollback;
pub mod programs;
pub mod seed;
pub mod select;
pub mod status;
pub mod test;
