//! Judging several resources side by side, as deep as was asked for, until the user wants no more.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ScopedJoinHandle};

use tokio::runtime::Handle;

use crate::commands::contract::watch::Watch;
use crate::context::Ctx;
use crate::contract::finding::Judgment;
use crate::contract::layers::{behavior, integration, syntax};
use crate::contract::load::Loaded;
use crate::contract::sample::Sample;
use crate::contract::subject::Subject;
use crate::contract::trial::{Engine, Setting};
use crate::error::{Error, IoContext};
use crate::output::Out;
use crate::room::Stop;
use crate::wait::{aside, interruption};

/// How deep it is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Files are read.
    Syntax,
    /// What only reads is run as well.
    Behavior,
    /// The resource is taken through its life as well.
    Integration,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// How deep it is looked.
    pub depth: Depth,
    /// How many resources are judged at once; as many as there are processors if nothing is said.
    pub jobs: Option<NonZero<usize>>,
    /// Variables for their commands, as `NAME=VALUE` or `NAME`.
    pub env: Vec<String>,
    /// What they are given to keep.
    pub samples: Vec<Sample>,
}

/// Judges the resources in these directories, and answers in their order.
pub async fn judge_all(
    ctx: &Ctx,
    loaded: Arc<Loaded>,
    dirs: Vec<PathBuf>,
    asked: &Asked,
) -> Result<Vec<Judgment>, Error> {
    let judge = Arc::new(Judge::new(ctx, loaded, asked)?);
    let stop = judge.setting.stop.clone();
    let jobs = match (asked.jobs, asked.depth) {
        (Some(jobs), _) => jobs.get(),
        // Resources that live at the same time may take each other's ports.
        (None, Depth::Integration) => 1,
        (None, Depth::Syntax | Depth::Behavior) => thread::available_parallelism().map_or(1, NonZero::get),
    };
    let work = aside(move || judge.side_by_side(&dirs, jobs));
    let mut work = std::pin::pin!(work);
    let told = tokio::select! {
        done = &mut work => return done,
        told = interruption() => told.map_err(Error::Output)?,
    };
    stop.stop();
    // What runs is killed, and what was made is taken away, before this program ends. Another signal ends it at once.
    tokio::select! {
        _ = &mut work => {}
        again = interruption() => drop(again.map_err(Error::Output)?),
    }
    Err(Error::JudgingEnded { by: told })
}

/// What all resources are judged with.
struct Judge {
    loaded: Arc<Loaded>,
    depth: Depth,
    setting: Setting,
    samples: Vec<Sample>,
    out: Out,
    /// This program's own resource, and this program: its door would look for another one in a clean room.
    own: Option<(PathBuf, String)>,
}

impl Judge {
    fn new(ctx: &Ctx, loaded: Arc<Loaded>, asked: &Asked) -> Result<Self, Error> {
        let env = asked.env.iter().map(|it| variable(ctx, it)).collect::<Result<_, _>>()?;
        let client = ctx.engine.docker.client.clone();
        let engine = (!client.is_absent()).then(|| Engine { client, runtime: Handle::current() });
        let setting = Setting { path: ctx.settings.path.clone(), env, stop: Stop::default(), engine };
        let own = ctx.resource_dir.as_ref().and_then(|it| it.canonicalize().ok());
        let own = own.map(|dir| Ok::<_, Error>((dir, ctx.program()?.display().to_string()))).transpose()?;
        Ok(Self { loaded, depth: asked.depth, setting, samples: asked.samples.clone(), out: ctx.out, own })
    }

    fn side_by_side(&self, dirs: &[PathBuf], jobs: usize) -> Result<Vec<Judgment>, Error> {
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let watch = Watch::over(dirs.len());
        let work = || {
            while let Some(dir) = dirs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let _turn = watch.begin(dir);
                let judged = self.judge(dir);
                if let Ok(mut done) = done.lock() {
                    done.push((dir, judged));
                }
            }
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs.min(dirs.len())).map(|_| scope.spawn(work)).collect();
            watch.follow(self.out, || workers.iter().all(ScopedJoinHandle::is_finished));
        });
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_by_key(|(dir, _)| dirs.iter().position(|it| it == *dir));
        done.into_iter().map(|(_, judged)| judged).collect()
    }

    fn judge(&self, dir: &Path) -> Result<Judgment, Error> {
        let subject = Subject::read(dir).doing("reading", dir)?;
        let mut judgment = syntax::judge(&self.loaded.contract, &subject);
        if self.depth == Depth::Syntax {
            return Ok(judgment);
        }
        let setting = self.setting_for(dir);
        behavior::judge(&self.loaded, &subject, &setting, &mut judgment)
            .doing("making a clean room for", dir)?;
        if self.depth == Depth::Integration {
            integration::judge(&self.loaded, &subject, &setting, &self.samples, &mut judgment)
                .doing("making a clean room for", dir)?;
        }
        Ok(judgment)
    }

    fn setting_for(&self, dir: &Path) -> Setting {
        let mut setting = self.setting.clone();
        if let Some((own, program)) = &self.own
            && dir.canonicalize().is_ok_and(|it| it == *own)
        {
            setting.env.insert(0, ("POSTGRES_RESOURCE_BIN".to_owned(), program.clone()));
        }
        setting
    }
}

/// A variable as it was asked for.
fn variable(ctx: &Ctx, asked: &str) -> Result<(String, String), Error> {
    let (name, value) = match asked.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (asked, ctx.variable(asked)),
    };
    match value {
        Some(value) if !name.is_empty() => Ok((name.to_owned(), value)),
        Some(_) => Err(Error::Usage(format!("--env `{asked}` names no variable"))),
        None => Err(Error::Usage(format!(
            "--env `{asked}`: there is no such variable here, and no value is given"
        ))),
    }
}
