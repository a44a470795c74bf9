//! `manage`: the life of the resource.

mod install;
mod restart;
mod start;
mod stop;
mod uninstall;
