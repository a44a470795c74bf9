//! Templates: the postgresql.conf that an instance begins with.

use std::fs;
use std::path::PathBuf;

use crate::error::{Error, IoContext, absent_is_none};
use crate::instances::record::networks;

/// The template of an instance that names none.
pub const DEFAULT: &str = "development";

/// The templates that are part of the program.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("development", include_str!("../../config/templates/development.conf")),
    ("ecommerce", include_str!("../../config/templates/ecommerce.conf")),
    ("minimal", include_str!("../../config/templates/minimal.conf")),
    ("production", include_str!("../../config/templates/production.conf")),
    ("real-estate", include_str!("../../config/templates/real-estate.conf")),
    ("saas", include_str!("../../config/templates/saas.conf")),
    ("testing", include_str!("../../config/templates/testing.conf")),
];

/// Where templates come from: a folder whose files replace and extend the built-in ones.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    /// The folder, where there is one.
    pub dir: Option<PathBuf>,
}

impl Templates {
    /// The text of one template.
    pub fn text(&self, name: &str) -> Result<String, Error> {
        let plain =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if let Some(dir) = self.dir.as_ref().filter(|_| plain) {
            let file = dir.join(format!("{name}.conf"));
            let text = absent_is_none(fs::read_to_string(&file)).doing("reading the template", &file)?;
            if let Some(text) = text {
                return Ok(text);
            }
        }
        BUILT_IN
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| Error::NoTemplate { name: name.to_owned(), known: self.names().join(", ") })
    }

    /// The networks that a template's instances join besides the resource's own: `<template>.networks` beside its
    /// file, with names that spaces, commas or line breaks separate, and comments behind `#`.
    pub fn networks(&self, name: &str) -> Result<Vec<String>, Error> {
        let Some(dir) = &self.dir else { return Ok(Vec::new()) };
        let file = dir.join(format!("{name}.networks"));
        let text = absent_is_none(fs::read_to_string(&file)).doing("reading the networks", &file)?;
        let text = text.unwrap_or_default();
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        Ok(lines.flat_map(networks).collect())
    }

    /// The names of all templates, in order.
    pub fn names(&self) -> Vec<String> {
        let in_dir = self.dir.iter().filter_map(|dir| fs::read_dir(dir).ok()).flatten().flatten();
        let stem = |entry: fs::DirEntry| Some(entry.file_name().to_str()?.strip_suffix(".conf")?.to_owned());
        let mut names: Vec<String> =
            in_dir.filter_map(stem).chain(BUILT_IN.iter().map(|(name, _)| (*name).to_owned())).collect();
        names.sort();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_folder_replaces_the_built_in_template() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("minimal.conf"), "# mine\n").unwrap();
        let templates = Templates { dir: Some(dir.path().to_owned()) };
        assert_eq!(templates.text("minimal").unwrap(), "# mine\n");
        assert!(templates.text("saas").unwrap().contains("max_connections"));
    }

    #[test]
    fn the_networks_of_a_template_are_read_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("saas.networks"), "# all\nfront, back # two\nmore\n").unwrap();
        let templates = Templates { dir: Some(dir.path().to_owned()) };
        assert_eq!(templates.networks("saas").unwrap(), ["front", "back", "more"]);
        assert!(templates.networks("minimal").unwrap().is_empty());
    }

    #[test]
    fn an_unknown_template_is_refused_with_the_known_names() {
        let err = Templates::default().text("../etc").unwrap_err();
        assert!(err.to_string().contains("../etc"));
        assert!(err.hint().unwrap().contains("development, ecommerce, minimal"));
    }
}
