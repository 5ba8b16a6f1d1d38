//! `guzar completions`: a script for the shell.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::context::Context;
use crate::failed::Failed;

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_enum)]
    /// The shell
    shell: Shell,
}

pub(crate) fn run(context: &Context, Args { shell }: Args) -> Result<(), Failed> {
    let mut command = Cli::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "guzar", &mut script);
    context.output.text(&String::from_utf8_lossy(&script))?;
    Ok(())
}
