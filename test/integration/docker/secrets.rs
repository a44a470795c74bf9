//! The password of an instance in a container: only its record knows it, while it is created and after.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use bollard::Docker;
use bollard::query_parameters::ListContainersOptionsBuilder;

use crate::docker::{room_or_skip, stranger};
use crate::faults::secrets::{Watch, files_with};
use crate::support::docker::{finish, log_if_there};

/// Between two looks: containers live longer, and the engine and the machine have more to do than to be looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks at what the engine tells of each container, and at what each has written, as often as it can.
struct Tellings {
    stop: Arc<AtomicBool>,
    seen: JoinHandle<BTreeSet<String>>,
}

impl Tellings {
    fn begin(docker: &Docker, word: &str) -> Self {
        let (docker, word, stop) = (docker.clone(), word.to_owned(), Arc::new(AtomicBool::new(false)));
        let stopped = stop.clone();
        let seen = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            loop {
                let is_last = stopped.load(Ordering::Relaxed);
                seen.extend(tellings(&docker, &word));
                if is_last {
                    return seen;
                }
                std::thread::sleep(PAUSE);
            }
        });
        Self { stop, seen }
    }

    fn end(self) -> BTreeSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.seen.join().unwrap()
    }
}

/// Where the engine tells a word. Containers go while they are asked for.
fn tellings(docker: &Docker, word: &str) -> Vec<String> {
    let all = ListContainersOptionsBuilder::default().all(true).build();
    let all = finish(docker.list_containers(Some(all))).unwrap();
    let told = all.into_iter().filter_map(|it| it.id).map(|id| {
        let seen = finish(docker.inspect_container(&id, None));
        let inspected = seen.is_ok_and(|it| serde_json::to_string(&it).unwrap().contains(word));
        let logged = log_if_there(docker, &id).unwrap_or_default();
        let places = [(inspected, "what is known of"), (logged.contains(word), "the log of")];
        places.into_iter().filter(|it| it.0).map(move |it| format!("{} {id}", it.1))
    });
    told.flatten().collect()
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap_or_else(|err| panic!("{}: {err}", file.display())).mode() & 0o777
}

#[test]
fn the_password_is_in_no_container_no_log_and_no_process_from_the_creation_on() {
    let Some((mut room, docker)) = room_or_skip() else { return };
    let password = format!("Planted{}", std::process::id());
    fs::create_dir(room.path().join(".vrooli")).unwrap();
    let secrets = room.file(".vrooli/secrets.json", &format!("{{\"POSTGRES_PASSWORD\": \"{password}\"}}"));
    let seeds = room.path().join("seeds");
    room.set("POSTGRES_CACHE_DIR", &seeds.display().to_string());
    let (processes, containers) = (Watch::begin(&password, PAUSE), Tellings::begin(&docker, &password));

    room.set("RESOURCE_POSTGRES_KILL_AT", "booted");
    assert_eq!(room.run(["up"]).code, None);
    room.unset("RESOURCE_POSTGRES_KILL_AT");
    let first = room.instance("main").join("run/first-password");
    assert_eq!(mode(&first), 0o600);
    let throwaway = fs::read_to_string(&first).unwrap();
    assert_ne!(throwaway.trim(), password);
    assert_eq!(tellings(&docker, throwaway.trim()), [""; 0]);

    room.run(["up"]).done();
    assert!(!first.exists(), "the way in is closed");
    for command in [&["credentials"][..], &["uninstall", "--keep-data"], &["up"]] {
        room.run(command).done();
    }
    assert_eq!(room.recorded("main", "password"), password);
    assert_eq!(processes.end(), BTreeSet::new());
    assert_eq!(containers.end(), BTreeSet::new());
    assert_eq!(files_with(&password, room.path()).trim(), secrets);

    assert_eq!(mode(&room.instance("main").join("config/instance.conf")), 0o600);
    for seed in fs::read_dir(&seeds).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_dir()) {
        assert_eq!(mode(&seed.join("password")), 0o600);
    }
}

#[test]
fn the_watch_finds_a_password_that_the_engine_tells() {
    let Some((room, docker)) = room_or_skip() else { return };
    let word = format!("planted{}", std::process::id());
    let containers = Tellings::begin(&docker, &word);
    let planted = stranger(&docker, &room.container(&word));
    assert_eq!(containers.end(), [format!("what is known of {planted}")].into());
}
