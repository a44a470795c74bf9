//! Lists of all objects of a kind, as SQL with psql's columns.
//!
//! - `relations`: tables and their like, their privileges, and what is partitioned.
//! - `cluster`: databases, roles, tablespaces and settings.
//! - `objects`: schemas, extensions, and what else a database has.
//! - `types`: types, domains, casts, collations and conversions.
//! - `routines`: functions, operators and languages.
//! - `access`: access methods, and operators as these know them.
//! - `search`: text search.
//! - `foreign`: foreign data.
//! - `replication`: publications and subscriptions.

pub(super) mod access;
pub(super) mod cluster;
pub(super) mod foreign;
pub(super) mod objects;
pub(super) mod relations;
pub(super) mod replication;
pub(super) mod routines;
pub(super) mod search;
pub(super) mod types;

/// The column of privileges that a list of ACLs is told in.
fn privileges(acl: &str) -> String {
    format!("pg_catalog.array_to_string({acl}, E'\\n') AS \"Access privileges\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::describe::question::Question;

    #[test]
    fn every_version_is_asked_for_the_columns_that_it_has() {
        let ask = |of: fn(&Question<'_>) -> String, major| {
            let question = Question {
                command: "d+",
                major,
                more: true,
                system: false,
                pattern: None,
                further: Vec::new(),
            };
            of(&question)
        };
        for (major, of_collations, of_databases) in [
            (14, "c.collcollate AS \"ICU Locale\"", "NULL AS \"ICU Locale\""),
            (15, "c.colliculocale AS", "d.daticulocale AS"),
            (16, "c.colliculocale AS", "d.daticulocale AS"),
            (17, "c.colllocale AS", "d.datlocale AS"),
            (18, "c.colllocale AS", "d.datlocale AS"),
        ] {
            assert!(ask(types::collations, major).contains(of_collations), "{major}");
            assert!(ask(cluster::databases, major).contains(of_databases), "{major}");
            let is_new = major >= 15;
            assert_eq!(ask(replication::subscriptions, major).contains("subskiplsn"), is_new, "{major}");
            assert_eq!(ask(cluster::parameters, major).contains("pg_parameter_acl"), is_new, "{major}");
        }
    }
}
