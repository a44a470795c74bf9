//! The harness: it names the clause that is broken, and no other.

mod bash;
mod behavior;
mod formats;
mod hostile;
mod living;
mod mutants;
mod new;
mod own;
mod reports;
mod resource;
mod terminal;
