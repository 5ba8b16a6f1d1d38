//! `guzar send`: seals a draft and queues it. What cannot be sent is kept as a file.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::{Value, json};

use crate::context::{Context, absolute};
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::flags::dispatch::DispatchFlags;
use crate::flags::parts::{CorridorFlags, SubjectFlags, WindowFlags};
use crate::flags::seizure::SeizureFlags;
use crate::flags::{Fields, instant};
use crate::submit::{Source, submit};

/// Seal a draft and send it; what cannot be sent is kept as a file
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct Args {
    /// Draft of any kind as JSON, - for standard input; a kept draft goes with it when it is sent
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    Alert(Alert),
    Check(Check),
    Note(Note),
    Seizure(Seizure),
    Presence(Presence),
}

/// Warn the other side
#[derive(Debug, clap::Args)]
struct Alert {
    #[command(flatten)]
    dispatch: DispatchFlags,
    /// Kind of crime, such as drugs
    #[arg(long, value_name = "CODE")]
    crime: String,
    /// What to look for: person, vehicle, consignment or unknown
    #[arg(long, value_name = "CODE", default_value = "unknown")]
    subject: String,
    /// What is asked: watch, check, search, let-run or information
    #[arg(long, value_name = "CODE")]
    ask: String,
    #[command(flatten)]
    corridor: CorridorFlags,
    #[command(flatten)]
    window: WindowFlags,
    #[command(flatten)]
    subjects: SubjectFlags,
    /// How good the source is
    #[arg(long, value_name = "CODE")]
    grade: Option<String>,
    /// What is known, in your words
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// Language of the text, such as ru
    #[arg(long, value_name = "LANGUAGE")]
    text_language: Option<String>,
}

/// Ask the other side to look into its records
#[derive(Debug, clap::Args)]
struct Check {
    #[command(flatten)]
    dispatch: DispatchFlags,
    /// Kind of crime, such as drugs
    #[arg(long, value_name = "CODE")]
    crime: String,
    /// What exactly is asked
    #[arg(long, value_name = "TEXT")]
    question: String,
    #[command(flatten)]
    subjects: SubjectFlags,
}

/// Send a text
#[derive(Debug, clap::Args)]
struct Note {
    #[command(flatten)]
    dispatch: DispatchFlags,
    #[arg(long, value_name = "TEXT")]
    /// The text
    text: String,
    /// Language of the text, such as ru
    #[arg(long, value_name = "LANGUAGE")]
    text_language: Option<String>,
}

/// Report a seizure that nobody asked for
#[derive(Debug, clap::Args)]
struct Seizure {
    #[command(flatten)]
    dispatch: DispatchFlags,
    #[command(flatten)]
    seizure: SeizureFlags,
    /// What else is known
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
}

/// Say whether somebody is at the desk
#[derive(Debug, clap::Args)]
struct Presence {
    #[command(flatten)]
    dispatch: DispatchFlags,
    /// How the office stands: staffed, on-call or closed
    #[arg(long, value_name = "CODE")]
    presence: String,
    /// Until when: +8h, or 2026-03-07T12:00Z
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Words for the other side
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let (draft, source) = match (args.file, args.what) {
        (Some(file), _) => read(&file)?,
        (None, Some(what)) => (what.draft(context), Source::Typed),
        (None, None) => return Err(Failed::input(problem("nothing_to_send"))),
    };
    submit(context, draft, &source).await
}

impl What {
    fn draft(&self, context: &Context) -> Value {
        match self {
            Self::Alert(alert) => alert.draft(context),
            Self::Check(check) => {
                let mut fields = Fields::new();
                fields.put("crime", check.crime.as_str());
                fields.put("question", check.question.as_str());
                check.subjects.put(&mut fields);
                check
                    .dispatch
                    .draft(context, "check_request", fields.value())
            }
            Self::Note(note) => {
                let mut fields = Fields::new();
                fields.put("text", note.text.as_str());
                fields.text("language", note.text_language.as_ref());
                note.dispatch.draft(context, "note", fields.value())
            }
            Self::Seizure(one) => {
                // The event has a name of its own even if nobody gave it one: later versions need it.
                let event = format!("event-{}", context.now().as_micros());
                let fields = one
                    .seizure
                    .value(&event, &context.zone(), one.text.as_ref());
                one.dispatch.draft(context, "seizure", fields)
            }
            Self::Presence(change) => {
                let mut fields = Fields::new();
                fields.put("presence", change.presence.as_str());
                let until = change.until.as_deref();
                fields.some("until", until.map(|text| instant(text, context.now())));
                fields.text("text", change.text.as_ref());
                change
                    .dispatch
                    .draft(context, "presence_change", fields.value())
            }
        }
    }
}

impl Alert {
    fn draft(&self, context: &Context) -> Value {
        let mut fields = Fields::new();
        fields.put("crime", self.crime.as_str());
        fields.put("subject", self.subject.as_str());
        fields.put("asked", self.ask.as_str());
        fields.some("corridor", self.corridor.value());
        fields.some("window", self.window.value(&context.zone()));
        fields.text("text", self.text.as_ref());
        fields.text("language", self.text_language.as_ref());
        self.subjects.put(&mut fields);
        fields.text("source_grade", self.grade.as_ref());
        self.dispatch.draft(context, "alert", fields.value())
    }
}

/// A draft as JSON. Relative paths of attachments are seen from here, not from the node.
fn read(file: &Path) -> Result<(Value, Source), Failed> {
    let failed = |error: std::io::Error| Failed::file("cannot_read", file, &error);
    let from_input = file.as_os_str() == "-";
    let text = if from_input {
        let mut text = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut text)
            .map_err(failed)?;
        text
    } else {
        fs::read(file).map_err(failed)?
    };
    let mut draft: Value = serde_json::from_slice(&text).map_err(|error| {
        Failed::input(
            problem("bad_draft_file")
                .arg("file", file.display())
                .arg("what", error),
        )
    })?;
    if let Some(Value::Array(files)) = draft.get_mut("attachments") {
        for one in files {
            if let Value::String(path) = one {
                *one = json!(absolute(Path::new(path)));
            }
        }
    }
    let source = if from_input {
        Source::Typed
    } else {
        Source::File(file.to_owned())
    };
    Ok((draft, source))
}
