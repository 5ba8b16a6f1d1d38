//! `guzar serve`: the node runs until it is told to stop.

use node::api::{Request, Response};

use crate::complete::unexpected;
use crate::context::Context;
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::render;
use crate::session;

/// Run the node: links, delivery, control socket
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// End when standard input is closed: with the program that started it
    #[arg(long)]
    until_closed: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let home = context.home.dir();
    if session::running(home).await?.is_some() {
        return Err(Failed::one(
            Class::Later,
            problem("runs_already").arg("home", home.display()),
        ));
    }
    let node = session::open_node(context).await?;
    let mut terminate = signal(tokio::signal::unix::SignalKind::terminate())?;
    let mut interrupt = signal(tokio::signal::unix::SignalKind::interrupt())?;
    if let Err(error) = node.start().await {
        node.stop().await;
        return Err(session::node_failed(error));
    }
    let up = match node.handle(Request::Status).await {
        Response::Status(status) => {
            let answer = Response::Status(status.clone());
            context.print(&answer, |words| render::node::status(words, &status, true))
        }
        Response::Failed(failure) => Err(failure.into()),
        other => Err(unexpected(&other)),
    };
    if up.is_ok() {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = node.stopped() => {}
            () = closed(args.until_closed) => {}
        }
        context
            .output
            .remark(context.language.text("stop.stopping"));
    }
    node.stop().await;
    up
}

/// Resolves at the end of standard input; never, where that is not asked for.
async fn closed(is_asked: bool) {
    if !is_asked {
        return std::future::pending().await;
    }
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    // A thread of its own: the runtime would wait for a read that may never end.
    std::thread::spawn(move || {
        let read = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        tracing::debug!("standard input has ended: {read:?}");
        drop(end);
    });
    // The sender is dropped, so it is always an error.
    drop(ended.await);
}

fn signal(kind: tokio::signal::unix::SignalKind) -> Result<tokio::signal::unix::Signal, Failed> {
    tokio::signal::unix::signal(kind)
        .map_err(|error| Failed::one(Class::Broken, problem("no_signals").arg("what", error)))
}
