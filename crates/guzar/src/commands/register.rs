//! `guzar register`: who may send what to whom, act by act; and how acts come into it.

use std::path::PathBuf;

use clap::Subcommand;
use node::api::{Request, Response};
use node::enroll;

use crate::context::{Context, absolute};
use crate::enrolment;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::render;
use crate::session;

mod proposal;

/// Look at the register and bring acts into it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    List(List),
    Offices(Offices),
    Couplings(Couplings),
    Apply(Apply),
    Export(Export),
    Found(proposal::Found),
    Plan(proposal::Plan),
    Sign(proposal::Sign),
    Publish(proposal::Publish),
}

/// List all acts in the order in which they were applied
#[derive(Debug, clap::Args)]
struct List {
    /// Only acts of this kind, such as coupling
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
}

/// List the offices: where their mail goes, and whether they can be reached
#[derive(Debug, clap::Args)]
struct Offices {}

/// List the couplings: who may write to whom across a border, and who gets copies
#[derive(Debug, clap::Args)]
struct Couplings {}

/// Apply the signed acts of a file
#[derive(Debug, clap::Args)]
struct Apply {
    /// The file
    file: PathBuf,
}

/// Write all acts to a file, for a node that has no link
#[derive(Debug, clap::Args)]
struct Export {
    /// New file
    file: PathBuf,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    match args.what {
        What::List(args) => list(context, args).await,
        What::Offices(Offices {}) => show(context, &Request::Offices).await,
        What::Couplings(Couplings {}) => show(context, &Request::Couplings).await,
        What::Apply(args) => apply(context, args).await,
        What::Export(args) => export(context, args).await,
        What::Found(args) => proposal::found(context, args).await,
        What::Plan(args) => proposal::plan(context, args).await,
        What::Sign(args) => proposal::sign(context, args).await,
        What::Publish(args) => proposal::publish(context, args).await,
    }
}

async fn list(context: &Context, args: List) -> Result<(), Failed> {
    let mut response = session::ask(context, &Request::Acts).await?;
    if let (Response::Acts { acts }, Some(kind)) = (&mut response, &args.kind) {
        acts.retain(|act| act.kind == *kind);
    }
    print(context, &response)
}

async fn show(context: &Context, request: &Request) -> Result<(), Failed> {
    let response = session::ask(context, request).await?;
    print(context, &response)
}

fn print(context: &Context, response: &Response) -> Result<(), Failed> {
    context.print(response, |words| match response {
        Response::Acts { acts } => render::node::acts(words, acts),
        Response::Offices { offices } => render::register::offices(words, offices),
        Response::Couplings { couplings } => render::register::couplings(words, couplings),
        other => format!("{other:?}"),
    })
}

/// By the running node, which passes them on; else into the store, all or none.
async fn apply(context: &Context, args: Apply) -> Result<(), Failed> {
    let file = absolute(&args.file);
    session::config(context)?;
    if session::running(context.home.dir()).await?.is_some() {
        let response = session::ask(context, &Request::ActsApply { file }).await?;
        return applied(context, &response);
    }
    let acts = register::file::read(&enrolment::read(&file)?).map_err(|error| {
        Failed::input(
            problem("bad_acts_file")
                .field("file")
                .arg("what", error.to_string()),
        )
    })?;
    let store = session::open_idle_store(context).await?;
    let adopted = enroll::adopt(&*store, acts, context.now())
        .await
        .map_err(|error| enrolment::failed(&error))?;
    let response = Response::Applied {
        applied: adopted.applied,
        known: adopted.known,
        waiting: 0,
    };
    applied(context, &response)
}

pub(super) fn applied(context: &Context, response: &Response) -> Result<(), Failed> {
    context.print(response, |words| match response {
        Response::Applied {
            applied,
            known,
            waiting,
        } => {
            let [applied, known, waiting] = [applied, known, waiting].map(u64::to_string);
            let args = [
                ("applied", applied.as_str()),
                ("known", &known),
                ("waiting", &waiting),
            ];
            words.language.fill("register.applied", &args)
        }
        other => format!("{other:?}"),
    })
}

async fn export(context: &Context, args: Export) -> Result<(), Failed> {
    let store = session::open_idle_store(context).await?;
    let acts = enroll::acts(&*store)
        .await
        .map_err(|error| enrolment::failed(&error))?;
    let bytes = register::file::write(acts.iter().map(Vec::as_slice));
    let file = absolute(&args.file);
    enrolment::save(&file, &bytes)?;
    let response = Response::Saved {
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        file,
    };
    context.print(&response, |words| match &response {
        Response::Saved { file, bytes } => render::node::saved(words, file, *bytes),
        other => format!("{other:?}"),
    })
}
