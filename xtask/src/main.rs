//! The project's own commands: `cargo xtask check`, `test`, `layers`, `badlink`, `crash`.
//!
//! Development only; nothing here is part of what an office runs.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to the terminal"
)]

mod check;
mod crash;
mod differential;
mod docs;
mod layers;
mod link;
mod notrun;
mod step;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use crate::notrun::NotRun;

/// Checks and tests the workspace.
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
enum Xtask {
    /// Format, lints, docs and their links, layers, licences and sources of dependencies
    Check,
    /// What `check` does, then every test, then the list of what could not run here
    Test,
    /// Who depends on whom, purity of the pure crates, file names and lengths, licences and sources
    Layers,
    /// Programs over a link that is slow, far, lossy and cut when told (needs root and /dev/net/tun)
    Badlink(link::Link),
    /// The product killed under load, round after round; fails if anything is lost or doubled
    Crash(crash::Crash),
}

fn main() -> ExitCode {
    match run(Xtask::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The whole chain in a line; a backtrace would hide it.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Xtask) -> anyhow::Result<()> {
    let mut not_run = NotRun::default();
    let (name, done) = match command {
        Xtask::Check => ("check", check::run(&mut not_run)),
        Xtask::Test => ("test", test::run(&mut not_run)),
        Xtask::Layers => ("layers", layers::run()),
        Xtask::Crash(arguments) => ("crash", crash::run(&arguments)),
        // What it ran has the last word.
        Xtask::Badlink(arguments) => return link::run(arguments),
    };
    not_run.print();
    done?;
    println!("{}", not_run.closing(name));
    Ok(())
}
