//! What other programs find within a container: who gets in, and what its environment tells.

use std::process::Command;

use super::room_or_skip;
use crate::support::{Answer, Room};

/// Runs a program in the container of `main`, as `docker exec` does.
fn exec(room: &Room, words: &[&str]) -> Answer {
    let mut docker = Command::new("docker");
    docker.args(["exec", &room.container("main")]).args(words);
    let output = docker.output().unwrap();
    room.answer(&docker, &output)
}

#[test]
fn every_role_comes_in_from_within_without_a_password_and_from_elsewhere_not() {
    let Some((room, _)) = room_or_skip() else { return };
    room.run(["up"]).done();
    room.run(["content", "create-user", "keycloak", "--database", "vrooli"]).done();
    let ask = "SELECT current_user";
    for host in ["/var/run/postgresql", "127.0.0.1", "localhost"] {
        for user in ["vrooli", "keycloak"] {
            let answer = exec(&room, &["psql", "-XAt", "-h", host, "-U", user, "-d", "vrooli", "-c", ask]);
            assert_eq!(answer.done().stdout.trim(), user, "{host}");
        }
    }
    // By the address that other containers see, and by the port that this machine sees.
    let own = room.container("main");
    exec(&room, &["psql", "-XAtw", "-h", &own, "-U", "vrooli", "-d", "vrooli", "-c", ask]).ended(2);
    let Some(mut psql) = room.psql("main") else { return };
    psql.env_remove("PGPASSWORD").args(["-w", "-c", ask]);
    assert_eq!(psql.output().unwrap().status.code(), Some(2));
}

#[test]
fn a_container_tells_its_user_and_its_database_and_not_its_password() {
    let Some((mut room, _)) = room_or_skip() else { return };
    room.set("POSTGRES_DEFAULT_USER", "owner");
    room.set("POSTGRES_DEFAULT_DB", "orders");
    room.run(["up"]).done();
    let environment = exec(&room, &["env"]).done().stdout;
    let told: Vec<&str> = environment.lines().filter(|it| it.starts_with("POSTGRES_")).collect();
    assert_eq!(told, ["POSTGRES_USER=owner", "POSTGRES_DB=orders"]);
    assert!(!environment.contains(&room.recorded("main", "password")));
}
