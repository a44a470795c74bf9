//! Backups on disk: folders that are whole or not there, each with what is to be known of it.

pub mod folder;
pub mod metadata;
pub mod name;
pub mod schedule;
