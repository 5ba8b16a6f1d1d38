//! `guzar attach`: sends a file after a dispatch, or saves one that came with it.

use std::path::PathBuf;

use clap::Subcommand;
use model::ids::AttachmentId;
use node::api::{Name, Request, Response};
use serde_json::Value;

use crate::complete::unexpected;
use crate::context::{Context, absolute};
use crate::exit::Class;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::flags::Fields;
use crate::flags::dispatch::DispatchFlags;
use crate::progress;
use crate::render;
use crate::session::Session;
use crate::submit::{Source, submit};

/// Send a file after a dispatch, or save one that came with it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Send(Box<Send>),
    Save(Save),
}

/// Send a file as a note that belongs to a dispatch, to those who have it
#[derive(Debug, clap::Args)]
struct Send {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// The file
    file: PathBuf,
    /// What the file is
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    flags: DispatchFlags,
}

/// Save a complete attachment as a plain file
#[derive(Debug, clap::Args)]
struct Save {
    /// The dispatch it came with
    dispatch: String,
    /// New file
    file: PathBuf,
    /// Which one, by name or by the first digits of its id, where there are several
    #[arg(long, value_name = "NAME")]
    which: Option<String>,
    /// Why it is taken out; it is logged
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    match args.what {
        What::Send(send) => self::send(context, *send).await,
        What::Save(save) => self::save(context, save).await,
    }
}

async fn send(context: &Context, send: Send) -> Result<(), Failed> {
    let mut fields = Fields::new();
    let name = send.file.file_name().unwrap_or_default();
    let text = send
        .text
        .unwrap_or_else(|| name.to_string_lossy().into_owned());
    fields.put("text", text);
    let mut flags = send.flags;
    flags.attach.push(send.file);
    let mut draft = flags.draft(context, "note", fields.value());
    // Completed like an answer: the dispatch says who has it.
    if let Some(draft) = draft.as_object_mut() {
        draft.insert("follows".to_owned(), Value::from(send.dispatch));
    }
    submit(context, draft, &Source::Typed).await
}

async fn save(context: &Context, save: Save) -> Result<(), Failed> {
    let mut session = Session::open(context).await?;
    let answer = ask(context, &mut session, &save).await;
    session.close().await;
    let response = answer?;
    context.print(&response, |words| match &response {
        Response::Saved { file, bytes } => render::node::saved(words, file, *bytes),
        other => format!("{other:?}"),
    })
}

async fn ask(context: &Context, session: &mut Session, save: &Save) -> Result<Response, Failed> {
    let request = Request::Show {
        name: Name(save.dispatch.clone()),
        officer: context.officer.clone(),
        reason: save.reason.clone(),
    };
    let item = match session.ask(&request).await? {
        Response::Item(item) => item,
        other => return Err(unexpected(&other)),
    };
    let lines = item.attachments.iter().filter(|line| {
        save.which.as_ref().is_none_or(|which| {
            line.name == *which
                || (which.len() >= 6 && line.id.to_string().starts_with(which.as_str()))
        })
    });
    let ids: Vec<AttachmentId> = lines.map(|line| line.id).collect();
    let id = match ids.as_slice() {
        [id] => *id,
        [] => return Err(Failed::one(Class::NotFound, problem("no_such_attachment"))),
        _ => {
            let names: Vec<&str> = item.attachments.iter().map(|line| &*line.name).collect();
            let names = names.join(", ");
            return Err(Failed::input(
                problem("which_attachment").arg("names", names),
            ));
        }
    };
    let file = absolute(&save.file);
    let bar = progress::growing(context, "progress.save", &file);
    let request = Request::AttachmentSave {
        id,
        file,
        officer: context.officer.clone(),
        reason: save.reason.clone(),
    };
    let answer = session.ask(&request).await;
    bar.end();
    answer
}
