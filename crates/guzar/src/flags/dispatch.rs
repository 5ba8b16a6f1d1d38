//! What every dispatch has: to whom, how urgent, under which handling.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::context::{Context, absolute};
use crate::flags::{Fields, instant, seconds};

/// Flags of everything that is sent.
#[derive(Debug, Args)]
pub(crate) struct DispatchFlags {
    /// Office that shall get it, such as TJ/CUSTOMS/FOTEHOBOD; may be repeated
    #[arg(long, value_name = "OFFICE", value_delimiter = ',')]
    pub(crate) to: Vec<String>,
    /// How soon the other side has to look
    #[arg(long, value_enum)]
    urgency: Option<UrgencyFlag>,
    /// Why it is that urgent, such as lane-waiting; needed for flash
    #[arg(long, value_name = "CODE")]
    reason: Option<String>,
    /// What may be done with it
    #[arg(long, value_name = "CODE")]
    handling: Option<String>,
    /// What it is sent for
    #[arg(long, value_name = "CODE")]
    purpose: Option<String>,
    /// Release the persons in it: without this, persons do not leave the state
    #[arg(long)]
    release_persons: bool,
    /// Not to be made public before this instant
    #[arg(long, value_name = "TIME")]
    public_from: Option<String>,
    /// Case file that it belongs to
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Dispatch that it follows from, by reference or id; may be repeated
    #[arg(long, value_name = "DISPATCH")]
    parent: Vec<String>,
    /// When an answer is wanted: +4h, or 2026-03-07T12:00Z
    #[arg(long, value_name = "TIME")]
    reply_by: Option<String>,
    /// How long it is worth delivering: 30m, 4h, 3d
    #[arg(long, value_name = "LENGTH")]
    expires: Option<String>,
    /// Mark it as traffic of this exercise
    #[arg(long, value_name = "NAME")]
    exercise: Option<String>,
    /// File that goes with it; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) attach: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UrgencyFlag {
    Flash,
    Priority,
    Routine,
}

impl UrgencyFlag {
    const fn code(self) -> &'static str {
        match self {
            Self::Flash => "FLASH",
            Self::Priority => "PRIORITY",
            Self::Routine => "ROUTINE",
        }
    }
}

impl DispatchFlags {
    /// A draft with this content. What is not typed is absent: it is completed from the dispatch that is
    /// answered, or with defaults.
    pub(crate) fn draft(&self, context: &Context, kind: &str, value: Value) -> Value {
        let now = context.now();
        let mut draft = Fields::new();
        let said = serde_json::Map::from_iter([(kind.to_owned(), value)]);
        draft.put("content", Value::Object(said));
        draft.some("from", context.office.as_ref().map(ToString::to_string));
        draft.list("to", self.to.iter().cloned().map(Value::from).collect());
        draft.some("urgency", self.urgency.map(UrgencyFlag::code));
        draft.text("urgency_reason", self.reason.as_ref());
        let handling = self.handling(context);
        if !handling.is_empty() {
            draft.put("handling", handling.value());
        }
        draft.text("case", self.case.as_ref());
        draft.list(
            "parents",
            self.parent.iter().cloned().map(Value::from).collect(),
        );
        draft.some(
            "reply_by",
            self.reply_by.as_deref().map(|text| instant(text, now)),
        );
        if let Some(text) = &self.expires {
            draft.put(
                "expires_in_s",
                seconds(text).map_or_else(|| Value::from(text.as_str()), Value::from),
            );
        }
        draft.text("exercise", self.exercise.as_ref());
        let files = self.attach.iter().map(|file| absolute(file));
        draft.list(
            "attachments",
            files
                .map(|file| Value::from(file.to_string_lossy().into_owned()))
                .collect(),
        );
        draft.some("officer", context.officer.as_ref().map(ToString::to_string));
        draft.value()
    }

    fn handling(&self, context: &Context) -> Fields {
        let mut handling = Fields::new();
        handling.text("code", self.handling.as_ref());
        handling.text("purpose", self.purpose.as_ref());
        if self.release_persons {
            handling.put("persons_released", true);
        }
        let now = context.now();
        handling.some(
            "public_from",
            self.public_from.as_deref().map(|text| instant(text, now)),
        );
        handling
    }
}
