//! Adoption: instances that upstream made are found and used as they are, both generations of their records.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use resource_postgres::engine::user::ServerUser;

use crate::support::Room;

const PASSWORD: &str = "Upstream0Password0of0Twenty";
/// As upstream's templates have it, for a server in a container.
const CONFIGURATION: &str = "listen_addresses = '*'\nport = 5432\nmax_connections = 77\n";
/// As the official image has it.
const ACCESS: &str = "\nhost all all all scram-sha-256\n";

/// Makes an instance's folder as upstream's image and scripts leave it, with a table `kept` in its database.
fn upstream_tree(room: &Room, name: &str, database: &str, record: &str) {
    let user = ServerUser::find(&std::env::var("POSTGRES_OS_USER").unwrap_or("postgres".to_owned())).unwrap();
    let (instance, data) = (room.instance(name), room.data(name));
    fs::create_dir_all(instance.join("config")).unwrap();
    fs::write(instance.join("config/instance.conf"), record).unwrap();
    fs::write(instance.join("config/postgresql.conf"), CONFIGURATION).unwrap();
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
    user.own(&data).unwrap();
    let password = room.file("password", PASSWORD);
    user.own(Path::new(&password)).unwrap();
    let arguments = ["-U", "vrooli", "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"];
    as_server(room, &user, "initdb", &data).args(arguments).args(["--pwfile", &password]).output().unwrap();
    for (at, sql) in [
        ("template1", format!("CREATE DATABASE {database}\n")),
        (database, "CREATE TABLE kept AS SELECT 42 AS answer\n".to_owned()),
    ] {
        let mut single = as_server(room, &user, "postgres", &data);
        let mut single =
            single.args(["--single", at]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        single.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
        assert!(single.wait().unwrap().success());
    }
    let access = data.join("pg_hba.conf");
    fs::write(&access, fs::read_to_string(&access).unwrap() + ACCESS).unwrap();
}

fn as_server(room: &Room, user: &ServerUser, program: &str, data: &Path) -> Command {
    let mut command = Command::new(room.programs().join(program));
    // The single-user server wants its own mode as the first argument, and finds its data here.
    command.env("PGDATA", data).env("LC_ALL", "C").current_dir(data).stderr(Stdio::null());
    if user.foreign {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// The files that are upstream's, and what is in them.
fn kept_files(room: &Room, name: &str) -> [String; 2] {
    [room.instance(name).join("config/postgresql.conf"), room.data(name).join("pg_hba.conf")]
        .map(|file| fs::read_to_string(file).unwrap())
}

fn record(room: &Room, name: &str) -> String {
    let record = fs::read_to_string(room.instance(name).join("config/instance.conf")).unwrap();
    record.replace(&room.port.to_string(), "5433").replace(&(room.port + 7).to_string(), "5440")
}

#[test]
fn an_instance_of_the_first_generation_is_used_as_it_is() {
    let room = Room::new();
    let text = format!(
        "port=\"{}\"\npassword=\"{PASSWORD}\"\ntemplate=\"development\"\ncreated=\"2025-08-01T10:00:00Z\"\n\
         user=\"vrooli\"\ndatabase=\"vrooli\"\nnetworks=\"vrooli-network\"\n",
        room.port
    );
    upstream_tree(&room, "main", "vrooli", &text);
    let files = kept_files(&room, "main");
    insta::assert_snapshot!(room.run(["status"]).skipped(), @"
    PostgreSQL: not running
    ✅ Installed: Yes
    ❌ Running: No
    ❌ Healthy: No
    Health: no instance runs
    Port: 5433 (range 5433-5499)
    Endpoint: postgresql://localhost:5433/vrooli

    Instances: 1, running 0, healthy 0
    NAME  STATE    PORT  DATABASE  TEMPLATE     WHY
    main  stopped  5433  vrooli    development  it was shut down
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["manage", "install"]).skipped(), @"
    --- stderr
    already installed
    [exit 2]
    ");
    insta::assert_snapshot!(room.run(["manage", "start"]).done(), @"
    --- stderr
    `main` is running on port 5433
    [exit 0]
    ");
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
    assert_eq!(room.value("main", "SHOW max_connections"), "77");
    assert_eq!(room.value("main", "SHOW listen_addresses"), "127.0.0.1");

    room.run(["manage", "stop"]).done();
    insta::assert_snapshot!(record(&room, "main"), @r#"
    port="5433"
    password="Upstream0Password0of0Twenty"
    template="development"
    created="2025-08-01T10:00:00Z"
    user="vrooli"
    database="vrooli"
    networks="vrooli-network"
    engine="native"
    desired="stopped"
    port_source="explicit"
    "#);
    assert_eq!(kept_files(&room, "main"), files);
    room.run(["up"]).done();
    assert_eq!(room.value("main", "SELECT answer FROM kept"), "42");
}

#[test]
fn an_instance_of_the_second_generation_keeps_its_lines_its_port_and_its_database() {
    let room = Room::new();
    let text = format!(
        "# PostgreSQL instance\n# made by a script of old\nINSTANCE_NAME=\"client\"\nINSTANCE_PORT=\"{}\"\n\
         INSTANCE_USER=\"vrooli\"\nINSTANCE_PASSWORD=\"{PASSWORD}\"\nINSTANCE_TEMPLATE=\"production\"\n\
         database=\"vrooli_client\"\n\nINSTANCE_OWNER='somebody \"else\"'\na line of no meaning\n",
        room.port + 7
    );
    upstream_tree(&room, "client", "vrooli_client", &text);
    insta::assert_snapshot!(room.run(["content", "list-instances"]).done(), @"
    NAME    STATE    PORT  DATABASE       TEMPLATE    WHY
    client  stopped  5440  vrooli_client  production  it was shut down
    [exit 0]
    ");
    room.run(["manage", "start", "--instance", "client"]).done();
    assert_eq!(room.value("client", "SELECT answer FROM kept"), "42");
    insta::assert_snapshot!(room.run(["credentials", "--instance", "client"]).done(), @"
    Instance: client
    Host: 127.0.0.1
    Port: 5440
    Database: vrooli_client
    User: vrooli
    Password: ********
    Connection String: postgresql://vrooli:********@127.0.0.1:5440/vrooli_client
    [exit 0]
    ");

    room.run(["manage", "stop", "--all"]).done();
    insta::assert_snapshot!(record(&room, "client"), @r#"
    # PostgreSQL instance
    # made by a script of old
    INSTANCE_NAME="client"
    INSTANCE_PORT="5440"
    INSTANCE_USER="vrooli"
    INSTANCE_PASSWORD="Upstream0Password0of0Twenty"
    INSTANCE_TEMPLATE="production"
    database="vrooli_client"

    INSTANCE_OWNER='somebody "else"'
    a line of no meaning
    engine="native"
    desired="stopped"
    port_source="explicit"
    "#);
    room.run(["manage", "start", "--all"]).done();
    assert_eq!(room.value("client", "SELECT answer FROM kept"), "42");
    // Its port is its own, and no new instance gets it.
    room.run(["up"]).done();
    assert_eq!(room.recorded("main", "port"), room.port.to_string());
    room.run(["content", "create-instance", "rival", "--port", &(room.port + 7).to_string()]).failed();
}
