//! `content`: what the resource is for.

mod get;
