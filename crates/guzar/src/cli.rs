//! The command line. Help texts here are English; data/messages has them in Russian.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use model::address::Address;
use model::ids::OfficerId;
use model::lang::Lang;

use crate::commands;

/// Exchange between border liaison offices
#[derive(Debug, Parser)]
#[command(name = "guzar", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What holds for every command.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Folder of the node; GUZAR_HOME or ~/.guzar if absent
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) home: Option<PathBuf>,
    /// Language of messages; by LANG if absent
    #[arg(long, global = true, value_name = "ru|en")]
    pub(crate) lang: Option<Lang>,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Pseudonym of the officer who acts; GUZAR_OFFICER if absent
    #[arg(long, global = true, value_name = "OFFICER")]
    pub(crate) officer: Option<OfficerId>,
    /// Office that speaks, where the node hosts several
    #[arg(long = "as", global = true, value_name = "OFFICE")]
    pub(crate) office: Option<Address>,
    /// File whose first line is the passphrase of the root key
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// One file for each under `commands`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(commands::init::Args),
    Enroll(commands::enroll::Args),
    Register(commands::register::Args),
    Serve(commands::serve::Args),
    Stop(commands::stop::Args),
    Status(commands::status::Args),
    Send(commands::send::Args),
    Inbox(commands::inbox::Args),
    Outbox(commands::outbox::Args),
    Show(commands::show::Args),
    Accept(commands::accept::Args),
    Decline(commands::decline::Args),
    Act(commands::act::Args),
    Answer(commands::answer::Args),
    Result(commands::result::Args),
    Credit(commands::credit::Args),
    Correct(commands::correct::Args),
    Recall(commands::recall::Args),
    Attach(commands::attach::Args),
    Links(commands::link::Args),
    Bundle(commands::bundle::Args),
    Evidence(commands::evidence::Args),
    Verify(commands::verify::Args),
    Watch(commands::watch::Args),
    Doctor(commands::doctor::Args),
    Backup(commands::backup::Args),
    Restore(commands::restore::Args),
    Demo(commands::demo::Args),
    Bench(commands::bench::Args),
    Completions(commands::completions::Args),
}
