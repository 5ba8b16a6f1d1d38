//! stand-in, not committed
/// stand-in
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}
pub(crate) async fn run(_context: &crate::context::Context, _args: Args) -> Result<(), crate::failed::Failed> { Ok(()) }
