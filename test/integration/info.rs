//! `info`.

use crate::support::Room;

#[test]
fn info_prints_the_facts_of_runtime_json() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["info"]).meets("info.exit_codes.0"), @"
    startup_order: 1000
    startup_timeout: 60
    startup_time_estimate: 10-30s
    dependencies: []
    recovery_attempts: 5
    health_check_retries: 10
    health_check_delay: 3
    priority: critical
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["info", "--json"]).done(), @r#"
    {"startup_order":1000,"startup_timeout":60,"startup_time_estimate":"10-30s","dependencies":[],"recovery_attempts":5,"health_check_retries":10,"health_check_delay":3,"priority":"critical"}
    [exit 0]
    "#);
}
