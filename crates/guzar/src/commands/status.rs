//! `guzar status`: how the node stands.

use node::api::{Request, Response};

use crate::context::Context;
use crate::failed::Failed;
use crate::render;
use crate::session::Session;

/// Show how the node stands
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) async fn run(context: &Context, _args: Args) -> Result<(), Failed> {
    let mut session = Session::open(context).await?;
    let answer = session.ask(&Request::Status).await;
    let running = session.is_running();
    session.close().await;
    let response = answer?;
    context.print(&response, |words| match &response {
        Response::Status(status) => render::node::status(words, status, running),
        other => format!("{other:?}"),
    })
}
