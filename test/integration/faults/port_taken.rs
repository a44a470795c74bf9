//! Ports that a stranger took: one that we chose moves and says so, one that the user chose is never changed.

use std::io::{Read, Write};
use std::net::TcpListener;

use crate::support::Room;

#[test]
fn a_port_of_our_choice_moves_out_of_a_strangers_way_and_says_so() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE TABLE kept AS SELECT 42 AS answer"]).done();
    room.run(["manage", "stop"]).done();
    let _stranger = TcpListener::bind(("127.0.0.1", room.port)).unwrap();
    insta::assert_snapshot!(room.run(["manage", "start", "--wait"]), @"
    --- stderr
    port 5433 of `main` is taken by [test] (pid [pid]): it moves to port 5434
    `main` is running on port 5434
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
    assert_eq!(room.recorded("main", "port"), (room.port + 1).to_string());
    room.run(["manage", "start"]).skipped();
}

#[test]
fn a_port_of_the_users_choice_is_not_changed_and_its_taker_is_named() {
    let room = Room::new();
    let port = room.port + 7;
    room.run(["content", "create-instance", "shop", "--port", &port.to_string()]).done();
    room.run(["manage", "stop", "--instance", "shop"]).done();
    let stranger = TcpListener::bind(("0.0.0.0", port)).unwrap();
    insta::assert_snapshot!(room.run(["manage", "start", "--wait", "--instance", "shop"]).failed(), @"
    --- stderr
    error: port 5440 is taken by [test] (pid [pid])
    hint: end that program, or choose another port
    [exit 1]
    ");
    assert_eq!(room.state("shop"), "stopped");
    drop(stranger);
    room.run(["manage", "start", "--wait", "--instance", "shop"]).done();
    assert_eq!(room.recorded("shop", "port"), port.to_string());
}

#[test]
fn a_port_that_is_taken_is_not_given_to_a_new_instance() {
    let room = Room::new();
    let _stranger = TcpListener::bind(("127.0.0.1", room.port)).unwrap();
    let port = room.port.to_string();
    insta::assert_snapshot!(room.run(["content", "create-instance", "shop", "--port", &port]).failed(), @"
    --- stderr
    error: port 5433 is taken by [test] (pid [pid])
    hint: end that program, or choose another port
    [exit 1]
    ");
    assert!(!room.instance("shop").exists());
    insta::assert_snapshot!(room.run(["content", "create-instance", "shop"]), @"
    --- stderr
    `shop` is running on port 5434 and has answered a query
    [exit 0]
    ");
}

#[test]
#[expect(clippy::print_stdout, reason = "a test that cannot run here says so")]
fn a_stranger_on_the_same_port_of_ipv6_would_get_the_clients_of_localhost() {
    let room = Room::new();
    let Ok(_stranger) = TcpListener::bind(("::1", room.port)) else {
        println!("skipped: no IPv6");
        return;
    };
    room.run(["up"]).done();
    assert_eq!(room.recorded("main", "port"), (room.port + 1).to_string());
}

#[test]
fn a_range_without_a_free_port_is_said() {
    let mut room = Room::new();
    let _stranger = TcpListener::bind(("127.0.0.1", room.port)).unwrap();
    room.set("POSTGRES_INSTANCE_PORT_RANGE_END", &room.port.to_string());
    insta::assert_snapshot!(room.run(["up"]).failed(), @"
    --- stderr
    error: no port from 5433 to 5433 is free
    hint: widen POSTGRES_INSTANCE_PORT_RANGE_START/END, or end the programs that listen there
    [exit 1]
    ");
    assert!(!room.instance("main").exists());
}

/// A stranger who speaks enough of PostgreSQL's protocol to ask for the password in clear text, and what it is told.
fn curious_stranger(port: u16) -> std::thread::JoinHandle<Vec<u8>> {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut startup = [0; 1024];
        assert_ne!(client.read(&mut startup).unwrap(), 0);
        client.write_all(b"R\0\0\0\x08\0\0\0\x03").unwrap();
        let mut told = Vec::new();
        let _ = client.read_to_end(&mut told);
        told
    })
}

#[test]
fn a_stranger_on_the_port_of_a_stopped_instance_is_not_told_its_password() {
    let room = Room::up();
    room.run(["manage", "stop"]).done();
    let stranger = curious_stranger(room.port);
    insta::assert_snapshot!(room.run(["content", "execute", "SELECT 1"]).failed(), @"
    --- stderr
    error: instance `main` is stopped
    hint: `resource-postgres start --instance main` starts it
    [exit 1]
    ");
    assert_eq!(String::from_utf8_lossy(&stranger.join().unwrap()), "");
}
