//! `guzar outbox`: what was sent, newest first, with where each delivery stands.

use node::api::Request;

use crate::commands::listing::{self, ListFlags};
use crate::context::Context;
use crate::failed::Failed;

/// List what was sent, with where each delivery stands
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    list: ListFlags,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    listing::show(context, Request::Outbox(args.list.query()?)).await
}
