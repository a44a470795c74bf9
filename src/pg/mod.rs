//! PostgreSQL as a client sees it: connecting, probing, reading scripts, running SQL, rendering rows.
//!
//! Only this floor knows the driver.

pub mod admin;
pub mod attributes;
pub mod columns;
pub mod connect;
pub mod databases;
pub mod describe;
pub mod duplicate;
pub mod fingerprint;
pub mod form;
pub mod globals;
pub mod hot_copy;
pub mod identifier;
pub mod inside;
pub mod message;
pub mod migrations;
pub mod probe;
pub mod query;
pub mod render;
pub mod roles;
pub mod run;
pub mod script;
pub mod tap;
