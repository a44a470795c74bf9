//! Seeds: data directories that the image itself has initialized, kept so that a second instance costs a copy.
//!
//! The image makes one by its own rules, entrypoint and initialization scripts included. It gets a password that is
//! thrown away with the first start of each copy, so that what it does with it (the official image hands it to its
//! server's environment) does no harm.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bollard::models::{ContainerCreateBody, HostConfig, Mount};
use rustix::process::{getegid, geteuid};

use crate::engine::docker::client::ACT_LIMIT;
use crate::engine::docker::container::{self, DATA, mount};
use crate::engine::docker::{Docker, image};
use crate::engine::pid_file::PidFile;
use crate::engine::{Cluster, Left, Site, control, folder};
use crate::error::{Error, IoContext};
use crate::secret::Secret;
use crate::wait::{Late, Look, until};

/// Changed whenever what a seed holds changes.
const GENERATION: u32 = 2;
/// The label of the containers that make seeds. Its value is the folder of all seeds.
const LABEL: &str = "vrooli.seed";
/// Where the password is in the container.
const PASSWORD: &str = "/run/secrets/postgres-password";
/// How long the image may take to initialize a data directory.
const INIT_LIMIT: Duration = Duration::from_secs(100);
/// Between two looks at an image that initializes.
const PAUSE: Duration = Duration::from_millis(20);

/// An initialized data directory, and how to get into its server.
#[derive(Debug)]
pub struct Seed {
    dir: PathBuf,
}

impl Seed {
    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The password of its superuser.
    pub fn password(&self) -> Result<Secret, Error> {
        password_in(&self.dir.join("password"))
    }
}

/// A password from a file of ours.
pub fn password_in(file: &Path) -> Result<Secret, Error> {
    fs::read_to_string(file).doing("reading", file).map(|it| Secret::new(it.trim_end()))
}

/// Writes a password to a file that only we may read.
pub fn keep_password(file: &Path, password: &Secret) -> Result<(), Error> {
    let mut options = File::options();
    let file_made = std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600)
        .create(true)
        .truncate(true)
        .write(true)
        .open(file);
    file_made
        .and_then(|mut it| io::Write::write_all(&mut it, password.reveal().as_bytes()))
        .doing("writing", file)
}

/// The seed for this image and cluster, made now if there is none. It is made whole or not at all.
pub async fn ensure(docker: &Docker, site: &Site, cluster: &Cluster) -> Result<Seed, Error> {
    let seed = Seed { dir: docker.cache.join(key(docker, site, cluster).await?) };
    if seed.data().join("PG_VERSION").exists() {
        return Ok(seed);
    }
    fs::create_dir_all(&docker.cache).doing("making the folder", &docker.cache)?;
    let lock = lock(&docker.cache).await?;
    if !seed.data().join("PG_VERSION").exists() {
        sweep(docker).await?;
        make(docker, site, cluster, &seed.dir).await?;
    }
    drop(lock);
    Ok(seed)
}

/// Seeds differ by the image's content, so that a moved tag makes a new one, and by whose files they hold.
async fn key(docker: &Docker, site: &Site, cluster: &Cluster) -> Result<String, Error> {
    let name = image::reference(&site.container);
    let id = image::inspect(&docker.client, name).await?.and_then(|it| it.id);
    let all = format!("{id:?} {} {cluster:?} {GENERATION}", geteuid().as_raw());
    Ok(format!("image-{:08x}", crc32c::crc32c(all.as_bytes())))
}

async fn lock(cache: &Path) -> Result<File, Error> {
    let path = cache.join("docker.lock");
    let lock = File::create(&path).doing("opening the lock", &path)?;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(fs::TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            Err(fs::TryLockError::Error(err)) => return Err(err).doing("locking", &path),
        }
    }
}

/// Removes what killed commands left while they made seeds here.
async fn sweep(docker: &Docker) -> Result<(), Error> {
    let of_cache = format!("{LABEL}={}", docker.cache.display());
    let left = docker.client.containers(Some(("label", of_cache))).await?;
    for id in left.into_iter().filter_map(|it| it.id) {
        docker.remove(&id).await?;
    }
    folder::sweep(&docker.cache);
    Ok(())
}

async fn make(docker: &Docker, site: &Site, cluster: &Cluster, to: &Path) -> Result<(), Error> {
    let work = folder::making_in(&docker.cache)?;
    let data = work.path().join("data");
    fs::DirBuilder::new().mode(0o700).create(&data).doing("making the folder", &data)?;
    keep_password(&work.path().join("password"), &Secret::random())?;
    let body = body(docker, site, cluster, work.path())?;
    let id = docker.create(None, body).await?;
    let made = initialize(docker, site, &id, &data).await;
    docker.remove(&id).await?;
    made?;
    write_access(&data)?;
    fs::rename(work.path(), to).doing("putting in place", to)
}

fn body(docker: &Docker, site: &Site, cluster: &Cluster, work: &Path) -> Result<ContainerCreateBody, Error> {
    let (data, password) = (work.join("data"), work.join("password"));
    let mut mounts = vec![mount(&data, DATA, false), mount(&password, PASSWORD, true)];
    let user = container::server_user(&data);
    if user.is_some() {
        mounts.push(known_to_the_system(work)?);
    }
    let options = "--encoding=UTF8 --locale=C.UTF-8 --data-checksums --auth-host=scram-sha-256 --no-sync";
    Ok(ContainerCreateBody {
        image: Some(image::reference(&site.container).to_owned()),
        user,
        // It goes to disk when it is copied.
        cmd: Some(["postgres", "-c", "fsync=off", "-c", "listen_addresses=*"].map(str::to_owned).into()),
        env: Some(vec![
            format!("POSTGRES_USER={}", cluster.user),
            format!("POSTGRES_DB={}", cluster.database),
            format!("POSTGRES_PASSWORD_FILE={PASSWORD}"),
            format!("POSTGRES_INITDB_ARGS={options}"),
            format!("PGDATA={DATA}"),
        ]),
        labels: Some(HashMap::from([(LABEL.to_owned(), docker.cache.display().to_string())])),
        host_config: Some(HostConfig {
            network_mode: Some("none".to_owned()),
            mounts: Some(mounts),
            log_config: Some(container::log_config()),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    })
}

/// initdb wants a user with a name, which the image has not got for ours.
fn known_to_the_system(work: &Path) -> Result<Mount, Error> {
    let file = work.join("passwd");
    let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
    let text = format!(
        "root:x:0:0:root:/root:/bin/sh\npostgres:x:{uid}:{gid}:postgres:/var/lib/postgresql:/bin/sh\n"
    );
    fs::write(&file, text).doing("writing", &file)?;
    Ok(mount(&file, "/etc/passwd", true))
}

/// Runs the image until its real server is there: the one with which it initializes listens on its socket only.
async fn initialize(docker: &Docker, site: &Site, id: &str, data: &Path) -> Result<(), Error> {
    docker.start(id).await?;
    let is_ready = || PidFile::read(data).is_ok_and(|it| it.listens && it.ready);
    let ready = until(INIT_LIMIT, PAUSE, async || match is_ready() {
        true => Look::Ready(()),
        false => match docker.state(id).await {
            Ok(Some(it)) if it.is_over() => Look::Never(docker.last_words(site, id).await),
            Ok(_) => Look::NotYet("it initializes its data directory".to_owned()),
            Err(err) => Look::Never(err),
        },
    })
    .await;
    match ready {
        Ok(()) => {}
        Err(Late::Never(err)) => return Err(err),
        Err(Late::TimedOut { last, .. }) => {
            return Err(Error::Program { program: format!("image `{}`", site.container.image), said: last });
        }
    }
    docker.signal(id, "SIGINT").await?;
    docker.ended(site, id, ACT_LIMIT).await?;
    match control::left(data).doing("reading the data directory", data)? {
        Left::Clean => Ok(()),
        Left::Open | Left::Recovering => Err(docker.last_words(site, id).await),
    }
}

/// Who gets in: from within the container anybody, as with the official image, for whoever is there may be the superuser
/// anyway, and other resources come that way (`docker exec`); from elsewhere, this machine included, whoever has a password.
const ACCESS: &str = "\
local all all trust
local replication all trust
host all all 127.0.0.1/32 trust
host all all ::1/128 trust
host all all all scram-sha-256
host replication all all scram-sha-256
";

fn write_access(data: &Path) -> Result<(), Error> {
    // Rewritten in place: the file stays the server user's.
    let file = data.join("pg_hba.conf");
    fs::write(&file, ACCESS).doing("writing", &file)
}
