//! What a server that failed has said, and what of it tells why.

use crate::engine::Death;

/// Reads out of a dead server's last words why it died.
pub fn death(said: &str) -> Death {
    if said.contains("Address already in use") {
        return Death::PortTaken;
    }
    if ["shared memory block", "already exists", "is in use"].iter().any(|it| said.contains(it)) {
        return Death::Leftovers;
    }
    Death::Other(telling(said))
}

/// Whether a server ended because of its configuration.
pub fn speaks_of_configuration(said: &str) -> bool {
    [
        "contains errors",
        "parameter \"",
        "could not load library",
        "could not access file",
        "must be less than",
    ]
    .iter()
    .any(|it| said.lines().any(|line| !line.contains("LOG:  parameter") && line.contains(it)))
}

/// The lines of a server's output that tell what is wrong, joined into one.
pub fn telling(said: &str) -> String {
    let message = |line: &str| {
        let at = ["LOG:  ", "FATAL:  ", "PANIC:  ", "ERROR:  "]
            .iter()
            .find_map(|it| Some(line.find(it)? + it.len()));
        let text = line.get(at?..)?.trim();
        let noise = ["starting PostgreSQL", "database system is shut down", "could not stat promote"];
        (!noise.iter().any(|it| text.starts_with(it))).then(|| text.to_owned())
    };
    let fatal = |line: &&str| ["FATAL:", "PANIC:", "ERROR:"].iter().any(|it| line.contains(it));
    let of_setting =
        |line: &&str| [" line ", "parameter \"", "configuration file"].iter().any(|it| line.contains(it));
    let fatal: Vec<String> = said.lines().filter(fatal).filter_map(message).collect();
    let setting = said.lines().filter(of_setting).find_map(message);
    let mut lines: Vec<String> = setting.into_iter().chain(fatal).collect();
    lines.dedup();
    // Where a line says which error a configuration file contains, that it contains errors is no news.
    if lines.len() > 1 {
        lines.retain(|line| !line.ends_with("contains errors"));
    }
    match lines.is_empty() {
        false => lines.join("; "),
        true => last_line(said),
    }
}

/// What a server says before it has a log is prefixed with its name only. In a container others speak beside it.
fn last_line(said: &str) -> String {
    let mut lines = said.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    let of_server = lines.clone().find_map(|line| line.strip_prefix("postgres: "));
    of_server.or(lines.next()).unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_has_no_log_yet_is_heard_among_others() {
        let said =
            "entrypoint: begins\npostgres: x (3) must be less than y (2)\n\nentrypoint: begins again\n";
        assert_eq!(telling(said), "x (3) must be less than y (2)");
        assert_eq!(telling("initdb: failed\n"), "initdb: failed");
        assert_eq!(telling("\n"), "it said nothing");
    }

    #[test]
    fn a_server_that_found_its_port_taken_is_told_from_one_that_failed() {
        let taken = "LOG:  could not bind IPv4 address \"127.0.0.1\": Address already in use\nFATAL:  could not create any TCP/IP sockets\n";
        assert_eq!(death(taken), Death::PortTaken);
        let bad = "2026 [1] LOG:  unrecognized configuration parameter \"x\" in file \"/c/postgresql.conf\" line 3\n2026 [1] FATAL:  configuration file \"/c/postgresql.conf\" contains errors\n";
        assert_eq!(
            death(bad),
            Death::Other(
                "unrecognized configuration parameter \"x\" in file \"/c/postgresql.conf\" line 3".to_owned()
            )
        );
    }
}
