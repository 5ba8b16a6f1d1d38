//! `guzar evidence export`: one file that proves a dispatch to somebody who has nothing of ours.

use std::path::PathBuf;

use clap::Subcommand;
use node::api::{Name, Request, Response};

use crate::context::{Context, absolute};
use crate::failed::Failed;
use crate::render;
use crate::session;

/// Prove a dispatch to others
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Export(Export),
}

/// Write a dispatch with signatures, receipts, register and audit entries to one file
#[derive(Debug, clap::Args)]
struct Export {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// New file
    file: PathBuf,
    /// Why it leaves the node; it is logged
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let What::Export(export) = args.what;
    let request = Request::EvidenceExport {
        name: Name(export.dispatch),
        file: absolute(&export.file),
        officer: context.officer.clone(),
        reason: export.reason,
    };
    let response = session::ask(context, &request).await?;
    context.print(&response, |words| match &response {
        Response::Saved { file, bytes } => render::node::saved(words, file, *bytes),
        other => format!("{other:?}"),
    })
}
