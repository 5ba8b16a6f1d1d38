//! `guzar credit`: the author of a warning confirms that it led to a result.

use model::step::StepKind;

use crate::commands::step;
use crate::context::Context;
use crate::failed::Failed;

/// Confirm that your dispatch led to the result that names it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The result that was received
    dispatch: String,
    /// Words for the other side
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    step::take(context, args.dispatch, StepKind::Credited, args.note).await
}
