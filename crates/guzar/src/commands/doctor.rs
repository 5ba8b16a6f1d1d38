//! `guzar doctor`: checks of store, keys, clock, links and register.

use node::api::{Request, Response};

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, Told, problem};
use crate::render;
use crate::session::Session;

/// Check store, keys, clock, links and register
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) async fn run(context: &Context, _args: Args) -> Result<(), Failed> {
    let mut session = Session::open(context).await?;
    let answer = session.ask(&Request::Doctor).await;
    session.close().await;
    let response = answer?;
    context.print(&response, |words| match &response {
        Response::Doctor { checks } => render::node::checks(words, checks),
        other => format!("{other:?}"),
    })?;
    let bad = match &response {
        Response::Doctor { checks } => checks.iter().filter(|check| !check.ok).count(),
        _ => 0,
    };
    if bad == 0 {
        Ok(())
    } else {
        Err(Failed::one(Class::Broken, problem("unhealthy").arg("count", bad)).told(Told::Json))
    }
}
