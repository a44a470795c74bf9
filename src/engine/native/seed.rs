//! Seeds: initialized data directories that are kept, so that a second instance costs a copy instead of an initdb.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::engine::Cluster;
use crate::engine::folder;
use crate::engine::native::process::as_user;
use crate::engine::native::programs::Programs;
use crate::engine::said::telling;
use crate::engine::user::ServerUser;
use crate::error::{Error, IoContext, absent_is_fine};

/// Changed whenever what a seed holds changes.
const GENERATION: u32 = 1;

/// What seeds are made from and kept in.
#[derive(Debug)]
pub struct Seeds<'a> {
    /// The folder of all seeds.
    pub dir: &'a Path,
    /// The programs that make them.
    pub programs: &'a Programs,
    /// Whose they are.
    pub user: &'a ServerUser,
}

impl Seeds<'_> {
    /// The seed for this cluster, made now if there is none. It is made whole or not at all.
    pub fn ensure(&self, cluster: &Cluster) -> Result<PathBuf, Error> {
        let seed = self.dir.join(self.key(cluster));
        if seed.join("PG_VERSION").exists() {
            return Ok(seed);
        }
        fs::create_dir_all(self.dir).doing("making the folder", self.dir)?;
        let lock_path = self.dir.join("lock");
        let lock = File::create(&lock_path).doing("opening the lock", &lock_path)?;
        lock.lock().doing("locking", &lock_path)?;
        if !seed.join("PG_VERSION").exists() {
            folder::sweep(self.dir);
            self.make(&seed, cluster)?;
            // An initdb whose maker was killed may have gone on until now.
            folder::sweep(self.dir);
        }
        Ok(seed)
    }

    fn key(&self, cluster: &Cluster) -> String {
        // A new minor version replaces the program, so that its time stands for it.
        let program = fs::metadata(self.programs.path("postgres")).and_then(|it| it.modified()).ok();
        let all = format!("{:?} {:?} {program:?} {cluster:?} {GENERATION}", self.programs, self.user);
        format!("pg{}-{:08x}", self.programs.major, crc32c::crc32c(all.as_bytes()))
    }

    fn make(&self, seed: &Path, cluster: &Cluster) -> Result<(), Error> {
        let work = folder::making_in(self.dir)?;
        self.user.own(work.path())?;
        let data = work.path().join("data");
        self.initdb(&data, cluster)?;
        write_access(&data, cluster, self.user)?;
        self.create_database(&data, cluster)?;
        fs::rename(&data, seed).doing("putting in place", seed)
    }

    fn initdb(&self, data: &Path, cluster: &Cluster) -> Result<(), Error> {
        // C.UTF-8 sorts by code point everywhere and knows letters; a system without it has at least C.
        match self.initdb_with("C.UTF-8", data, cluster) {
            Err(Error::Program { said, .. }) if said.contains("locale") => {
                absent_is_fine(fs::remove_dir_all(data)).doing("deleting", data)?;
                self.initdb_with("C", data, cluster)
            }
            made => made,
        }
    }

    fn initdb_with(&self, locale: &str, data: &Path, cluster: &Cluster) -> Result<(), Error> {
        let mut command = Command::new(self.programs.path("initdb"));
        command
            .arg("-D")
            .arg(data)
            .args(["--username", &cluster.user, "--auth=scram-sha-256", "--no-instructions", "--no-sync"])
            // initdb without a password file refuses scram; access is written by `write_access` instead.
            .args(["--auth-local=trust", "--auth-host=trust"])
            .current_dir(self.dir.parent().unwrap_or(Path::new("/")));
        match cluster.form.is_empty() {
            true => command.args(["--encoding=UTF8", &format!("--locale={locale}"), "--data-checksums"]),
            false => command.args(&cluster.form),
        };
        as_user(&mut command, self.user);
        succeed("initdb", command.output())
    }

    fn create_database(&self, data: &Path, cluster: &Cluster) -> Result<(), Error> {
        if ["postgres", "template0", "template1"].contains(&cluster.database.as_str()) {
            return Ok(());
        }
        let mut command = Command::new(self.programs.path("postgres"));
        command.args(["--single", "-D"]).arg(data).arg("template1").current_dir(data);
        as_user(&mut command, self.user);
        let sql = format!("CREATE DATABASE \"{}\"\n", cluster.database.replace('"', "\"\""));
        let output = feed(&mut command, &sql);
        // The single-user server ends with 0 even if a statement failed.
        let said =
            output.as_ref().map(|it| String::from_utf8_lossy(&it.stderr).into_owned()).unwrap_or_default();
        if said.contains("ERROR:") {
            return Err(Error::Program { program: "postgres --single".to_owned(), said: telling(&said) });
        }
        succeed("postgres --single", output)
    }
}

fn feed(command: &mut Command, input: &str) -> io::Result<std::process::Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    child.wait_with_output()
}

/// Access as the design asks: scram for every connection over TCP; over the local socket the superuser without a
/// password, but only for the operating system's users who own the data anyway.
fn write_access(data: &Path, cluster: &Cluster, user: &ServerUser) -> Result<(), Error> {
    let role = cluster.user.replace('"', "\"\"");
    let access = format!(
        "local all \"{role}\" peer map=owner\n\
         local all all scram-sha-256\n\
         host all all 127.0.0.1/32 scram-sha-256\n\
         host all all ::1/128 scram-sha-256\n\
         host replication all 127.0.0.1/32 scram-sha-256\n"
    );
    let mut owners = format!("owner {} \"{role}\"\n", user.name);
    if user.foreign {
        owners.push_str(&format!("owner root \"{role}\"\n"));
    }
    for (file, text) in [("pg_hba.conf", access), ("pg_ident.conf", owners)] {
        // Rewritten in place: the file stays the server user's, as initdb made it.
        let file = data.join(file);
        fs::write(&file, text).doing("writing", &file)?;
    }
    Ok(())
}

fn succeed(program: &str, output: io::Result<std::process::Output>) -> Result<(), Error> {
    let failed = |said: String| Error::Program { program: program.to_owned(), said };
    let output = output.map_err(|err| failed(err.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // The server that initdb runs knows better what is wrong than initdb itself.
    let of_initdb = || said.lines().find_map(|line| Some(line.split_once("error: ")?.1.trim().to_owned()));
    let of_initdb = if said.contains("FATAL:") { None } else { of_initdb() };
    Err(failed(of_initdb.unwrap_or_else(|| telling(&said))))
}
