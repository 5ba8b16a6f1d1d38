//! `guzar demo`: a whole network on this machine, which plays published cases and checks every step of them.
//!
//! Each node is a `guzar serve` with a home of its own. What is checked is read back from the nodes.

use std::path::Path;

use node::clock::{Clock as _, SystemClock};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, Told, problem};

mod network;
mod paper;
mod scene;
mod stage;
mod story;

use network::Network;
use stage::Stage;
use story::Story;

/// The last line of the play.
#[derive(Debug, Serialize)]
struct End<'a> {
    demo: &'a str,
    steps: u64,
    elapsed_ms: u64,
    nodes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Failure<'a>>,
}

/// The check that did not hold.
#[derive(Debug, Serialize)]
struct Failure<'a> {
    scene: &'a str,
    step: &'a str,
    what: String,
}

/// Makes the network in `dir`, plays, and gives the nodes as they run.
pub(crate) async fn run(context: &Context, dir: &Path, headless: bool) -> Result<(), Failed> {
    let started = std::time::Instant::now();
    let broken = |error: anyhow::Error| {
        Failed::one(Class::Broken, problem("no_demo").arg("what", format!("{error:#}")))
    };
    let mut story = Story::new(&context.language, context.output);
    let network = Network::make(dir, SystemClock.now()).await.map_err(broken)?;
    let mut stage = Stage::open(network).await.map_err(broken)?;
    let played = scene::play(&mut stage, &mut story).await;
    let mut end = End {
        demo: "ok",
        steps: story.steps(),
        elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        nodes: stage.nodes().count(),
        failed: None,
    };
    if let Err(error) = played {
        let (scene, step) = story.at();
        let what = format!("{error:#}");
        end.demo = "failed";
        end.failed = Some(Failure {
            scene,
            step,
            what: what.clone(),
        });
        context.print(&end, |_| String::new())?;
        let problem = problem("demo_check")
            .arg("scene", scene)
            .arg("step", step)
            .arg("what", what);
        return Err(Failed::one(Class::Unmet, problem).told(Told::Json));
    }
    let _ = headless;
    stage.close().await.map_err(broken)?;
    context.print(&end, |words| {
        let steps = end.steps.to_string();
        words.language.fill("demo.end.ok", &[("steps", &steps)])
    })?;
    Ok(())
}
