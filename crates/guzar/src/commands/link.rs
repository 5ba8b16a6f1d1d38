//! `guzar links`: who is connected, and how well.

use node::api::{Request, Response};

use crate::context::Context;
use crate::failed::Failed;
use crate::render;
use crate::session::Session;

/// Show the links to other nodes
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) async fn run(context: &Context, _args: Args) -> Result<(), Failed> {
    let mut session = Session::open(context).await?;
    let answer = session.ask(&Request::Links).await;
    let running = session.is_running();
    session.close().await;
    let response = answer?;
    context.print(&response, |words| match &response {
        Response::Links { links } => render::node::links(words, links, running),
        other => format!("{other:?}"),
    })
}
