//! This resource itself.

use crate::contract::resource::judge;
use crate::{read_json, resource};

#[test]
fn this_resource_keeps_every_clause_that_can_be_read() {
    let judgment = judge(&resource(""));
    // git does not keep what a group may do: that is the umask of whoever cloned it, and advice only.
    assert_eq!(judgment.errors(), 0, "{:#?}", judgment.findings);
}

#[test]
fn the_estimate_of_the_start_ends_before_its_time_is_over() {
    let facts = read_json("config/runtime.json");
    let estimate = facts["startup_time_estimate"].as_str().unwrap().trim_end_matches('s');
    let (_, most) = estimate.split_once('-').unwrap();
    let most: u64 = most.parse().unwrap();
    assert!(most <= facts["startup_timeout"].as_u64().unwrap(), "{estimate}");
}
