//! `content list`.

use std::fs;

use crate::support::Room;

#[test]
fn list_shows_instances_and_what_is_stored_with_them_in_every_format() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop", "--template", "ecommerce"]).done();
    room.run(["content", "add", "query", "--file", &room.file("all.sql", "SELECT 1")]).done();
    room.run(["content", "add", "--instance", "shop", "--file", &room.file("logo.png", "png")]).done();
    insta::assert_snapshot!(room.run(["content", "list"]).meets("content.list.exit_codes.0"), @"
    NAME      TYPE      INSTANCE  DETAIL
    main      instance            port 5433
    shop      instance            port 5434
    all.sql   query     main      8 bytes
    logo.png  data      shop      3 bytes
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "list", "--format", "json"]).done(), @r#"
    {"instances":[{"name":"main","port":5433,"database":"vrooli","template":"development"},{"name":"shop","port":5434,"database":"vrooli","template":"ecommerce"}],"content":[{"name":"all.sql","type":"query","instance":"main","size_bytes":8},{"name":"logo.png","type":"data","instance":"shop","size_bytes":3}]}
    [exit 0]
    "#);
    insta::assert_snapshot!(room.run(["content", "list", "--format", "yaml"]).done(), @"
    instances:
    - name: main
      port: 5433
      database: vrooli
      template: development
    - name: shop
      port: 5434
      database: vrooli
      template: ecommerce
    content:
    - name: all.sql
      type: query
      instance: main
      size_bytes: 8
    - name: logo.png
      type: data
      instance: shop
      size_bytes: 3
    [exit 0]
    ");
}

#[test]
fn list_of_nothing_is_an_empty_list() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["content", "list"]).done(), @"
    no content
    [exit 0]
    ");
    insta::assert_snapshot!(room.run(["content", "list", "--format", "json"]).done(), @r#"
    {"instances":[],"content":[]}
    [exit 0]
    "#);
}

#[test]
fn a_filter_picks_names_by_pattern() {
    let room = Room::up();
    for name in ["a1.sql", "a2.sql", "b.png"] {
        room.run(["content", "add", "query", "--file", &room.file(name, "SELECT 1")]).done();
    }
    let names = |pattern: &str| {
        let report = room.run(["content", "list", "--format", "json", "--filter", pattern]).done().json();
        let all = report["instances"].as_array().unwrap().iter().chain(report["content"].as_array().unwrap());
        all.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("*"), ["main", "a1.sql", "a2.sql", "b.png"]);
    assert_eq!(names("a?.sql"), ["a1.sql", "a2.sql"]);
    assert_eq!(names("ma*"), ["main"]);
    assert_eq!(names("nothing"), [""; 0]);
    insta::assert_snapshot!(room.run(["content", "list", "--filter", "*.png"]).done(), @"
    NAME   TYPE   INSTANCE  DETAIL
    b.png  query  main      8 bytes
    [exit 0]
    ");
}

#[test]
fn a_record_that_cannot_be_read_fails_the_list() {
    let room = Room::new();
    room.run(["manage", "install"]).done();
    fs::write(room.instance("main").join("config/instance.conf"), "user=\"x\"\n").unwrap();
    insta::assert_snapshot!(room.run(["content", "list"]).meets("content.list.exit_codes.1").failed(), @"
    --- stderr
    error: the record of instance `main` in [room]/instances/main/config/instance.conf cannot be used: port `` is not a port number
    hint: correct the file, or restore it from a backup
    [exit 1]
    ");
}
