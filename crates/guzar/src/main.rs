//! `guzar`: the node of one organisation, on the command line.

mod bench;
mod cli;
mod commands;
mod complete;
mod context;
mod demo;
mod draft;
mod enrolment;
mod exit;
mod failed;
mod flags;
mod help;
mod language;
mod layout;
mod local;
mod output;
mod passphrase;
mod progress;
mod render;
mod session;
mod start;
mod submit;

use std::process::ExitCode;

fn main() -> ExitCode {
    start::run(&start::Environment::read(), std::env::args_os().collect())
}
