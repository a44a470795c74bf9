//! What a resource leaves in the engine after its life is named.

use std::fs;
use std::thread;
use std::time::Duration;

use bollard::Docker;
use bollard::models::{ContainerCreateBody, VolumeCreateRequest};
use bollard::query_parameters::{CreateContainerOptionsBuilder, RemoveVolumeOptions};

use crate::docker::{remove, room_or_skip};
use crate::support::docker::finish;
use crate::support::image::image;
use crate::support::living::Living;
use crate::support::living::State::Absent;
use crate::support::{Answer, Room};

// One test, since containers have their names on the whole machine.
#[test]
fn what_has_a_resources_name_keeps_it_from_being_judged_and_is_named_if_it_is_left() {
    let Some((room, docker)) = room_or_skip() else { return };
    left_alone(&room, &docker);
    left_behind(&room, &docker);
}

fn left_alone(room: &Room, docker: &Docker) {
    let living = Living::new(Absent);
    living.answers("'manage install'|'manage uninstall --force') touch \"${0%/*}/managed\"; exit 1 ;;");
    let name = format!("thing_{}", std::process::id());
    create(docker, &name);
    let report = judge(room, &living);
    remove(docker, &name);
    let why = format!("skipped: there is a container {name} of it, which is not to be lost\n");
    assert!(report.stdout.contains(&why), "{report}");
    assert!(!living.dir().join("managed").exists());
}

fn left_behind(room: &Room, docker: &Docker) {
    let living = Living::new(Absent);
    let (starts, made) =
        (living.state_dir().with_extension("starts"), living.state_dir().with_extension("made"));
    // As the resource would make them, and this test does in its place: it has no program for it.
    living.answers(&format!(
        "'manage start --wait') touch '{}'; until [[ -e '{}' ]]; do sleep 0.02; done ;;",
        starts.display(),
        made.display()
    ));
    let name = format!("vrooli-thing-{}", std::process::id());
    let volume = VolumeCreateRequest { name: Some(name.clone()), ..VolumeCreateRequest::default() };
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            while !starts.exists() {
                thread::sleep(Duration::from_millis(20));
            }
            create(docker, &name);
            finish(docker.create_volume(volume)).unwrap();
            fs::write(&made, "").unwrap();
        });
        judge(room, &living)
    });
    remove(docker, &name);
    finish(docker.remove_volume(&name, None::<RemoveVolumeOptions>)).unwrap();
    assert_eq!(report.code, Some(1), "{report}");
    assert!(report.stdout.contains(&format!("seen     container {name}; volume {name}\n")), "{report}");
}

/// A container that does not run.
fn create(docker: &Docker, name: &str) {
    let body = ContainerCreateBody { image: Some(image(docker).reference), ..ContainerCreateBody::default() };
    let options = CreateContainerOptionsBuilder::default().name(name).build();
    finish(docker.create_container(Some(options), body)).unwrap();
}

fn judge(room: &Room, living: &Living) -> Answer {
    let dir = living.dir();
    room.run(["contract", "validate", "--layer", "3", "--allow-lifecycle", dir.to_str().unwrap()])
}
