//! `content list-instances`.

use crate::support::Room;

#[test]
fn all_instances_are_listed_with_their_states() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["content", "list-instances"]).done(), @"
    no instances
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "list-instances", "--format", "json"]).done(), @r#"
    {"instances":[]}
    [exit 0]
    "#);
    room.run(["up"]).done();
    room.run(["content", "create-instance", "shop", "--template", "ecommerce"]).done();
    room.run(["stop", "--instance", "shop"]).done();
    insta::assert_snapshot!(room.run(["content", "list-instances"]).done(), @"
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  running  5433  vrooli    development  it answers queries
    shop  stopped  5434  vrooli    ecommerce    it was shut down
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "list-instances", "--format", "json"]).done(), @r#"
    {"instances":[{"name":"main","state":"running","healthy":true,"message":"it answers queries","port":5433,"database":"vrooli","user":"vrooli","template":"development","engine":"[engine]","desired":"running"},{"name":"shop","state":"stopped","healthy":false,"message":"it was shut down","port":5434,"database":"vrooli","user":"vrooli","template":"ecommerce","engine":"[engine]","desired":"stopped"}]}
    [exit 0]
    "#);
}
