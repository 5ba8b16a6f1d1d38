//! `guzar demo`: a network to try, and a proof that it works.

use std::path::PathBuf;

use crate::context::{Context, absolute};
use crate::demo::{self, Afterwards};
use crate::failed::Failed;

/// Start a whole network on this machine and play published cases on it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder for the nodes' homes, kept; a temporary one if absent
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Play, check and end
    #[arg(long)]
    headless: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let afterwards = if args.headless {
        Afterwards::End
    } else {
        Afterwards::Stay
    };
    if let Some(dir) = &args.dir {
        return Box::pin(demo::run(context, &absolute(dir), afterwards)).await;
    }
    let dir = tempfile::Builder::new()
        .prefix("guzar-demo-")
        .tempdir()
        .map_err(|error| Failed::file("cannot_write", &std::env::temp_dir(), &error))?;
    let played = Box::pin(demo::run(context, dir.path(), afterwards)).await;
    context
        .output
        .remark(context.language.text("demo.end.removed"));
    played
}
