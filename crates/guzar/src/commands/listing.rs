//! What inbox and outbox have in common.

use clap::ValueEnum;
use model::dispatch::CaseRef;
use model::kind::DispatchKind;
use model::time::Timestamp;
use node::api::{ListQuery, Request, Response};

use crate::context::Context;
use crate::failed::{Failed, ProblemExt as _, problem};
use crate::render::list::list;
use crate::session;

/// Flags of a list.
#[derive(Debug, clap::Args)]
pub(crate) struct ListFlags {
    /// Only dispatches of this kind
    #[arg(long, value_enum)]
    kind: Option<KindFlag>,
    /// Only dispatches of this case
    #[arg(long, value_name = "CASE")]
    case: Option<CaseRef>,
    /// Only what was stored before this instant, such as 2026-03-07T12:00Z
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
    /// At most so many, 1000 at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindFlag {
    Alert,
    Check,
    Reply,
    Action,
    Result,
    Seizure,
    Note,
    Correction,
    Recall,
    Step,
    Presence,
    Acts,
}

impl From<KindFlag> for DispatchKind {
    fn from(flag: KindFlag) -> Self {
        match flag {
            KindFlag::Alert => Self::Alert,
            KindFlag::Check => Self::CheckRequest,
            KindFlag::Reply => Self::Reply,
            KindFlag::Action => Self::Action,
            KindFlag::Result => Self::Outcome,
            KindFlag::Seizure => Self::Seizure,
            KindFlag::Note => Self::Note,
            KindFlag::Correction => Self::Correction,
            KindFlag::Recall => Self::Recall,
            KindFlag::Step => Self::Step,
            KindFlag::Presence => Self::PresenceChange,
            KindFlag::Acts => Self::RegisterActs,
        }
    }
}

impl ListFlags {
    pub(super) fn query(self) -> Result<ListQuery, Failed> {
        let before = self.before.as_deref().map(timestamp).transpose()?;
        Ok(ListQuery {
            kind: self.kind.map(Into::into),
            case: self.case,
            before,
            limit: Some(self.limit),
        })
    }
}

fn timestamp(text: &str) -> Result<Timestamp, Failed> {
    serde_json::from_value(text.into())
        .map_err(|error| Failed::input(problem("malformed").field("before").arg("what", error)))
}

pub(super) async fn show(context: &Context, request: Request) -> Result<(), Failed> {
    let response = session::ask(context, &request).await?;
    let zone = context.zone();
    context.print(&response, |words| match &response {
        Response::List { items } => list(words, items, &zone),
        other => format!("{other:?}"),
    })
}
