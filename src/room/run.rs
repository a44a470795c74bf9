//! Running one program in a room: bounded in time, output, processes and memory, and killed whole.

use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{
    Pid, PidfdFlags, Resource, Rlimit, Signal, getpriority_process, kill_process_group, pidfd_open, prlimit,
    setpriority_process,
};

use super::{Room, census};

/// Output that is read at once, in bytes.
const CHUNK_BYTES: usize = 1 << 16;
/// How long what a program leaves behind may hold its output open before nobody waits for the end of it.
const GRACE: Duration = Duration::from_millis(500);
/// Between two looks at how many processes a program has: in a tenth of a second they can be thousands.
const LOOK: Duration = Duration::from_millis(10);
/// Between two looks at how much memory they take.
const LONG_LOOK: Duration = Duration::from_millis(200);
/// The highest priority that there is. Among thousands of others a process of the usual one would hardly ever run.
const AWAKE: i32 = -20;

/// What a program may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How long it may run.
    pub time: Duration,
    /// What is killed when it ends.
    pub sweep: Sweep,
    /// How much it may write to each of its streams, in bytes.
    pub output_bytes: usize,
    /// How many processes it may consist of at once.
    pub processes: usize,
    /// How much memory they may have in use, in bytes.
    pub memory_bytes: u64,
    /// How large a file they may write, in bytes; none for as large as they like.
    pub file_bytes: Option<u64>,
}

/// What is killed when a program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweep {
    /// Everything in the room.
    Room,
    /// Its process group: others live in the room.
    Group,
    /// Nothing: what it leaves behind is a service that it has started.
    Nothing,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It was killed, since its time was over.
    OutOfTime,
    /// It was killed, since it wrote too much.
    Overflow,
    /// It was killed, since it had too many processes.
    Crowd,
    /// It was killed, since it took too much memory.
    Glut,
    /// It was killed, since the user wanted no more.
    Stopped,
    /// It could not be run, for this reason.
    Unstarted(String),
}

/// What a program did.
#[derive(Clone, Debug)]
pub struct Ran {
    /// How it ended.
    pub ended: Ended,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
    /// How long it ran.
    pub took: Duration,
}

impl Bounds {
    /// For what only reads: nothing that it begins goes on after it.
    pub fn reading(time: Duration) -> Self {
        Self {
            time,
            sweep: Sweep::Room,
            output_bytes: 8 << 20,
            processes: 256,
            memory_bytes: 2 << 30,
            file_bytes: Some(1 << 30),
        }
    }

    /// For what starts services: they live on, and may be large.
    pub fn living(time: Duration) -> Self {
        Self {
            time,
            sweep: Sweep::Nothing,
            output_bytes: 64 << 20,
            processes: 4096,
            memory_bytes: u64::MAX,
            file_bytes: None,
        }
    }
}

impl Ran {
    /// The code that it ended with by itself.
    pub fn code(&self) -> Option<i32> {
        match self.ended {
            Ended::Code(code) => Some(code),
            Ended::Signal(_)
            | Ended::OutOfTime
            | Ended::Overflow
            | Ended::Crowd
            | Ended::Glut
            | Ended::Stopped
            | Ended::Unstarted(_) => None,
        }
    }
}

impl Room {
    /// Runs a program with nothing on its standard input.
    pub fn run(&self, program: &Path, args: &[&str], bounds: &Bounds) -> Ran {
        let begun = Instant::now();
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.work_dir).env_clear().envs(self.env.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut ran = match command.spawn().map(|child| Running::new(child, bounds, self)) {
            Ok(Ok(mut running)) => running.await_end(begun),
            Ok(Err(err)) | Err(err) => Ran::unstarted(&err),
        };
        ran.took = begun.elapsed();
        if bounds.sweep == Sweep::Room {
            self.clear();
        }
        ran
    }
}

impl Ran {
    fn unstarted(err: &io::Error) -> Self {
        let (stdout, stderr) = (String::new(), String::new());
        Self { ended: Ended::Unstarted(err.to_string()), stdout, stderr, took: Duration::ZERO }
    }
}

/// A program that runs.
struct Running<'a> {
    child: Child,
    group: Pid,
    bounds: Bounds,
    room: &'a Room,
    /// The fewest processes and threads that the machine had since it began.
    tasks: usize,
    stdout: Stream,
    stderr: Stream,
}

/// One of its streams.
struct Stream {
    pipe: Option<Box<dyn Pipe>>,
    bytes: Vec<u8>,
}

trait Pipe: Read + AsFd {}
impl<T: Read + AsFd> Pipe for T {}

impl<'a> Running<'a> {
    fn new(mut child: Child, bounds: &Bounds, room: &'a Room) -> io::Result<Self> {
        let group = Pid::from_child(&child);
        let tasks = census::tasks();
        // One that has ended already does nothing any more. Root may have as many processes as it likes.
        let limit = |resource, limit| {
            let _ = prlimit(Some(group), resource, Rlimit { current: Some(limit), maximum: Some(limit) });
        };
        limit(Resource::Nproc, (tasks + bounds.processes) as u64);
        bounds.file_bytes.into_iter().for_each(|bytes| limit(Resource::Fsize, bytes));
        let stdout = Stream::new(child.stdout.take())?;
        let stderr = Stream::new(child.stderr.take())?;
        Ok(Self { child, group, bounds: *bounds, room, tasks, stdout, stderr })
    }

    /// Waits for its end, or makes one.
    fn await_end(&mut self, begun: Instant) -> Ran {
        let ended =
            self.watch(begun + self.bounds.time).unwrap_or_else(|err| Ended::Unstarted(err.to_string()));
        if self.bounds.sweep != Sweep::Nothing || !matches!(ended, Ended::Code(_)) {
            // A group without processes is none any more.
            let _ = kill_process_group(self.group, Signal::KILL);
        }
        let _ = self.child.wait();
        let text = |it: &Stream| String::from_utf8_lossy(&it.bytes).into_owned();
        Ran { ended, stdout: text(&self.stdout), stderr: text(&self.stderr), took: Duration::ZERO }
    }

    fn watch(&mut self, deadline: Instant) -> io::Result<Ended> {
        let _awake = Awake::new();
        let end = pidfd_open(self.group, PidfdFlags::empty())?;
        let mut looked = Instant::now();
        loop {
            self.hear(Some(end.as_fd()), LOOK)?;
            if let Some(status) = self.child.try_wait()? {
                self.hear_the_rest()?;
                return Ok(Ended::from(status));
            }
            if self.writes_too_much() {
                return Ok(Ended::Overflow);
            }
            if self.room.stop.is_asked() {
                return Ok(Ended::Stopped);
            }
            if deadline <= Instant::now() {
                return Ok(Ended::OutOfTime);
            }
            // What the whole machine has is known at once, and mostly says enough.
            if self.machine_has_grown() && self.is_crowd() {
                return Ok(Ended::Crowd);
            }
            if looked.elapsed() >= LONG_LOOK {
                if census::memory_bytes(self.number()) > self.bounds.memory_bytes {
                    return Ok(Ended::Glut);
                }
                looked = Instant::now();
            }
        }
    }

    fn writes_too_much(&self) -> bool {
        [&self.stdout, &self.stderr].iter().any(|it| it.bytes.len() > self.bounds.output_bytes)
    }

    /// Counting takes its time, in which nothing must come: the program is halted for it.
    fn is_crowd(&self) -> bool {
        let _ = kill_process_group(self.group, Signal::STOP);
        let is_crowd =
            census::is_crowd(self.number(), self.room.dir(), self.room.made, self.bounds.processes);
        if !is_crowd {
            let _ = kill_process_group(self.group, Signal::CONT);
        }
        is_crowd
    }

    /// Whether so many processes have come that they may be this program's.
    fn machine_has_grown(&mut self) -> bool {
        let tasks = census::tasks();
        self.tasks = self.tasks.min(tasks);
        tasks > self.tasks + self.bounds.processes
    }

    fn number(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    /// What is still in the pipes when the program has ended. Others may hold them open.
    fn hear_the_rest(&mut self) -> io::Result<()> {
        let until = Instant::now() + GRACE;
        while (self.stdout.pipe.is_some() || self.stderr.pipe.is_some()) && !self.writes_too_much() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.hear(None, left)? {
                break;
            }
        }
        Ok(())
    }

    /// Reads what there is, and waits for it a while if there is nothing; answers whether anything happened.
    fn hear(&mut self, end: Option<BorrowedFd<'_>>, wait: Duration) -> io::Result<bool> {
        let fds =
            [self.stdout.pipe.as_ref(), self.stderr.pipe.as_ref()].into_iter().flatten().map(AsFd::as_fd);
        let mut polled: Vec<PollFd<'_>> =
            fds.chain(end).map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        let wait = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
        let happened = match poll(&mut polled, Some(&wait)) {
            Ok(count) => count > 0,
            Err(rustix::io::Errno::INTR) => true,
            Err(err) => return Err(err.into()),
        };
        self.stdout.read()?;
        self.stderr.read()?;
        Ok(happened)
    }
}

/// As long as there is this, the thread that made it comes before all others, if that is allowed.
struct Awake {
    priority: i32,
}

impl Awake {
    fn new() -> Option<Self> {
        let priority = getpriority_process(None).ok()?;
        setpriority_process(None, AWAKE).ok()?;
        Some(Self { priority })
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        let _ = setpriority_process(None, self.priority);
    }
}

impl Stream {
    fn new(pipe: Option<impl Pipe + 'static>) -> io::Result<Self> {
        if let Some(pipe) = &pipe {
            fcntl_setfl(pipe, fcntl_getfl(pipe)? | OFlags::NONBLOCK)?;
        }
        Ok(Self { pipe: pipe.map(|it| Box::new(it) as Box<dyn Pipe>), bytes: Vec::new() })
    }

    fn read(&mut self) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else { return Ok(()) };
        let mut chunk = [0; CHUNK_BYTES];
        match pipe.read(&mut chunk) {
            Ok(0) => self.pipe = None,
            Ok(count) => self.bytes.extend(chunk.iter().take(count)),
            Err(err) if matches!(err.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(err) => return Err(err),
        }
        Ok(())
    }
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}
