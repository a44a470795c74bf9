//! Running the machine's own `pg_dump` on a server.

use std::io::Write;
use std::path::Path;

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::engine::Site;
use crate::engine::dump::{Dump, PROGRAM, Sink};
use crate::engine::native::programs::Programs;
use crate::engine::native::tool::{client, command, connected, passwords};
use crate::error::{Error, IoContext};

/// Bytes that are handed on at once.
const PIECE_BYTES: usize = 1 << 16;

/// Runs it, and hands on what it writes.
pub async fn run(site: &Site, programs: &Programs, dump: &Dump<'_>, into: Sink<'_>) -> Result<(), Error> {
    let program = client(programs, PROGRAM)?;
    let passwords = passwords(dump.login.password).doing("handing over a password to", &program)?;
    let arguments = connected(site, Some(&passwords), |connection| dump.arguments(connection));
    let mut child = command(&program, arguments).spawn().doing("running", &program)?;
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let mut said = Vec::new();
    let mut listen = |piece: &[u8]| said.write_all(piece);
    let handed = hand_on(stdout.as_mut(), &program, into);
    tokio::try_join!(handed, hand_on(stderr.as_mut(), &program, &mut listen))?;
    match child.wait().await.doing("running", &program)?.success() {
        true => Ok(()),
        false => Err(dump.failed(&String::from_utf8_lossy(&said))),
    }
}

async fn hand_on(
    from: Option<&mut (impl AsyncRead + Unpin)>,
    program: &Path,
    into: Sink<'_>,
) -> Result<(), Error> {
    let Some(from) = from else { return Ok(()) };
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let read = from.read(&mut piece).await.doing("reading from", program)?;
        match piece.get(..read) {
            Some([]) | None => return Ok(()),
            Some(piece) => into(piece).map_err(Error::Output)?,
        }
    }
}
