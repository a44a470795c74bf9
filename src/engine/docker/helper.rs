//! Helping hands: programs of the image that do what this side of the container cannot.

use std::fs;
use std::os::unix::fs::MetadataExt;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, HostConfig};
use futures_util::TryStreamExt;
use rustix::process::{getegid, geteuid};

use crate::engine::docker::client::ACT_LIMIT;
use crate::engine::docker::container::{Ours, SOCKET_DIR, mount, settings};
use crate::engine::docker::server::outside;
use crate::engine::docker::{Docker, image};
use crate::engine::dump::{Dump, PROGRAM, Sink};
use crate::engine::place::placed;
use crate::engine::said::telling;
use crate::engine::{NewKey, Site, judged_by, major};
use crate::error::Error;

/// Judges a configuration as `native::config` does: by the server's own parser, on a data directory that is made of
/// links to what is in the real one. `$1` is the value to compute, the rest are settings.
const JUDGE: &str = r#"
stage=$(mktemp -d) || exit 0
ln -s "$PGDATA"/* "$stage" && rm -f "$stage/postmaster.pid" "$stage/postmaster.opts"
value=$1; shift
postgres -D "$stage" "$@" -c "data_directory=$stage" -C "$value" >"$stage.out" 2>&1
code=$?
sed "s|$stage|$PGDATA|g" "$stage.out"
rm -rf "$stage" "$stage.out"
exit "$code"
"#;

/// Runs the SQL in a variable, by the socket in the folder `$1` and as the role `$2`.
const TURN: &str = r#"
printf '%s' "$STATEMENTS" |
    psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 --host="$1" --username="$2" --dbname=postgres
"#;

/// Where the instance's folder is in a helper.
const FOLDER: &str = "/instance";

impl Docker {
    /// Refuses a configuration that would not start a server, while the old one serves.
    pub(super) async fn judge(&self, site: &Site, ours: &Ours) -> Result<(), Error> {
        // Data that we may not look into was written by a version of our own images.
        let value = major(&site.data()).map_or("shared_memory_size", judged_by);
        let command = ["sh", "-c", JUDGE, "judge", value].map(str::to_owned);
        let owner = fs::metadata(site.data()).map_or("postgres".to_owned(), |it| it.uid().to_string());
        let (code, said) =
            self.run(&ours.id, owner, command.into_iter().chain(settings(site)).collect()).await?;
        if code == 0 {
            return Ok(());
        }
        let said = placed(outside(telling(&said), site), site, &site.data());
        Err(Error::BadConfiguration { name: site.name.clone(), said })
    }

    /// Runs a program in a container, and answers its exit code and what it wrote.
    async fn run(&self, id: &str, user: String, command: Vec<String>) -> Result<(i64, String), Error> {
        self.run_with(id, user, command, Vec::new()).await
    }

    /// The same with variables.
    async fn run_with(
        &self,
        id: &str,
        user: String,
        command: Vec<String>,
        environment: Vec<String>,
    ) -> Result<(i64, String), Error> {
        let (api, doing) = (self.client.api().await?, "running a program in a container");
        let options = CreateExecOptions {
            cmd: Some(command),
            user: Some(user),
            env: Some(environment),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..CreateExecOptions::default()
        };
        let exec = self.client.within(doing, ACT_LIMIT, api.create_exec(id, options)).await?.id;
        let written = async {
            match api.start_exec(&exec, None).await? {
                StartExecResults::Attached { output, .. } => {
                    output.map_ok(|it| it.to_string()).try_collect().await
                }
                StartExecResults::Detached => Ok(String::new()),
            }
        };
        let written = self.client.within(doing, ACT_LIMIT, written).await?;
        let ended = self.client.within(doing, ACT_LIMIT, api.inspect_exec(&exec)).await?;
        Ok((ended.exit_code.unwrap_or_default(), written))
    }

    /// Gives a superuser another password, as somebody whom the server's socket lets in without one. The SQL reaches `psql`
    /// through a variable of the shell, into which only its own user may look.
    pub(super) async fn turn(&self, ours: &Ours, key: &NewKey<'_>) -> Result<(), Error> {
        let command = ["sh", "-c", TURN, "turn", SOCKET_DIR, key.user].map(str::to_owned).into();
        let environment = vec![format!("STATEMENTS={}", key.statements)];
        match self.run_with(&ours.id, "postgres".to_owned(), command, environment).await? {
            (0, _) => Ok(()),
            (_, said) => Err(Error::Program { program: "psql".to_owned(), said: telling(&said) }),
        }
    }

    /// Runs the image's own `pg_dump`, which the server's socket lets in without a password.
    pub(super) async fn dump_in(&self, ours: &Ours, dump: &Dump<'_>, into: Sink<'_>) -> Result<(), Error> {
        // Said, since a program from elsewhere may look for the socket elsewhere.
        let arguments = dump.arguments(&[("host", SOCKET_DIR)]);
        let command = std::iter::once(PROGRAM.to_owned()).chain(arguments).collect();
        let (api, doing) = (self.client.api().await?, "running a program in a container");
        let options = CreateExecOptions {
            cmd: Some(command),
            user: Some("postgres".to_owned()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..CreateExecOptions::default()
        };
        let exec = self.client.within(doing, ACT_LIMIT, api.create_exec(&ours.id, options)).await?.id;
        let started = self.client.within(doing, ACT_LIMIT, api.start_exec(&exec, None)).await?;
        let mut said = Vec::new();
        if let StartExecResults::Attached { mut output, .. } = started {
            while let Some(piece) = self.client.within(doing, ACT_LIMIT, output.try_next()).await? {
                match piece {
                    LogOutput::StdOut { message } => into(&message).map_err(Error::Output)?,
                    LogOutput::StdErr { message } | LogOutput::Console { message } => said.extend(message),
                    LogOutput::StdIn { .. } => {}
                }
            }
        }
        let ended = self.client.within(doing, ACT_LIMIT, api.inspect_exec(&exec)).await?;
        match ended.exit_code {
            Some(0) => Ok(()),
            Some(_) | None => Err(dump.failed(&String::from_utf8_lossy(&said))),
        }
    }

    /// Makes the files of an instance ours, which its server had made its own: without being root we could not even
    /// delete them.
    pub(super) async fn take_back(&self, site: &Site) -> Result<(), Error> {
        let owner = format!("{}:{}", geteuid().as_raw(), getegid().as_raw());
        let body = ContainerCreateBody {
            image: Some(image::reference(&site.container).to_owned()),
            user: Some("0:0".to_owned()),
            entrypoint: Some(vec!["chown".to_owned()]),
            cmd: Some(vec!["-R".to_owned(), owner, FOLDER.to_owned()]),
            host_config: Some(HostConfig {
                network_mode: Some("none".to_owned()),
                mounts: Some(vec![mount(&site.dir, FOLDER, false)]),
                ..HostConfig::default()
            }),
            ..ContainerCreateBody::default()
        };
        let id = self.create(None, body).await?;
        let done = async {
            self.start(&id).await?;
            self.ended(site, &id, ACT_LIMIT).await
        };
        let done = done.await;
        self.remove(&id).await?;
        done
    }
}
