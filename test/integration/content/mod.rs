//! `content`: what the resource is for.

mod add;
pub mod backups;
pub mod clone;
mod create_database;
mod create_instance;
mod create_user;
mod execute;
mod get;
mod interrupted;
mod list;
mod list_instances;
pub mod migrate;
mod names;
mod remove;
mod remove_database;
mod remove_user;
mod scripts;
pub mod upgrade;
