//! A large result takes little memory, whatever it is printed as.

use std::fs::{self, File};
use std::io::{BufWriter, Seek};
use std::process::{Child, Command};
use std::time::Duration;

use resource_postgres::pg::render::Printer;
use resource_postgres::pg::render::settings::{Format, Settings};

use super::formats::answer;
use crate::support::Room;

/// 200 MiB of rows: what memory may not hold.
const LARGE: &str = "SELECT i, repeat('x', 1024) AS text FROM generate_series(1, 200 * 1024) AS i";
const LARGE_BYTES: u64 = 200 << 20;
/// What the program may have in memory at once.
const MOST_KIB: u64 = 64 * 1024;

/// The most memory that a process ever had, asked until it has ended.
fn peak_kib(child: &mut Child) -> u64 {
    let file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(&file).unwrap_or_default();
        peak = peak_in(&status).unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

/// A process that has ended and is not waited for yet has no memory any more.
fn peak_in(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")?.strip_suffix("kB"))?;
    line.trim().parse().ok()
}

/// Runs a command with its output in a file; answers its peak of memory and the size of the file.
fn measured(room: &Room, mut command: Command) -> (u64, u64) {
    let file = room.path().join("large");
    let mut child = command.stdout(File::create(&file).unwrap()).spawn().unwrap();
    let peak = peak_kib(&mut child);
    assert!(child.wait().unwrap().success());
    (peak, fs::metadata(&file).unwrap().len())
}

/// The most memory that this process ever had.
fn own_peak_kib() -> u64 {
    peak_in(&fs::read_to_string("/proc/self/status").unwrap()).unwrap()
}

#[test]
fn a_large_table_takes_little_memory() {
    let room = Room::up();
    let (peak, bytes) = measured(&room, room.command(["content", "execute", LARGE]));
    assert!(bytes > LARGE_BYTES, "{bytes}");
    assert!((1024..MOST_KIB).contains(&peak), "{peak} KiB");
}

#[test]
fn a_large_result_in_csv_takes_little_memory() {
    let room = Room::up();
    let mut out = BufWriter::new(File::create(room.path().join("large")).unwrap());
    let mut printer = Printer::new(Settings { format: Format::Csv, ..Settings::default() });
    let before = own_peak_kib();
    answer(&room, &[LARGE], |_, event| printer.print(event, &mut out));
    assert!(out.stream_position().unwrap() > LARGE_BYTES);
    let grown = own_peak_kib() - before;
    assert!(grown < MOST_KIB / 2, "{grown} KiB");
}
