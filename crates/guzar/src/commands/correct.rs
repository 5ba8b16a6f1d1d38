//! `guzar correct`: says what was wrong in a dispatch of ours, to everybody who got it.

use crate::context::Context;
use crate::failed::Failed;
use crate::flags::Fields;
use crate::flags::dispatch::DispatchFlags;
use crate::flags::seizure::SeizureFlags;
use crate::submit::{Source, submit};

/// Correct a dispatch that was sent; the first stays readable
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// Why: mistake, later-facts or rounding
    #[arg(long, value_name = "CODE")]
    why: String,
    /// What holds now
    #[arg(long, value_name = "TEXT")]
    text: String,
    #[command(flatten)]
    seizure: SeizureFlags,
    #[command(flatten)]
    flags: DispatchFlags,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let mut fields = Fields::new();
    fields.put("of", args.dispatch.as_str());
    fields.put("reason", args.why.as_str());
    fields.put("text", args.text.as_str());
    if args.seizure.is_typed() {
        let event = format!("event-{}", context.now().as_micros());
        let seizure = args.seizure.value(&event, &context.zone(), None);
        fields.put("seizure", seizure);
    }
    let draft = args.flags.draft(context, "correction", fields.value());
    submit(context, draft, &Source::Typed).await
}
