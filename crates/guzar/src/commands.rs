//! The commands, one file each.

pub(crate) mod accept;
pub(crate) mod act;
pub(crate) mod answer;
pub(crate) mod attach;
pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod bundle;
pub(crate) mod completions;
pub(crate) mod correct;
pub(crate) mod credit;
pub(crate) mod decline;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod enroll;
pub(crate) mod evidence;
pub(crate) mod inbox;
pub(crate) mod init;
pub(crate) mod link;
pub(crate) mod outbox;
pub(crate) mod recall;
pub(crate) mod register;
pub(crate) mod restore;
pub(crate) mod result;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod stop;
pub(crate) mod verify;
pub(crate) mod watch;

mod listing;
mod step;

use crate::cli::Command;
use crate::context::Context;
use crate::failed::Failed;

/// Does what was asked.
pub(crate) async fn run(context: &Context, command: Command) -> Result<(), Failed> {
    match command {
        Command::Init(args) => init::run(context, args).await,
        Command::Enroll(args) => enroll::run(context, args).await,
        Command::Register(args) => register::run(context, args).await,
        Command::Serve(args) => serve::run(context, args).await,
        Command::Stop(args) => stop::run(context, args).await,
        Command::Status(args) => status::run(context, args).await,
        Command::Send(args) => send::run(context, args).await,
        Command::Inbox(args) => inbox::run(context, args).await,
        Command::Outbox(args) => outbox::run(context, args).await,
        Command::Show(args) => show::run(context, args).await,
        Command::Accept(args) => accept::run(context, args).await,
        Command::Decline(args) => decline::run(context, args).await,
        Command::Act(args) => act::run(context, args).await,
        Command::Answer(args) => answer::run(context, args).await,
        Command::Result(args) => result::run(context, args).await,
        Command::Credit(args) => credit::run(context, args).await,
        Command::Correct(args) => correct::run(context, args).await,
        Command::Recall(args) => recall::run(context, args).await,
        Command::Attach(args) => attach::run(context, args).await,
        Command::Links(args) => link::run(context, args).await,
        Command::Bundle(args) => bundle::run(context, args).await,
        Command::Evidence(args) => evidence::run(context, args).await,
        Command::Verify(args) => verify::run(context, args).await,
        Command::Watch(args) => watch::run(context, args).await,
        Command::Doctor(args) => doctor::run(context, args).await,
        Command::Backup(args) => backup::run(context, args).await,
        Command::Restore(args) => restore::run(context, args).await,
        Command::Demo(args) => demo::run(context, args).await,
        Command::Bench(args) => bench::run(context, args).await,
        Command::Completions(args) => completions::run(context, args),
    }
}
