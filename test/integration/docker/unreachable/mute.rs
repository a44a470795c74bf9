//! Somebody listens where the engine should be, and is no engine that answers.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

use super::{UNREACHABLE, WRITES, are_refused, read, reads_say_so, record, room_at, writes_are_refused};
use crate::support::Room;

/// How an engine answers the question for its version.
const GREETING: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n{\"ApiVersion\":\"1.41\"}";

/// What becomes of those who ask.
#[derive(Clone, Copy)]
enum Manner {
    /// They are heard and never answered.
    Silent,
    /// They are told the engine's version and nothing else.
    Greeting,
    /// They are told this.
    Saying(&'static str),
}

/// A room with somebody at the engine's socket for as long as the test lasts.
fn room_with(manner: Manner) -> Room {
    let mut room = room_at("");
    let socket = room.path().join("docker.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    room.set("DOCKER_HOST", &format!("unix://{}", socket.display()));
    thread::spawn(move || {
        for caller in listener.incoming().flatten() {
            thread::spawn(move || attend(caller, manner));
        }
    });
    room
}

fn attend(mut caller: UnixStream, manner: Manner) {
    let mut request = [0; 4096];
    while let Ok(length @ 1..) = caller.read(&mut request) {
        let is_greeting = String::from_utf8_lossy(&request[..length]).contains("/version");
        match manner {
            Manner::Greeting if is_greeting => caller.write_all(GREETING.as_bytes()).unwrap(),
            Manner::Greeting | Manner::Silent => {}
            Manner::Saying(text) => {
                let _ = caller.write_all(text.as_bytes());
                return;
            }
        }
    }
}

#[test]
fn an_engine_that_accepts_and_never_answers_is_given_up_in_time_and_nothing_is_touched() {
    let mut room = room_with(Manner::Silent);
    insta::assert_snapshot!(read(&room, &["logs", "shop"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at unix://[room]/docker.sock: no answer within 900 ms
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    reads_say_so(&room);
    writes_are_refused(&room);
    insta::assert_snapshot!(room.run(["content", "create-instance", "new"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at unix://[room]/docker.sock: no answer within 900 ms
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    assert!(!room.instance("new").exists());
    room.set("POSTGRES_RUNTIME", "auto");
    room.run(["content", "create-instance", "new"]).done();
    assert_eq!(room.recorded("new", "engine"), "native");
}

#[test]
fn twenty_instances_of_an_engine_that_never_answers_are_told_in_the_time_of_one() {
    for manner in [Manner::Silent, Manner::Greeting] {
        let room = room_with(manner);
        for number in 3..22 {
            record(&room, &format!("shop{number}"), number);
        }
        let status = read(&room, &["status", "--format", "json"]).ended(1).json();
        assert_eq!(status["total_instances"], 20);
        assert_eq!(status["health_message"].as_str().unwrap().matches(UNREACHABLE).count(), 1);
        let states = status["instances"].as_array().unwrap().iter().map(|it| &it["state"]);
        assert_eq!(states.filter(|it| *it == "unreachable").count(), 20);
        reads_say_so(&room);
        read(&room, &["credentials", "--all", "--format", "json"]).done();
    }
}

#[test]
fn an_engine_that_greets_and_then_never_answers_is_given_up_too_and_nothing_is_touched() {
    let room = room_with(Manner::Greeting);
    insta::assert_snapshot!(read(&room, &["logs", "shop"]).failed(), @"
    --- stderr
    error: Docker engine unreachable at unix://[room]/docker.sock: no answer within 900 ms
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    are_refused(&room, &WRITES[1..3]);
}

#[test]
fn somebody_who_answers_and_is_no_engine_is_told_so_and_nothing_is_touched() {
    let said = |text| {
        let room = room_with(Manner::Saying(text));
        reads_say_so(&room);
        writes_are_refused(&room);
        read(&room, &["logs", "shop"]).failed()
    };
    insta::assert_snapshot!(said("220 mail.example.com ESMTP\r\n"), @"
    --- stderr
    error: Docker engine unreachable at unix://[room]/docker.sock: invalid HTTP version parsed
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    insta::assert_snapshot!(said("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), @"
    --- stderr
    error: Docker engine unreachable at unix://[room]/docker.sock: what answers there is no Docker engine
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
    insta::assert_snapshot!(said("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), @"
    --- stderr
    error: Docker engine unreachable at unix://[room]/docker.sock: its greeting is HTTP status 502
    hint: start Docker, or correct DOCKER_HOST; nothing is lost or changed meanwhile
    [exit 1]
    ");
}
