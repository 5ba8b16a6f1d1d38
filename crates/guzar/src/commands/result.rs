//! `guzar result`: what came of a dispatch, and the credit that it earned.

use serde_json::json;

use crate::context::Context;
use crate::failed::Failed;
use crate::flags::Fields;
use crate::flags::dispatch::DispatchFlags;
use crate::flags::seizure::SeizureFlags;
use crate::submit::{Source, submit};

/// Report what came of a dispatch, with a seizure if there was one
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// What came of it: seizure, nothing-found, detained or not-seen
    #[arg(long, value_name = "CODE")]
    result: String,
    /// Who did it, beside the office
    #[arg(long, value_name = "AUTHORITY")]
    by: Option<String>,
    /// Share of that dispatch in the result: decisive or contributed
    #[arg(long, value_name = "CODE")]
    credit: Option<String>,
    /// Words for the other side
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    seizure: SeizureFlags,
    #[command(flatten)]
    flags: DispatchFlags,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let mut fields = Fields::new();
    fields.put("of", args.dispatch.as_str());
    fields.put("result", args.result.as_str());
    fields.text("agency", args.by.as_ref());
    if let Some(share) = &args.credit {
        fields.put(
            "credit",
            json!({ "dispatch": args.dispatch, "share": share }),
        );
    }
    fields.text("text", args.text.as_ref());
    if args.seizure.is_typed() {
        let event = format!("event-{}", context.now().as_micros());
        let seizure = args.seizure.value(&event, &context.zone(), None);
        fields.put("seizure", seizure);
    }
    let draft = args.flags.draft(context, "outcome", fields.value());
    submit(context, draft, &Source::Typed).await
}
