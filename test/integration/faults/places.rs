//! Folders: beside the resource, behind a link, and with paths that are long or odd.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use resource_postgres::runtime::Kind;

use crate::support::Room;

/// A folder that looks like the resource's, below one that only root can enter.
pub fn locked_resource(room: &Room) -> PathBuf {
    let parent = room.path().join("locked");
    for file in ["resource/cli.sh", "resource/contract/universal.yaml"] {
        let file = parent.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "").unwrap();
    }
    fs::set_permissions(&parent, fs::Permissions::from_mode(0o700)).unwrap();
    parent.join("resource")
}

#[test]
fn a_resource_in_a_folder_of_everybodys_keeps_its_instances_beside_it() {
    let mut room = Room::new();
    let resource = locked_resource(&room);
    fs::set_permissions(resource.parent().unwrap(), fs::Permissions::from_mode(0o711)).unwrap();
    room.unset("POSTGRES_INSTANCES_DIR");
    room.set("POSTGRES_RESOURCE_DIR", &resource.display().to_string());
    room.run(["up"]).done();
    assert!(resource.join("instances/main/data").is_dir());
}

#[test]
fn a_path_too_long_for_a_socket_and_one_with_odd_characters_work() {
    let mut room = Room::new();
    let long = format!("{}/{}", "d".repeat(100), "e".repeat(100));
    for folder in [long.as_str(), "a b, c'd\"e", "ünï/$HOME/%s"] {
        let instances = room.path().join(folder);
        room.set("POSTGRES_INSTANCES_DIR", &instances.display().to_string());
        room.run(["up"]).done();
        assert_eq!(room.value("main", "SELECT 42"), "42", "{folder}");
        room.run(["manage", "restart"]).done();
        room.run(["status"]).done();
        let socket_dir = room.value("main", "SHOW unix_socket_directories");
        room.run(["manage", "uninstall", "--force"]).done();
        assert!(!instances.exists(), "{folder}");
        // In a container it is the container's own.
        let is_gone = !PathBuf::from(socket_dir.trim_matches('"')).exists();
        assert!(room.kind == Kind::Docker || is_gone, "{socket_dir}");
    }
}

#[test]
fn a_data_directory_behind_a_link_is_as_good_as_any() {
    let room = Room::up();
    room.run(["manage", "stop"]).done();
    let elsewhere = room.path().join("elsewhere");
    fs::rename(room.data("main"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, room.data("main")).unwrap();
    room.run(["manage", "start", "--wait"]).done();
    room.run(["status"]).done();
    room.run(["manage", "restart"]).done();
    room.run(["manage", "stop"]).done();
}
