//! `guzar enroll`: into a network. Three files' worth of carrying, and two fingerprints read aloud.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use model::address::Address;
use node::enroll::{self, Conflict, Fingerprint, InvitationFile, RequestFile, RequestPlan};
use register::node::NodeRole;
use serde::Serialize;

use crate::context::{Context, absolute};
use crate::enrolment::{self, failed};
use crate::failed::Failed;
use crate::session;

/// Bring a node into a network
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Request(Request),
    Invite(Invite),
    Accept(Accept),
}

/// Make the offices' keys, and ask the state's registrar to register them and this node
#[derive(Debug, clap::Args)]
struct Request {
    /// New file, for the registrar
    file: PathBuf,
    /// Fingerprint of the network, as the registrar read it aloud
    #[arg(long, value_name = "DIGITS")]
    network: Fingerprint,
    /// Office or desk whose keys live on this node; may be repeated
    #[arg(long, value_name = "OFFICE", required = true)]
    office: Vec<Address>,
    /// Where others can dial this node, such as 10.20.0.1:7400; may be repeated
    #[arg(long, value_name = "HOST:PORT")]
    endpoint: Vec<String>,
    /// Ask for the role of a relay
    #[arg(long)]
    relay: bool,
    /// How many days the offices' keys live
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=3_650))]
    days: u16,
}

/// Sign a request as its state's registrar, and answer with the register
#[derive(Debug, clap::Args)]
struct Invite {
    /// The request
    request: PathBuf,
    /// New file, for the node that asked
    file: PathBuf,
    /// Fingerprint of the request, as its maker read it aloud; asked if absent
    #[arg(long, value_name = "DIGITS")]
    fingerprint: Option<Fingerprint>,
    /// An office moves from another node
    #[arg(long)]
    moves: bool,
    /// The node has new keys: the old ones are lost
    #[arg(long)]
    replaces: bool,
}

/// Join the network with an invitation
#[derive(Debug, clap::Args)]
struct Accept {
    /// The invitation
    file: PathBuf,
    /// Fingerprint of the invitation, as the registrar read it aloud; asked if absent
    #[arg(long, value_name = "DIGITS")]
    fingerprint: Option<Fingerprint>,
}

/// A file that was written, for somebody to carry.
#[derive(Debug, Serialize)]
struct Written<'a> {
    answer: &'static str,
    file: &'a Path,
    fingerprint: String,
    /// What it says.
    acts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Accepted {
    answer: &'static str,
    network: String,
    name: String,
    applied: u64,
    known: u64,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    match args.what {
        What::Request(args) => request(context, args).await,
        What::Invite(args) => invite(context, args).await,
        What::Accept(args) => accept(context, args).await,
    }
}

async fn request(context: &Context, args: Request) -> Result<(), Failed> {
    let config = session::config(context)?;
    let store = session::open_idle_store(context).await?;
    let now = context.now();
    let plan = RequestPlan {
        network: args.network.to_network(),
        node: config.node,
        offices: args.office,
        roles: args.relay.then_some(NodeRole::Relay).into_iter().collect(),
        endpoints: args.endpoint,
        until: now.plus_seconds(i64::from(args.days) * 86_400),
    };
    let made = enroll::request(&*store, &plan, now)
        .await
        .map_err(|error| failed(&error))?;
    let file = absolute(&args.file);
    enrolment::save(&file, &made.to_bytes())?;
    let written = Written {
        answer: "enroll_request",
        file: &file,
        fingerprint: made.fingerprint().to_string(),
        acts: made.summaries(),
    };
    print(context, "enroll.requested", "enroll.next_invite", &written)
}

async fn invite(context: &Context, args: Invite) -> Result<(), Failed> {
    let request = enrolment::read(&args.request)?;
    let request = RequestFile::from_bytes(&request).map_err(|error| failed(&error))?;
    let store = session::open_idle_store(context).await?;
    let digits = enrolment::read_aloud(context, args.fingerprint, &request.summaries())?;
    let allowed = Conflict {
        moves: args.moves,
        replaces: args.replaces,
    };
    let invitation = enroll::invite(&*store, &request, digits, allowed, context.now())
        .await
        .map_err(|error| failed(&error))?;
    let file = absolute(&args.file);
    enrolment::save(&file, &invitation.to_bytes())?;
    let written = Written {
        answer: "enroll_invite",
        file: &file,
        fingerprint: invitation.fingerprint().to_string(),
        acts: request.summaries(),
    };
    print(context, "enroll.invited", "enroll.next_accept", &written)
}

async fn accept(context: &Context, args: Accept) -> Result<(), Failed> {
    let invitation = enrolment::read(&args.file)?;
    let invitation = InvitationFile::from_bytes(&invitation).map_err(|error| failed(&error))?;
    let store = session::open_idle_store(context).await?;
    let digits = enrolment::read_aloud(context, args.fingerprint, &[])?;
    let adopted = enroll::accept(&*store, &invitation, digits, context.now())
        .await
        .map_err(|error| failed(&error))?;
    let register = enroll::register(&*store)
        .await
        .map_err(|error| failed(&error))?;
    let answer = Accepted {
        answer: "enroll_accept",
        network: Fingerprint::of_network(register.network()).to_string(),
        name: register.name().to_owned(),
        applied: adopted.applied,
        known: adopted.known,
    };
    context.print(&answer, |words| {
        let acts = register.acts().len().to_string();
        let name = crate::render::clean::line(register.name());
        let args = [("network", name.as_str()), ("acts", &acts)];
        words.language.fill("enroll.accepted", &args)
    })
}

fn print(context: &Context, says: &str, next: &str, written: &Written<'_>) -> Result<(), Failed> {
    context.print(written, |words| {
        let language = words.language;
        let file = written.file.display().to_string();
        let args = [("fingerprint", written.fingerprint.as_str())];
        [
            language.fill(says, &[("file", &file)]),
            language.fill("init.fingerprint", &args),
            format!("{} {}", language.text("word.next"), language.text(next)),
        ]
        .join("\n")
    })
}
