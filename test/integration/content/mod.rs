//! `content`: what the resource is for.

mod add;
mod create_instance;
mod execute;
mod get;
mod list;
mod list_instances;
mod remove;
