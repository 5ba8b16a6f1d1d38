//! `guzar accept`: takes a dispatch on.

use model::step::StepKind;

use crate::commands::step;
use crate::context::Context;
use crate::failed::Failed;

/// Take on a dispatch that was received
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// Words for the other side
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    step::take(context, args.dispatch, StepKind::Accepted, args.note).await
}
