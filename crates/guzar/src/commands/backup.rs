//! `guzar backup`: an encrypted copy of everything, taken while the node works.

use std::path::PathBuf;

use node::api::{Request, Response};

use crate::context::{Context, absolute};
use crate::failed::Failed;
use crate::passphrase::{self, Purpose};
use crate::progress;
use crate::render;
use crate::session::Session;

/// Write an encrypted copy of everything that the node has
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// New file
    file: PathBuf,
    /// File whose first line is the passphrase of the backup; asked if absent
    #[arg(long, value_name = "FILE")]
    backup_passphrase_file: Option<PathBuf>,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let passphrase = passphrase::choose(
        context,
        Purpose::Backup,
        args.backup_passphrase_file.as_deref(),
    )?;
    let file = absolute(&args.file);
    let mut session = Session::open(context).await?;
    let bar = progress::growing(context, "progress.backup", &file);
    let answer = session.ask(&Request::Backup { file, passphrase }).await;
    bar.end();
    session.close().await;
    let response = answer?;
    context.print(&response, |words| match &response {
        Response::Saved { file, bytes } => render::node::saved(words, file, *bytes),
        other => format!("{other:?}"),
    })
}
