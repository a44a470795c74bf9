//! The TCP ports of the machine on which somebody listens.

use std::collections::BTreeSet;

/// All ports on which somebody listens now.
pub fn listeners() -> BTreeSet<u16> {
    let sockets = procfs::net::tcp().into_iter().chain(procfs::net::tcp6()).flatten();
    sockets.filter(|it| it.state == procfs::net::TcpState::Listen).map(|it| it.local_address.port()).collect()
}
