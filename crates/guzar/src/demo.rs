//! `guzar demo`: a whole network on this machine, which plays published cases and checks every step of them.
//!
//! Each node is a `guzar serve` with a home of its own. What is checked is read back from the nodes.

use std::path::Path;
use std::time::{Duration, Instant};

use node::clock::{Clock as _, SystemClock};
use serde::Serialize;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, Told, problem};

mod network;
mod paper;
mod scene;
mod stage;
mod story;
mod tour;

use network::Network;
use stage::Stage;
use story::Story;

/// Whether the network stays up after the play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    End,
    Stay,
}

/// The last line of the play.
#[derive(Debug, Serialize)]
struct End<'a> {
    demo: &'a str,
    steps: u64,
    nodes: usize,
    elapsed_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Fault<'a>>,
}

/// The check that did not hold.
#[derive(Debug, Serialize)]
struct Fault<'a> {
    scene: &'a str,
    step: &'a str,
    what: String,
}

/// Makes the network in `dir` and plays.
pub(crate) async fn run(
    context: &Context,
    dir: &Path,
    afterwards: Afterwards,
) -> Result<(), Failed> {
    let started = Instant::now();
    let mut interrupt = Interrupt::listen()?;
    let network = Network::make(dir, SystemClock.now())
        .await
        .map_err(broken)?;
    let opened = tokio::select! {
        opened = Stage::open(network) => opened,
        () = interrupt.came() => return Err(interrupted()),
    };
    let mut stage = opened.map_err(broken)?;
    let mut story = Story::new(&context.language, context.output);
    let played = tokio::select! {
        played = scene::play(&mut stage, &mut story) => Some(played),
        () = interrupt.came() => None,
    };
    let told = match played {
        Some(Ok(())) => {
            let told = tell_end(context, &story, &stage, started.elapsed());
            if told.is_ok() && afterwards == Afterwards::Stay {
                tour::invite(context, &stage).await.map_err(broken)?;
                interrupt.came().await;
                context
                    .output
                    .remark(context.language.text("demo.end.stopping"));
            }
            told
        }
        Some(Err(error)) => tell_fault(context, &story, &stage, started.elapsed(), &error),
        None => Err(interrupted()),
    };
    let closed = stage.close().await.map_err(broken);
    // A check that did not hold says more than a node that could not be stopped.
    told.and(closed)
}

fn tell_end(
    context: &Context,
    story: &Story<'_>,
    stage: &Stage,
    elapsed: Duration,
) -> Result<(), Failed> {
    let end = End {
        demo: "ok",
        steps: story.steps(),
        nodes: stage.nodes().count(),
        elapsed_ms: millis(elapsed),
        failed: None,
    };
    context.print(&end, |words| {
        let args = [
            ("steps", &*end.steps.to_string()),
            ("nodes", &*end.nodes.to_string()),
            ("seconds", &*format!("{:.1}", elapsed.as_secs_f64())),
        ];
        format!("\n{}", words.language.fill("demo.end.ok", &args))
    })
}

fn tell_fault(
    context: &Context,
    story: &Story<'_>,
    stage: &Stage,
    elapsed: Duration,
    error: &anyhow::Error,
) -> Result<(), Failed> {
    let (scene, step) = story.at();
    let what = format!("{error:#}");
    let problem = problem("demo_check")
        .arg("scene", scene)
        .arg("step", step)
        .arg("what", &what);
    if context.output.json {
        context.output.json(&End {
            demo: "failed",
            steps: story.steps(),
            nodes: stage.nodes().count(),
            elapsed_ms: millis(elapsed),
            failed: Some(Fault { scene, step, what }),
        })?;
    }
    Err(Failed::one(Class::Unmet, problem).told(Told::Json))
}

fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// The machine does not let the network be set up or taken down.
#[expect(clippy::needless_pass_by_value, reason = "an error that ends here")]
fn broken(error: anyhow::Error) -> Failed {
    let what = format!("{error:#}");
    Failed::one(Class::Broken, problem("no_demo").arg("what", what))
}

fn interrupted() -> Failed {
    Failed::one(Class::Unmet, problem("demo_interrupted"))
}

/// Ctrl-C, or the request to end.
struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupt {
    fn listen() -> Result<Self, Failed> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failed::one(Class::Broken, problem("no_signals").arg("what", error))
            })
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn came(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
