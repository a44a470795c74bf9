//! The harness: it names the clause that is broken, and no other.

mod bash;
mod behavior;
mod fix;
mod formats;
mod hostile;
mod mutants;
mod new;
mod own;
mod reports;
mod resource;
mod terminal;
