//! `help`.

use crate::support::Room;

#[test]
fn help_shows_examples_commands_and_defaults() {
    let room = Room::new();
    insta::assert_snapshot!(room.run(["help"]).meets("help.exit_codes.0"), @r#"
    resource-postgres: isolated PostgreSQL instances for Vrooli

    Usage examples:
      resource-postgres up                                    a running database in one command
      resource-postgres content execute "SELECT version()"    run SQL on it
      resource-postgres content create-instance shop --template ecommerce
      resource-postgres content execute --instance shop --file schema.sql
      resource-postgres status --format json                  the truth, for programs
      resource-postgres credentials --show-secrets            how to connect
      resource-postgres manage stop --all

    Available commands:
      help                       Show examples, commands and defaults
      info                       Show what the orchestrator needs to know: order, time limits, dependencies, priority
      manage install             Install PostgreSQL's programs where they are missing, and create the instance `main`
      manage uninstall           Remove all instances; PostgreSQL's programs stay
      manage start               Start an instance
      manage stop                Stop an instance
      manage restart             Restart an instance, or start it where it does not run
      test all                   Run all phases
      test integration           Judge whole lifecycles on real servers
      test unit                  Judge the parts of the program; needs a source checkout
      test smoke                 Judge within seconds whether the resource is well
      content add                Store a file; a schema or seed is applied first. Identical content is not applied twice
      content list               List the instances, their databases, roles and extensions, and what is stored with them
      content get                Print an instance's connection (password included), a stored file, or a database as SQL
      content remove             Delete an instance with all its data, a stored file, a database with its data, or a user
      content execute            Run SQL and print what psql would print
      content create-instance    Create an instance and start it; one that exists with the same parameters is success
      content clone              Copy an instance, which goes on undisturbed, or with `--database` one of its databases beside itself
      content upgrade            Make an instance of a later major version of one, which stays as it is; `--confirm` lets the new one take its place
      content list-instances     List all instances and their states
      content create-database    Create a database; one that exists is success
      content remove-database    Drop a database with all its data, ending the sessions in it
      content create-user        Create a user who can log in; one who exists is success
      content remove-user        Drop a user who owns nothing, ending its sessions
      content backup             Back up an instance's databases and roles; prints the backup's folder
      content backup schedule    Say when an instance is backed up and what stays, or show it; `run-due` does it
      content backup run-due     Do what schedules ask for: backups that are due, drills, and throwing away what may go
      content backup enable-pitr Archive an instance's WAL from now on, so that any moment can be restored; begins with a restart and a physical backup
      content backup create-restore-point Give this moment of an instance a name, for `content restore --to-name`
      content list-backups       List backups: how old, how large, of what kind, and when they were proved
      content verify-backup      Prove a backup: restore it where nobody sees it, compare it with what it was made of, and note the verdict
      content restore            Restore a backup, into a new instance or in the place of the databases that are there
      content migrate            Apply migrations: scripts that change a database, each once and in order
      content migrate up         Apply what is pending, in order; nothing pending is success
      content migrate down       Take back what was applied, the last first; without flags the last one
      content migrate status     Show what is applied, what is pending, and what has drifted
      content migrate plan       Show what pending migrations would do, statement by statement, by running them and taking all of it back
      content migrate verify     Run the `.verify.sql` of all that is applied; what they do is taken back, and one that fails fails the command
      content migrate redo       Take the last one back and apply it again, as its file is now
      content migrate new        Make the file of a new migration, with the next version; prints its name
      content migrate repair     Have the records say what you have decided; no script is run
      content migrate baseline   Record all migrations up to a version as applied, without running them
      content migrate init       Make the tables that record migrations, or extend those that are there; `up` does it too
      contract new               Write a small resource directory, which runs and keeps the contract
      contract validate          Judge resource directories by the contract
      contract show              Show the clauses of the contract, and how each is judged
      contract diff              Show what has changed from one contract to another; 1 if that may break resources or their callers
      contract snapshot          Print the whole command line of this program in one text
      status                     Show whether the instances run, and whether they answer
      logs                       Show the server's log
      credentials                Show how to connect to an instance
      up                         Create `main` where it is missing, start it, prove it by a query, and say how to reach it
      ensure                     Make an instance and what is in it as a document says; what is so already is success
      query                      `content execute`, and only the rows
      exec                       The same as `content execute`
      execute                    The same as `content execute`
      install                    `manage install`, and 0 where it is installed already
      start                      Start an instance; `main` is created where it is missing, and what runs already is success
      stop                       `manage stop`, and 0 where it does not run
      restart                    `manage restart`
      uninstall                  `manage uninstall`, and 0 where nothing is installed
      migrate                    `content migrate`
      migrate-init               `content migrate init`
      migrate-status             `content migrate status`
      migrate-rollback           Take one migration back: `content migrate down --only`
      migrate-list               List the migrations of a folder, without asking any database
      seed                       Fill a database with seeds, each once: `content add --type seed`, and 0 where it has them already

    `resource-postgres COMMAND --help` shows the flags of each.

    Default configuration:
      instance        main, on port 5433 if it is free
      ports           5433-5499, on 127.0.0.1 only
      instances       at most 67, in [room]/instances
      user, database  vrooli, vrooli
      templates       development ecommerce minimal production real-estate saas testing
      engine          docker where it answers, else native (POSTGRES_RUNTIME decides)
      environment     POSTGRES_* variables change these: see config/schema.json

    Exit codes: 0 done, 1 failed, 2 skipped (already so, or nothing there).
    [exit 0]
    "#);
    let help = room.run(["--help"]).done().stdout;
    assert!(help.contains("Usage: resource-postgres"), "{help}");
    for command in ["manage", "manage start", "content execute", "status"] {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        assert!(room.run(&words).done().stdout.contains(&format!("Usage: resource-postgres {command}")));
    }
    assert!(room.run(["--version"]).done().stdout.starts_with("resource-postgres "));
}
