//! `guzar show`: the whole of one dispatch. The view is written to the audit log before anything is shown.

use node::api::{Name, Request, Response};

use crate::context::Context;
use crate::failed::Failed;
use crate::render::item::item;
use crate::session;

/// Show one dispatch; the view is logged with officer and reason
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// Why it is read
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let request = Request::Show {
        name: Name(args.dispatch),
        officer: context.officer.clone(),
        reason: args.reason,
    };
    let response = session::ask(context, &request).await?;
    context.print(&response, |words| match &response {
        Response::Item(one) => item(words, one),
        other => format!("{other:?}"),
    })
}
