//! `guzar stop`: asks the running node to end.

use node::api::{Request, Response};

use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::session;

/// Ask the running node to end; work under way is finished first
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) async fn run(context: &Context, _args: Args) -> Result<(), Failed> {
    let home = context.home.dir();
    let Some(mut client) = session::running(home).await? else {
        return Err(Failed::one(
            Class::NotFound,
            problem("not_running").arg("home", home.display()),
        ));
    };
    let response = client
        .ask(&Request::Stop)
        .await
        .unwrap_or(Response::Stopping);
    context.print(&response, |words| words.text("stop.stopping").to_owned())
}
