//! `guzar bundle`: what waits, in a file that is carried by hand.

use std::path::PathBuf;

use clap::Subcommand;
use model::ids::NodeId;
use node::api::{Request, Response};

use crate::context::{Context, absolute};
use crate::exit::Class;
use crate::failed::{Failed, Kept, ProblemExt as _, Told, problem};
use crate::progress;
use crate::render;
use crate::session::Session;

/// Carry dispatches and receipts by hand, in a file
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Export(Export),
    Import(Import),
}

/// Write what waits for other nodes to a file; it still goes by link when one comes up
#[derive(Debug, clap::Args)]
struct Export {
    /// New file
    file: PathBuf,
    /// Only for this node; may be repeated
    #[arg(long, value_name = "NODE", value_delimiter = ',')]
    node: Vec<NodeId>,
}

/// Take in a bundle file; what is known already has no effect
#[derive(Debug, clap::Args)]
struct Import {
    /// The file
    file: PathBuf,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let (request, watched, key) = match args.what {
        What::Export(export) => {
            let file = absolute(&export.file);
            let mut part = file.clone().into_os_string();
            part.push(".part");
            let nodes = export.node;
            (
                Request::BundleExport { file, nodes },
                PathBuf::from(part),
                "progress.bundle_export",
            )
        }
        What::Import(import) => {
            let file = absolute(&import.file);
            let none = PathBuf::new();
            (
                Request::BundleImport { file },
                none,
                "progress.bundle_import",
            )
        }
    };
    let imports = matches!(request, Request::BundleImport { .. });
    let mut session = Session::open(context).await?;
    let bar = progress::growing(context, key, &watched);
    let answer = session.ask(&request).await;
    bar.end();
    session.close().await;
    let response = answer?;
    let Response::Bundle(done) = &response else {
        return Err(crate::complete::unexpected(&response));
    };
    context.print(&response, |words| {
        render::node::bundle(words, done, imports)
    })?;
    match done.broken_at {
        None => Ok(()),
        Some(at) => Err(Failed::one(
            Class::Unproved,
            problem("bundle_broken")
                .arg("file", done.file.display())
                .arg("at", at),
        )
        .keeping(Kept::Other("earlier_items".to_owned()))
        .told(Told::Json)),
    }
}
