//! `guzar inbox`: what was received, newest first.

use node::api::Request;

use crate::commands::listing::{self, ListFlags};
use crate::context::Context;
use crate::failed::Failed;

/// List what was received, newest first
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    list: ListFlags,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    listing::show(context, Request::Inbox(args.list.query()?)).await
}
