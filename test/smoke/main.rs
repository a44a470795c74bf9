//! Smoke: within seconds, is the program well enough to go on?
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

#[path = "../support/mod.rs"]
mod support;

use support::Room;

#[test]
fn one_command_gives_a_database_that_answers_a_query() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["up"]), @"");
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 1 AS one"]), @"");
    insta::assert_snapshot!(room.run(["status"]), @"");
}
