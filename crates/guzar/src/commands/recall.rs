//! `guzar recall`: asks everybody who got a dispatch of ours to act on it no more.

use crate::context::Context;
use crate::failed::Failed;
use crate::flags::Fields;
use crate::flags::dispatch::DispatchFlags;
use crate::submit::{Source, submit};

/// Call back a dispatch that was sent
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// Why: mistake, wrong-recipient or no-longer-needed
    #[arg(long, value_name = "CODE")]
    why: String,
    /// Words for the other side
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    flags: DispatchFlags,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let mut fields = Fields::new();
    fields.put("of", args.dispatch.as_str());
    fields.put("reason", args.why.as_str());
    fields.text("text", args.text.as_ref());
    let draft = args.flags.draft(context, "recall", fields.value());
    submit(context, draft, &Source::Typed).await
}
