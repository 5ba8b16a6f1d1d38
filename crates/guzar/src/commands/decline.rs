//! `guzar decline`: says that a dispatch is not taken on, and why.

use model::step::StepKind;

use crate::commands::step;
use crate::context::Context;
use crate::failed::Failed;

/// Say that a dispatch is not taken on, and why
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// Why not
    #[arg(long, value_name = "TEXT")]
    note: String,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    step::take(context, args.dispatch, StepKind::Declined, Some(args.note)).await
}
