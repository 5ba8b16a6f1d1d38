//! `guzar watch`: what happens on the running node, line by line.

use node::api::Event;

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::render;
use crate::session;

/// Print what happens on the running node, as it happens
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// End after so many events
    #[arg(long, value_name = "N")]
    count: Option<u64>,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let home = context.home.dir();
    let lost = |error: std::io::Error| {
        Failed::one(Class::Later, problem("server_lost").arg("what", error))
    };
    let Some(client) = session::running(home).await? else {
        return Err(Failed::one(
            Class::NotFound,
            problem("not_running").arg("home", home.display()),
        ));
    };
    let mut watcher = client.watch().await.map_err(lost)?;
    let mut left = args.count;
    while left != Some(0) {
        let event: Event = watcher.event().await.map_err(lost)?;
        context.print(&event, |words| render::node::event(words, &event))?;
        left = left.map(|left| left.saturating_sub(1));
    }
    Ok(())
}
