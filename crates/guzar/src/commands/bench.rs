//! `guzar bench`: measurements, by the part that is measured.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use badlink::options::{Loss, Options};
use badlink::unavailable::Unavailable;
use clap::Subcommand;
use serde::Serialize;

use crate::bench::{crash, exchange, limits, link};
use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::progress;

/// Measure this machine and the product on it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    part: Part,
    /// Folder for the nodes of the measurement, on the disk to be measured
    #[arg(long, global = true, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Primitives of this machine, and the bound that follows from them
    Limits,
    /// Two nodes on this machine: rate, delay, bytes, memory, a backlog
    Exchange {
        /// Shorter parts: for a first look
        #[arg(long)]
        quick: bool,
    },
    /// Two nodes over a bad link, a file under way (needs root and /dev/net/tun; exit code 6 without them)
    Link {
        /// Rate each way, in kbit/s
        #[arg(long, default_value = "64")]
        rate: NonZeroU32,
        /// Delay one way, in milliseconds
        #[arg(long, default_value_t = 300)]
        delay: u64,
        /// Packets lost by chance, in percent
        #[arg(long, default_value = "3")]
        loss: Loss,
        /// Bytes of the file under way
        #[arg(long, default_value_t = 5_000_000)]
        file: usize,
        /// FLASH dispatches while the file is under way
        #[arg(long, default_value_t = 100)]
        flashes: u32,
        /// Seconds for which the link is cut
        #[arg(long, default_value_t = 600)]
        outage: u64,
        /// Dispatches queued meanwhile
        #[arg(long, default_value_t = 500)]
        queued: u32,
        /// Where the dice begin
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Kill sender, relay and receiver under load, and compare the books
    Crash {
        #[arg(long, default_value_t = 20)]
        rounds: u64,
        /// Where the dice begin
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let parent = args.dir.unwrap_or_else(std::env::temp_dir);
    let dir = Scratch::make(&parent)?;
    match args.part {
        Part::Limits => {
            let limits = limits::measure(dir.path()).map_err(failed)?;
            print(context, &limits)
        }
        Part::Exchange { quick } => {
            let lengths = exchange::Lengths {
                warm_up: Duration::from_secs(if quick { 1 } else { 3 }),
                sustained: Duration::from_secs(if quick { 3 } else { 15 }),
                latency: Duration::from_secs(if quick { 4 } else { 20 }),
            };
            let bar = progress::stepped(context, "progress.bench");
            let report = exchange::run(dir.path(), lengths, |done, all| bar.set(done, all)).await;
            bar.end();
            print(context, &report.map_err(failed)?)
        }
        Part::Link {
            rate,
            delay,
            loss,
            file,
            flashes,
            outage,
            queued,
            seed,
        } => {
            let plan = link::Plan {
                link: Options {
                    rate_kbit_s: rate,
                    delay: Duration::from_millis(delay),
                    loss,
                    seed,
                    ..Options::default()
                },
                file_bytes: file,
                flashes,
                outage: Duration::from_secs(outage),
                queued,
            };
            let bar = progress::stepped(context, "progress.bench");
            let report = link::run(dir.path(), &plan, |done, all| bar.set(done, all)).await;
            bar.end();
            print(context, &report.map_err(failed)?)
        }
        Part::Crash { rounds, seed } => {
            let bar = progress::stepped(context, "progress.crash");
            let report = crash::run(dir.path(), rounds, seed, |round| bar.set(round, rounds)).await;
            bar.end();
            let report = report.map_err(failed)?;
            print(context, &report)?;
            if report.is_clean() {
                Ok(())
            } else {
                Err(Failed::one(Class::Unmet, problem("books_differ")))
            }
        }
    }
}

/// A folder that goes with the measurement.
struct Scratch(PathBuf);

impl Scratch {
    fn make(parent: &Path) -> Result<Self, Failed> {
        let dir = parent.join(format!("guzar-bench-{}", std::process::id()));
        std::fs::create_dir_all(&dir)
            .map_err(|error| Failed::file("cannot_write", &dir, &error))?;
        Ok(Self(dir))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!("{} was left behind: {error}", self.0.display());
        }
    }
}

fn print<T: Serialize>(context: &Context, report: &T) -> Result<(), Failed> {
    context.print(report, |_| {
        serde_json::to_string_pretty(report).unwrap_or_default()
    })
}

#[expect(clippy::needless_pass_by_value, reason = "an error that ends here")]
fn failed(error: anyhow::Error) -> Failed {
    if let Some(missing) = error.downcast_ref::<Unavailable>() {
        let problem = problem("bench_unavailable")
            .arg("what", &missing.what)
            .arg("fix", &missing.fix);
        return Failed::one(Class::Broken, problem);
    }
    Failed::one(
        Class::Broken,
        problem("bench_failed").arg("what", format!("{error:#}")),
    )
}
