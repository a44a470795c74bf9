//! The contract's exit codes, and the tests that hold them.

use std::fs;
use std::path::Path;

use resource_postgres::contract::load::{BUILT_IN, Contract};

/// Everything that the integration tests consist of.
fn sources(dir: &Path) -> String {
    let paths = fs::read_dir(dir).unwrap().map(|it| it.unwrap().path());
    paths
        .map(|path| if path.is_dir() { sources(&path) } else { fs::read_to_string(&path).unwrap() })
        .collect()
}

#[test]
fn every_exit_code_of_the_contract_is_met_by_a_test() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("test/integration"));
    let contract = Contract::parse(BUILT_IN).unwrap();
    let codes = contract.leaves().into_iter().flat_map(|(name, command)| {
        let name = name.replace(' ', ".");
        command.exit_codes.keys().map(move |code| format!("{name}.exit_codes.{code}")).collect::<Vec<_>>()
    });
    let unmet: Vec<String> = codes.filter(|clause| !sources.contains(&format!("\"{clause}\""))).collect();
    assert_eq!(unmet, [""; 0]);
}
