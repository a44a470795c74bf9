//! Upgrades in containers: from one image to another.

use resource_postgres::runtime::Kind;

use crate::docker::{assert_kept, keep};
use crate::support::docker::docker_or_skip;
use crate::support::image::{image, image_of};
use crate::support::{Room, later_or_skip};

#[test]
fn a_container_gets_a_successor_of_another_image_that_takes_its_place() {
    let Some(docker) = docker_or_skip() else { return };
    let old = image(&docker);
    let Some((new, bin)) = later_or_skip(old.major).and_then(|mut it| it.pop()) else { return };
    let later = image_of(&docker, bin).reference;
    let room = Room::on(Kind::Docker);
    room.run(["up"]).done();
    keep(&room);
    room.run(["content", "create-user", "app", "--database", "vrooli"]).done();
    let to = new.to_string();
    let upgrade = ["content", "upgrade", "main", "--to", &to];
    let shown = |args: &[&str]| {
        let answer = room.run(upgrade.iter().chain(args));
        let (old, new) = (format!(r"\b{}\b", old.major), format!(r"\b{new}\b"));
        answer.hiding(&new, "NEW").hiding(&old, "OLD")
    };
    let mut said = String::new();
    for args in [&["--method", "pg_upgrade"][..], &["--image", &old.reference], &["--image", &later]] {
        said += &format!("{}\n", shown(args));
    }
    insta::assert_snapshot!(said, @"
    --- stderr
    error: instance `main` cannot be upgraded: an image holds the programs of one major version, and pg_upgrade needs two
    hint: `--method dump` works in containers too
    [exit 1]
    --- stderr
    error: instance `main` cannot be upgraded: image `postgres:OLD-alpine` holds PostgreSQL OLD
    hint: `--image` names one of PostgreSQL NEW that is here or can be fetched
    [exit 1]
    --- stderr
    `main-NEW` runs PostgreSQL NEW on port 5434 with what `main` (OLD) had when it was read; what is written there since is not in it
    next: resource-postgres content upgrade main --confirm; or content remove --name main-NEW --force
    [exit 0]
    ");
    room.run(["content", "upgrade", "main", "--confirm", "--yes"]).done();
    assert_kept(&room);
    assert_eq!(room.recorded("main", "image"), later);
    assert_eq!(room.recorded("main", "port"), room.port.to_string());
    room.run(["content", "get", "--as-env", "--user", "app"]).done();
    let aside = format!("main-{}", old.major);
    room.run(["start", "--instance", &aside]).done();
    assert_eq!(room.recorded(&aside, "image"), old.reference);
    assert_eq!(room.value(&aside, "SELECT answer FROM kept"), "42");
}
