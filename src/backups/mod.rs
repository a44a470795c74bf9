//! Backups on disk: folders that are whole or not there, each with what is to be known of it.

pub mod archive;
pub mod folder;
pub mod manifest;
pub mod metadata;
pub mod name;
pub mod points;
pub mod schedule;
