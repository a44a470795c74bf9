//! Timers that follow schedules: what systemd and cron are told, and what is left of it.

use std::fs;
use std::path::Path;

use resource_postgres::runtime::Kind;

use crate::support::{Room, is_root};

/// A program that writes down what it is told, and its environment.
const SYSTEMCTL: &str = "#!/bin/sh\n\
    echo \"systemctl $*\" >>\"$HOME/told\"; /usr/bin/env >>\"$HOME/environment\"\n\
    case \"$*\" in *is-system-running) echo degraded; exit 1 ;; esac\n\
    case \"$*\" in *enable*) if [ -e \"$HOME/refuse\" ]; then echo 'Failed to enable unit' >&2; exit 1; fi ;; esac\n";
/// One that keeps a crontab.
const CRONTAB: &str = "#!/bin/sh\n\
    /usr/bin/env >>\"$HOME/environment\"\n\
    case \"$1\" in -) exec /bin/cat >\"$HOME/crontab\" ;; esac\n\
    if [ -e \"$HOME/closed\" ]; then echo 'you are not allowed to use this program' >&2; exit 1; fi\n\
    if [ -e \"$HOME/crontab\" ]; then exec /bin/cat \"$HOME/crontab\"; fi\n\
    echo 'no crontab for nobody' >&2; exit 1\n";

/// A room of an ordinary user whose machine has only these programs.
fn room(programs: &[(&str, &str)]) -> Room {
    let mut room = Room::of_nobody_on(Kind::Native);
    for name in [
        "POSTGRES_CACHE_DIR",
        "POSTGRES_DEFAULT_PORT",
        "POSTGRES_INSTANCE_PORT_RANGE_START",
        "POSTGRES_INSTANCE_PORT_RANGE_END",
        "POSTGRES_BIN_DIR",
        "POSTGRES_OS_USER",
        "DOCKER_HOST",
    ] {
        room.unset(name);
    }
    let path = |name: &str| room.path().join(name).display().to_string();
    let set = [
        ("PATH", path("bin")),
        ("POSTGRES_RESOURCE_DIR", path("it's here")),
        ("POSTGRES_BACKUP_DIR", path("backups")),
        ("POSTGRES_PASSWORD", "hush".to_owned()),
    ];
    for folder in ["bin", "it's here", "it's here/contract"] {
        fs::create_dir(path(folder)).unwrap();
    }
    room.file("it's here/cli.sh", "");
    room.file("it's here/contract/universal.yaml", "");
    for (name, text) in programs {
        room.program(&format!("bin/{name}"), text);
    }
    set.iter().for_each(|(name, value)| room.set(name, value));
    room
}

fn schedule(room: &Room, more: &[&str]) -> crate::support::Answer {
    room.run([&["content", "backup", "schedule"], more].concat())
}

/// A file of the room, as it is on any machine.
fn text(room: &Room, file: &str) -> String {
    let text = fs::read_to_string(room.path().join(file)).unwrap();
    text.replace(&room.path().display().to_string(), "[room]")
}

fn assert_no_password_told(room: &Room) {
    assert!(text(room, "environment").contains("HOME=") && !text(room, "environment").contains("hush"));
}

#[test]
fn systemd_is_told_once_what_to_run_and_with_what() {
    let room = room(&[("systemctl", SYSTEMCTL), ("crontab", CRONTAB)]);
    let units = room.path().join(".config/systemd/user");
    fs::write(room.path().join("refuse"), "").unwrap();
    insta::assert_snapshot!(schedule(&room, &["--install-timer"]).failed(), @r"
    --- stderr
    error: no timer is installed: systemctl: Failed to enable unit
    hint: let something run this every 15 minutes: POSTGRES_BACKUP_DIR=[room]/backups POSTGRES_INSTANCES_DIR=[room]/instances HOME=[room] PATH=[room]/bin POSTGRES_RUNTIME=native POSTGRES_WAL_DIR=[room]/wal '[room]/it'\''s here/cli.sh' content backup run-due
    [exit 1]
    ");
    assert_eq!(fs::read_dir(&units).unwrap().count(), 0, "nothing half is left");
    fs::remove_file(room.path().join("refuse")).unwrap();
    fs::remove_file(room.path().join("told")).unwrap();
    insta::assert_snapshot!(schedule(&room, &["--install-timer"]).done(), @r"
    main: no schedule
    --- stderr
    a timer of your systemd's runs what is due every 15 minutes
    next: `loginctl enable-linger` lets it go on while you are logged out
    [exit 0]
    ");
    schedule(&room, &["--install-timer"]).done();
    let written = ["service", "timer"]
        .map(|it| text(&room, &format!(".config/systemd/user/resource-postgres-backups.{it}")));
    insta::assert_snapshot!(written.concat(), @r#"
    # Written by `resource-postgres content backup schedule --install-timer`, which writes it anew.
    [Unit]
    Description=Backups of resource-postgres that are due

    [Service]
    Type=oneshot
    Environment="POSTGRES_BACKUP_DIR=[room]/backups"
    Environment="POSTGRES_INSTANCES_DIR=[room]/instances"
    Environment="HOME=[room]"
    Environment="PATH=[room]/bin"
    Environment="POSTGRES_RUNTIME=native"
    Environment="POSTGRES_WAL_DIR=[room]/wal"
    ExecStart="[room]/it's here/cli.sh" "content" "backup" "run-due"
    # Written by `resource-postgres content backup schedule --install-timer`, which writes it anew.
    [Unit]
    Description=Backups of resource-postgres, every 15 minutes

    [Timer]
    OnCalendar=*:0/15
    Persistent=true

    [Install]
    WantedBy=timers.target
    "#);
    insta::assert_snapshot!(schedule(&room, &["--off", "--remove-timer"]).done(), @r"
    --- stderr
    a timer of your systemd's is gone
    `main` is not backed up by schedule
    [exit 0]
    ");
    assert_eq!(fs::read_dir(&units).unwrap().count(), 0);
    insta::assert_snapshot!(schedule(&room, &["--remove-timer"]).done(), @r"
    main: no schedule
    --- stderr
    there was no timer
    [exit 0]
    ");
    insta::assert_snapshot!(text(&room, "told"), @r"
    systemctl --user is-system-running
    systemctl --user daemon-reload
    systemctl --user enable --now resource-postgres-backups.timer
    systemctl --user is-system-running
    systemctl --user daemon-reload
    systemctl --user enable --now resource-postgres-backups.timer
    systemctl --user disable --now resource-postgres-backups.timer
    systemctl --user daemon-reload
    ");
    assert_no_password_told(&room);
    fs::write(units.join("resource-postgres-backups.timer"), "[Timer]\n").unwrap();
    let strange = schedule(&room, &["--install-timer"]).failed();
    assert!(strange.stderr.contains("holds a unit of somebody else's"), "{strange}");
}

#[test]
fn cron_gets_one_line_among_those_that_are_there() {
    let room = room(&[("crontab", CRONTAB)]);
    insta::assert_snapshot!(schedule(&room, &["--install-timer"]).done(), @r"
    main: no schedule
    --- stderr
    an entry of your crontab runs what is due every 15 minutes
    [exit 0]
    ");
    let own = text(&room, "crontab");
    insta::assert_snapshot!(own, @r#"
    */15 * * * * said=$(POSTGRES_BACKUP_DIR=[room]/backups POSTGRES_INSTANCES_DIR=[room]/instances HOME=[room] PATH=[room]/bin POSTGRES_RUNTIME=native POSTGRES_WAL_DIR=[room]/wal '[room]/it'\''s here/cli.sh' content backup run-due 2>&1) || echo "$said" # resource-postgres-backups
    "#);
    let others = "# mine\n0 3 * * * true\n";
    fs::write(room.path().join("crontab"), others).unwrap();
    schedule(&room, &["--install-timer"]).done();
    schedule(&room, &["--install-timer"]).done();
    assert_eq!(text(&room, "crontab"), format!("{others}{own}"));
    fs::write(room.path().join("closed"), "").unwrap();
    for flag in ["--install-timer", "--remove-timer"] {
        let closed = schedule(&room, &[flag]).failed();
        assert!(closed.stderr.contains("crontab: you are not allowed to use this program"), "{closed}");
    }
    fs::remove_file(room.path().join("closed")).unwrap();
    insta::assert_snapshot!(schedule(&room, &["--remove-timer"]).done(), @r"
    main: no schedule
    --- stderr
    an entry of your crontab is gone
    [exit 0]
    ");
    assert_eq!(text(&room, "crontab"), others);
    assert_no_password_told(&room);
}

#[test]
fn where_nothing_runs_anything_it_is_said_what_to_run() {
    insta::assert_snapshot!(schedule(&room(&[]), &["--install-timer"]).failed(), @r"
    --- stderr
    error: no timer is installed: systemd does not run here, and there is no `crontab`
    hint: let something run this every 15 minutes: POSTGRES_BACKUP_DIR=[room]/backups POSTGRES_INSTANCES_DIR=[room]/instances HOME=[room] PATH=[room]/bin POSTGRES_RUNTIME=native POSTGRES_WAL_DIR=[room]/wal '[room]/it'\''s here/cli.sh' content backup run-due
    [exit 1]
    ");
}

#[test]
fn the_line_runs_in_a_real_crontab() {
    let program = Path::new("/usr/bin/crontab");
    if !program.exists() || !is_root() {
        // An ordinary user's crontab is no test's to change.
        println!("skipped: no crontab of a user who has none");
        return;
    }
    let mut room = room(&[]);
    room.set("PATH", "/usr/bin:/bin");
    let listed = || room.command_of(program, ["-l"]).output().unwrap();
    assert!(!listed().status.success(), "somebody uses this crontab");
    schedule(&room, &["--install-timer"]).done();
    let entry = String::from_utf8(listed().stdout).unwrap();
    schedule(&room, &["--remove-timer"]).done();
    assert_eq!(String::from_utf8(listed().stdout).unwrap(), "");
    let removed = room.command_of(program, ["-r"]).status().unwrap();
    assert!(removed.success());
    // As cron has it: what follows the time, in the shell, without anything of ours.
    fs::write(room.path().join("it's here/cli.sh"), "#!/bin/sh\necho \"$POSTGRES_BACKUP_DIR $*\"\nexit 1\n")
        .unwrap();
    room.program("it's here/cli.sh", "#!/bin/sh\necho \"$POSTGRES_BACKUP_DIR $*\"\nexit 1\n");
    let command = entry.trim().strip_prefix("*/15 * * * * ").unwrap().replace("\\%", "%");
    let ran = std::process::Command::new("/bin/sh").args(["-c", &command]).env_clear().output().unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert_eq!(said, format!("{}/backups content backup run-due\n", room.path().display()));
}
