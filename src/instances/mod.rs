//! Instances on disk: their names, records, locks, ports and templates.

pub mod artifacts;
pub mod conf;
pub mod name;
pub mod passwords;
pub mod ports;
pub mod record;
pub mod store;
pub mod templates;
