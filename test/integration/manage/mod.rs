//! `manage`: the life of the resource.

mod install;
mod start;
mod stop;
