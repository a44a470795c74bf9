//! What a resource leaves in the engine after its life is named.

use std::thread;
use std::time::Duration;

use bollard::models::{ContainerCreateBody, VolumeCreateRequest};
use bollard::query_parameters::{CreateContainerOptionsBuilder, RemoveVolumeOptions};

use crate::docker::{remove, room_or_skip};
use crate::support::docker::finish;
use crate::support::image::image;
use crate::support::living::Living;
use crate::support::living::State::Absent;

#[test]
fn a_container_and_a_volume_that_outlive_their_resource_are_named() {
    let Some((room, docker)) = room_or_skip() else { return };
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
    let (body, options) = (
        ContainerCreateBody { image: Some(image(&docker).reference), ..ContainerCreateBody::default() },
        CreateContainerOptionsBuilder::default().name(&name).build(),
    );
    let volume = VolumeCreateRequest { name: Some(name.clone()), ..VolumeCreateRequest::default() };
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            while !starts.exists() {
                thread::sleep(Duration::from_millis(20));
            }
            finish(docker.create_container(Some(options), body)).unwrap();
            finish(docker.create_volume(volume)).unwrap();
            std::fs::write(&made, "").unwrap();
        });
        let dir = living.dir();
        room.run(["contract", "validate", "--layer", "3", "--allow-lifecycle", dir.to_str().unwrap()])
    });
    remove(&docker, &name);
    finish(docker.remove_volume(&name, None::<RemoveVolumeOptions>)).unwrap();
    assert_eq!(report.code, Some(1), "{report}");
    assert!(report.stdout.contains(&format!("seen     container {name}; volume {name}\n")), "{report}");
}
