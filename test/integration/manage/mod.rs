//! `manage`: the life of the resource.

mod stop;
