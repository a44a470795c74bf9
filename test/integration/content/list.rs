//! `content list`.

use std::fs;

use crate::support::{Answer, Room};

/// Two instances with something stored in each.
fn with_content() -> Room {
    let room = Room::up();
    room.run(["content", "create-instance", "shop", "--template", "ecommerce"]).done();
    room.run(["content", "add", "query", "--file", &room.file("all.sql", "SELECT 1")]).done();
    room.run(["content", "add", "--instance", "shop", "--file", &room.file("logo.png", "png")]).done();
    room
}

fn list(room: &Room, format: &str) -> Answer {
    let answer = room.run(["content", "list", "--format", format]);
    answer.hiding("\\b\\d{7,}\\b", "[size]").hiding("\\d{4}-\\d\\d-\\d\\dT[0-9:]+Z", "[time]")
}

#[test]
fn list_shows_instances_and_what_is_stored_with_them_to_people_and_programs() {
    let room = with_content();
    insta::assert_snapshot!(list(&room, "text").meets("content.list.exit_codes.0"), @"
    NAME      TYPE       INSTANCE  DETAIL
    main      instance             port 5433, running
    shop      instance             port 5434, running
    postgres  database   main      owner vrooli, [size] bytes, UTF8
    vrooli    database   main      owner vrooli, [size] bytes, UTF8
    postgres  database   shop      owner vrooli, [size] bytes, UTF8
    vrooli    database   shop      owner vrooli, [size] bytes, UTF8
    vrooli    role       main      login, superuser, creates databases, creates roles
    vrooli    role       shop      login, superuser, creates databases, creates roles
    plpgsql   extension  main      version 1.0, in database vrooli, schema pg_catalog
    plpgsql   extension  shop      version 1.0, in database vrooli, schema pg_catalog
    all.sql   query      main      revision 1, 8 bytes, sha256 e004ebd5b553, stored
    logo.png  data       shop      revision 1, 3 bytes, sha256 8f8cbb7dcf46, stored
    [exit 0]
    ");
    insta::assert_snapshot!(list(&room, "json").done(), @r#"
    {"instances":[{"name":"main","port":5433,"database":"vrooli","template":"development","state":"running"},{"name":"shop","port":5434,"database":"vrooli","template":"ecommerce","state":"running"}],"content":[{"name":"all.sql","type":"query","instance":"main","size_bytes":8,"revision":1,"sha256":"e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5","stored":"[time]","state":"stored","applied":[]},{"name":"logo.png","type":"data","instance":"shop","size_bytes":3,"revision":1,"sha256":"8f8cbb7dcf46e0bc7d53265749a6c17d116093a6ba95e442764060c76fd4a86c","stored":"[time]","state":"stored","applied":[]}],"databases":[{"name":"postgres","instance":"main","owner":"vrooli","encoding":"UTF8","size_bytes":[size]},{"name":"vrooli","instance":"main","owner":"vrooli","encoding":"UTF8","size_bytes":[size]},{"name":"postgres","instance":"shop","owner":"vrooli","encoding":"UTF8","size_bytes":[size]},{"name":"vrooli","instance":"shop","owner":"vrooli","encoding":"UTF8","size_bytes":[size]}],"roles":[{"name":"vrooli","instance":"main","superuser":true,"login":true,"create_database":true,"create_role":true},{"name":"vrooli","instance":"shop","superuser":true,"login":true,"create_database":true,"create_role":true}],"extensions":[{"name":"plpgsql","instance":"main","database":"vrooli","version":"1.0","schema":"pg_catalog"},{"name":"plpgsql","instance":"shop","database":"vrooli","version":"1.0","schema":"pg_catalog"}]}
    [exit 0]
    "#);
}

#[test]
fn list_has_the_same_in_yaml() {
    let room = with_content();
    insta::assert_snapshot!(list(&room, "yaml").done(), @"
    instances:
    - name: main
      port: 5433
      database: vrooli
      template: development
      state: running
    - name: shop
      port: 5434
      database: vrooli
      template: ecommerce
      state: running
    content:
    - name: all.sql
      type: query
      instance: main
      size_bytes: 8
      revision: 1
      sha256: e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5
      stored: '[time]'
      state: stored
      applied: []
    - name: logo.png
      type: data
      instance: shop
      size_bytes: 3
      revision: 1
      sha256: 8f8cbb7dcf46e0bc7d53265749a6c17d116093a6ba95e442764060c76fd4a86c
      stored: '[time]'
      state: stored
      applied: []
    databases:
    - name: postgres
      instance: main
      owner: vrooli
      encoding: UTF8
      size_bytes: [size]
    - name: vrooli
      instance: main
      owner: vrooli
      encoding: UTF8
      size_bytes: [size]
    - name: postgres
      instance: shop
      owner: vrooli
      encoding: UTF8
      size_bytes: [size]
    - name: vrooli
      instance: shop
      owner: vrooli
      encoding: UTF8
      size_bytes: [size]
    roles:
    - name: vrooli
      instance: main
      superuser: true
      login: true
      create_database: true
      create_role: true
    - name: vrooli
      instance: shop
      superuser: true
      login: true
      create_database: true
      create_role: true
    extensions:
    - name: plpgsql
      instance: main
      database: vrooli
      version: '1.0'
      schema: pg_catalog
    - name: plpgsql
      instance: shop
      database: vrooli
      version: '1.0'
      schema: pg_catalog
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
    {"instances":[],"content":[],"databases":[],"roles":[],"extensions":[]}
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
    b.png  query  main      revision 1, 8 bytes, sha256 e004ebd5b553, stored
    [exit 0]
    ");
}

/// Who reads 0 takes the list for all there is.
#[test]
fn a_record_that_cannot_be_read_is_named_and_the_others_are_listed() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    fs::write(room.instance("main").join("config/instance.conf"), "user=\"x\"\n").unwrap();
    insta::assert_snapshot!(room.run(["content", "list", "--filter", "????"]).meets("content.list.exit_codes.1"), @"
    NAME  TYPE      INSTANCE  DETAIL
    main  instance            unreadable: the record of instance `main` in [room]/instances/main/config/instance.conf cannot be used: port `` is not a port number
    shop  instance            port 5434, running
    [exit 1]
    ");
    let report = room.run(["content", "list", "--format", "json"]).ended(1).json();
    assert_eq!(report["instances"][0]["state"], "unreadable");
    assert_eq!(report["databases"][0]["instance"], "shop");
}

#[test]
fn instances_that_do_not_run_are_listed_without_what_only_their_servers_know() {
    let room = Room::up();
    room.run(["content", "add", "--file", &room.file("s.sql", "CREATE TABLE here ();")]).done();
    room.run(["manage", "stop"]).done();
    insta::assert_snapshot!(room.run(["content", "list"]).done(), @"
    NAME   TYPE      INSTANCE  DETAIL
    main   instance            port 5433, stopped
    s.sql  schema    main      revision 1, 21 bytes, sha256 bebf7b047818, unknown
    [exit 0]
    ");
}

#[test]
fn a_database_that_has_an_older_text_makes_content_changed() {
    let room = Room::up();
    let add = |text: &str, database: &str| {
        let file = room.file("s.sql", text);
        room.run(["content", "add", "--file", &file, "--database", database, "--init"]).done()
    };
    add("CREATE TABLE one ();", "a");
    add("CREATE TABLE one ();", "b");
    add("CREATE TABLE two ();", "b");
    insta::assert_snapshot!(room.run(["content", "list", "--filter", "s.sql"]).done(), @"
    NAME   TYPE    INSTANCE  DETAIL
    s.sql  schema  main      revision 2, 20 bytes, sha256 2fd560e87e42, changed
    [exit 0]
    ");
    let report = room.run(["content", "list", "--format", "json", "--filter", "s.sql"]).done().json();
    let applied = report["content"][0]["applied"].as_array().unwrap();
    let states: Vec<_> =
        applied.iter().map(|it| format!("{} {} {}", it["database"], it["revision"], it["state"])).collect();
    insta::assert_snapshot!(states.join("\n"), @r#"
    "a" 1 "changed"
    "b" 2 "applied"
    "#);
}

#[test]
fn a_server_that_hangs_does_not_keep_the_list_from_being_made() {
    let room = Room::up();
    room.run(["content", "create-instance", "shop"]).done();
    let pid = rustix::process::Pid::from_raw(room.pid("main")).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    let begun = std::time::Instant::now();
    let report = room.run(["content", "list", "--format", "json"]).done().json();
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
    assert_eq!(report["instances"][0]["state"], "unresponsive");
    assert_eq!(report["databases"][0]["instance"], "shop");
}
