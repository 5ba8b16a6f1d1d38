//! `cargo xtask crash`: the product killed under load, round after round, and its books compared at the end.
//!
//! `guzar bench crash` plays the rounds: it runs a sender, a relay and a receiver, kills one of them with SIGKILL at
//! a moment that the seed chooses, and starts it again. Here the program is built and given a folder, and its
//! report decides.

mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, id};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;

use self::report::Report;
use crate::step;
use crate::workspace::{Workspace, cargo};

/// How often a run of minutes shows that it is alive.
const EVERY: Duration = Duration::from_secs(20);

/// Kills sender, relay and receiver under load, and proves that nothing is lost or doubled.
#[derive(Args, Debug)]
pub(crate) struct Crash {
    /// Kills in all
    #[arg(long, default_value = "200")]
    rounds: u64,
    /// Where the dice begin: the same seed chooses the same victims and moments
    #[arg(long, default_value = "1")]
    seed: u64,
    /// Build without optimisation: sooner built, slower run
    #[arg(long)]
    debug: bool,
}

/// Builds, runs, judges.
///
/// # Errors
/// If the program cannot be built or run, or its books do not agree.
pub(crate) fn run(arguments: &Crash) -> anyhow::Result<()> {
    let target = Workspace::read()?.target_directory;
    let mut build = cargo();
    build.args(["build", "--quiet", "--package", "guzar"]);
    if !arguments.debug {
        build.arg("--release");
    }
    step::run("build", &mut build)?;
    // Beside the build, since /tmp may be a RAM disk, on which nothing is ever synced.
    let folder = target.join(format!("crash-{}", id()));
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let judged = play(&program(&target, arguments.debug), arguments, &folder);
    fs::remove_dir_all(&folder)
        .with_context(|| format!("failed to remove {}", folder.display()))?;
    judged.with_context(|| format!("seed {}", arguments.seed))
}

fn play(program: &Path, arguments: &Crash, folder: &Path) -> anyhow::Result<()> {
    let mut report = None;
    let still = Still::begin();
    let ended = step::run_lines(
        "crash",
        Command::new(program)
            .args(["bench", "crash", "--json", "--rounds"])
            .arg(arguments.rounds.to_string())
            .arg("--seed")
            .arg(arguments.seed.to_string())
            .arg("--dir")
            .arg(folder),
        |line| match Report::read(line) {
            Some(read) => report = Some(read),
            None => println!("{line}"),
        },
    );
    drop(still);
    if let Some(report) = report {
        println!("   {report}");
        let faults = report.faults(arguments.rounds);
        // Said before the exit code, which only says that there are some.
        if !faults.is_empty() {
            bail!("crash: {}", faults.join("; "));
        }
        return ended;
    }
    ended?;
    bail!("crash: the program gave no report");
}

/// Says now and then that the rounds go on: the program shows no bar beside its report. Ends on drop.
struct Still {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Still {
    fn begin() -> Self {
        let (end, ended) = mpsc::channel::<()>();
        let begun = Instant::now();
        let thread = thread::spawn(move || {
            while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                println!("   crash: {} s, still killing", begun.elapsed().as_secs());
            }
        });
        Self {
            end: Some(end),
            thread: Some(thread),
        }
    }
}

impl Drop for Still {
    fn drop(&mut self) {
        drop(self.end.take());
        if self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_err())
        {
            eprintln!("   crash: the progress stopped early");
        }
    }
}

fn program(target: &Path, debug: bool) -> PathBuf {
    let profile = if debug { "debug" } else { "release" };
    target.join(profile).join("guzar")
}

#[cfg(test)]
mod tests;
