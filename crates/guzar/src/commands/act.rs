//! `guzar act`: says what the office does about a dispatch.

use serde_json::json;

use crate::context::Context;
use crate::failed::Failed;
use crate::flags::Fields;
use crate::flags::dispatch::DispatchFlags;
use crate::flags::parts::place;
use crate::submit::{Source, submit};

/// Say what your office does about a dispatch
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// What is done: stopped, searched, watched, let-pass, detained or passed-on
    #[arg(long, value_name = "CODE")]
    action: String,
    /// Who did it, beside the office
    #[arg(long, value_name = "AUTHORITY")]
    agency: Option<String>,
    /// When, by the clock of the place: 2024-03-07T03:30, or as far as it is known
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Time zone of the place; the node's own if absent
    #[arg(long, value_name = "ZONE")]
    at_zone: Option<String>,
    /// Where: crossing:oybek, KZ, or words
    #[arg(long, value_name = "PLACE")]
    place: Option<String>,
    /// Words for the other side
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    flags: DispatchFlags,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let zone = args.at_zone.clone().unwrap_or_else(|| context.zone());
    let mut fields = Fields::new();
    fields.put("of", args.dispatch.as_str());
    fields.put("action", args.action.as_str());
    fields.text("agency", args.agency.as_ref());
    let at = args.at.as_ref();
    fields.some("at", at.map(|at| json!({ "time": at, "zone": zone })));
    fields.some("place", args.place.as_deref().map(place));
    fields.text("text", args.text.as_ref());
    let draft = args.flags.draft(context, "action", fields.value());
    submit(context, draft, &Source::Typed).await
}
