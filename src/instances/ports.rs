//! Ports: which one a new instance gets, and who sits on one that it cannot have.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;

use tokio::net::TcpSocket;

use crate::error::Error;

/// Ports that other Vrooli resources use by default; they are handed out last.
const NEIGHBORS: [u16; 2] = [5434, 5436];

/// A port asked of the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Any free port, this one first if it is free.
    Preferably(u16),
    /// This port or none.
    Exactly(u16),
}

/// Picks a port that no record in `leased` claims and that can be bound on 127.0.0.1 now.
/// The caller holds the store's lock until the record that claims it is written.
pub fn lease(wish: Wish, range: &RangeInclusive<u16>, leased: &[u16]) -> Result<u16, Error> {
    match wish {
        Wish::Exactly(port) => exactly(port, range, leased),
        Wish::Preferably(first) => candidates(first, range, leased)
            .into_iter()
            .find(|port| bindable(*port) && !shadowed(*port))
            .ok_or_else(|| Error::NoFreePort { start: *range.start(), end: *range.end() }),
    }
}

/// Refuses a port outside the range.
pub fn within(port: u16, range: &RangeInclusive<u16>) -> Result<(), Error> {
    match range.contains(&port) {
        true => Ok(()),
        false => Err(Error::PortOutOfRange { port, start: *range.start(), end: *range.end() }),
    }
}

fn exactly(port: u16, range: &RangeInclusive<u16>, leased: &[u16]) -> Result<u16, Error> {
    within(port, range)?;
    if leased.contains(&port) {
        return Err(Error::PortLeased { port });
    }
    if !bindable(port) || shadowed(port) {
        return Err(Error::PortTaken { port, owner: owner(port) });
    }
    Ok(port)
}

fn candidates(first: u16, range: &RangeInclusive<u16>, leased: &[u16]) -> Vec<u16> {
    let leased: BTreeSet<u16> = leased.iter().copied().collect();
    let mut ports: Vec<u16> = range.clone().filter(|port| !leased.contains(port)).collect();
    ports.sort_by_key(|port| (*port != first, NEIGHBORS.contains(port), *port));
    ports
}

/// Whether a server could listen on the port now. Binding without listening disturbs nobody who tries the same.
pub fn bindable(port: u16) -> bool {
    TcpSocket::new_v4().and_then(|socket| bind(&socket, (Ipv4Addr::LOCALHOST, port).into())).is_ok()
}

/// Whether somebody has the port on `::1`, where clients of `localhost` look first. A machine may lack IPv6.
fn shadowed(port: u16) -> bool {
    let bound = TcpSocket::new_v6().and_then(|socket| bind(&socket, (Ipv6Addr::LOCALHOST, port).into()));
    bound.is_err_and(|err| err.kind() == io::ErrorKind::AddrInUse)
}

fn bind(socket: &TcpSocket, address: SocketAddr) -> io::Result<()> {
    socket.set_reuseaddr(true)?;
    socket.bind(address)
}

/// Who listens on the port, for people to read: `python3 (pid 42)`, or that it cannot be told.
pub fn owner(port: u16) -> String {
    listener(port).unwrap_or_else(|| "a program of another user".to_owned())
}

fn listener(port: u16) -> Option<String> {
    let sockets = procfs::net::tcp().into_iter().chain(procfs::net::tcp6()).flatten();
    let inode = sockets
        .into_iter()
        .find(|entry| entry.state == procfs::net::TcpState::Listen && entry.local_address.port() == port)?
        .inode;
    let holds = |process: &procfs::process::Process| {
        let is_it = |fd: procfs::process::FDInfo| matches!(fd.target, procfs::process::FDTarget::Socket(it) if it == inode);
        process.fd().is_ok_and(|fds| fds.flatten().any(is_it))
    };
    let process = procfs::process::all_processes().ok()?.flatten().find(holds)?;
    Some(format!("{} (pid {})", process.stat().ok()?.comm, process.pid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wished_port_comes_first_and_the_ports_of_other_resources_last() {
        assert_eq!(candidates(5433, &(5433..=5438), &[5435]), [5433, 5437, 5438, 5434, 5436]);
        assert_eq!(candidates(5437, &(5433..=5438), &[]), [5437, 5433, 5435, 5438, 5434, 5436]);
    }

    #[test]
    fn an_exact_port_outside_the_range_or_leased_is_refused() {
        let range = 5433..=5499;
        assert!(matches!(lease(Wish::Exactly(80), &range, &[]), Err(Error::PortOutOfRange { .. })));
        assert!(matches!(lease(Wish::Exactly(5440), &range, &[5440]), Err(Error::PortLeased { port: 5440 })));
    }

    #[test]
    fn a_port_that_somebody_listens_on_is_not_leased_and_its_owner_is_named() {
        let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = stranger.local_addr().unwrap().port();
        assert!(!bindable(port));
        let me = format!("(pid {})", std::process::id());
        assert!(owner(port).ends_with(&me), "{}", owner(port));
        drop(stranger);
        assert!(bindable(port));
    }
}
