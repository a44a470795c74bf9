//! `resource-postgres`: isolated PostgreSQL instances behind the Vrooli v2.0 universal contract.
//!
//! A map, from the edge to the ground; each floor may use only what stands below it:
//!
//! - [`cli`]: the command line, typed; it dispatches and prints.
//! - [`commands`]: one module per command of the contract.
//! - [`lifecycle`]: what several commands do with one instance, under its lock.
//! - [`context`]: a command's surroundings; the only reader of the environment.
//! - [`rules`], [`contract`]: pure decisions and the contract's model.
//! - [`engine`], [`instances`], [`backups`], [`timers`], [`pg`], [`shell`], [`room`]: servers, their files, their backups, systemd and cron, the wire, bash, foreign programs; they do not know each other.
//! - [`exit`], [`error`], [`files`], [`checksum`], [`moment`], [`output`], [`paint`], [`progress`], [`replay`], [`wait`], [`settings`], [`runtime`], [`secret`], [`segment`], [`units`]: the words that all others use.

pub mod backups;
pub mod checksum;
pub mod cli;
pub mod commands;
pub mod context;
pub mod contract;
pub mod engine;
pub mod error;
pub mod exit;
pub mod files;
pub mod instances;
pub mod lifecycle;
pub mod moment;
pub mod output;
pub mod paint;
pub mod pg;
pub mod progress;
pub mod replay;
pub mod room;
pub mod rules;
pub mod runtime;
pub mod secret;
pub mod segment;
pub mod settings;
pub mod shell;
pub mod timers;
pub mod units;
pub mod wait;
