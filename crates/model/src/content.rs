//! Content: what a dispatch says, by its kind.

use minicbor::bytes::ByteVec;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::action::Action;
use crate::alert::Alert;
use crate::check::Checker;
use crate::check_request::CheckRequest;
use crate::correction::Correction;
use crate::kind::DispatchKind;
use crate::note::Note;
use crate::outcome::Outcome;
use crate::person::Person;
use crate::presence::PresenceChange;
use crate::recall::Recall;
use crate::reply::Reply;
use crate::seizure::Seizure;
use crate::step::Step;

/// The bytes are not the content that the kind says.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not the content of a {kind:?}: {what}")]
pub struct ContentError {
    pub kind: DispatchKind,
    pub what: String,
}

/// One variant for each kind. JSON: `{"alert": {...}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Alert(Box<Alert>),
    CheckRequest(CheckRequest),
    Reply(Reply),
    Action(Action),
    Outcome(Box<Outcome>),
    Seizure(Box<Seizure>),
    Note(Note),
    Correction(Box<Correction>),
    Recall(Recall),
    Step(Step),
    PresenceChange(PresenceChange),
    /// Signed acts of the register, as they are.
    RegisterActs(Vec<Vec<u8>>),
}

impl Content {
    pub const fn kind(&self) -> DispatchKind {
        match self {
            Self::Alert(_) => DispatchKind::Alert,
            Self::CheckRequest(_) => DispatchKind::CheckRequest,
            Self::Reply(_) => DispatchKind::Reply,
            Self::Action(_) => DispatchKind::Action,
            Self::Outcome(_) => DispatchKind::Outcome,
            Self::Seizure(_) => DispatchKind::Seizure,
            Self::Note(_) => DispatchKind::Note,
            Self::Correction(_) => DispatchKind::Correction,
            Self::Recall(_) => DispatchKind::Recall,
            Self::Step(_) => DispatchKind::Step,
            Self::PresenceChange(_) => DispatchKind::PresenceChange,
            Self::RegisterActs(_) => DispatchKind::RegisterActs,
        }
    }

    /// Deterministic CBOR: the statement's body.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Alert(alert) => to_vec(alert),
            Self::CheckRequest(request) => to_vec(request),
            Self::Reply(reply) => to_vec(reply),
            Self::Action(action) => to_vec(action),
            Self::Outcome(outcome) => to_vec(outcome),
            Self::Seizure(seizure) => to_vec(seizure),
            Self::Note(note) => to_vec(note),
            Self::Correction(correction) => to_vec(correction),
            Self::Recall(recall) => to_vec(recall),
            Self::Step(step) => to_vec(step),
            Self::PresenceChange(change) => to_vec(change),
            Self::RegisterActs(acts) => {
                let acts: Vec<ByteVec> = acts.iter().cloned().map(ByteVec::from).collect();
                to_vec(&acts)
            }
        }
    }

    /// Reads a body whose canonical form was checked before.
    pub fn decode(kind: DispatchKind, bytes: &[u8]) -> Result<Self, ContentError> {
        let read = || -> Result<Self, minicbor::decode::Error> {
            Ok(match kind {
                DispatchKind::Alert => Self::Alert(Box::new(minicbor::decode(bytes)?)),
                DispatchKind::CheckRequest => Self::CheckRequest(minicbor::decode(bytes)?),
                DispatchKind::Reply => Self::Reply(minicbor::decode(bytes)?),
                DispatchKind::Action => Self::Action(minicbor::decode(bytes)?),
                DispatchKind::Outcome => Self::Outcome(Box::new(minicbor::decode(bytes)?)),
                DispatchKind::Seizure => Self::Seizure(Box::new(minicbor::decode(bytes)?)),
                DispatchKind::Note => Self::Note(minicbor::decode(bytes)?),
                DispatchKind::Correction => Self::Correction(Box::new(minicbor::decode(bytes)?)),
                DispatchKind::Recall => Self::Recall(minicbor::decode(bytes)?),
                DispatchKind::Step => Self::Step(minicbor::decode(bytes)?),
                DispatchKind::PresenceChange => Self::PresenceChange(minicbor::decode(bytes)?),
                DispatchKind::RegisterActs => {
                    let acts: Vec<ByteVec> = minicbor::decode(bytes)?;
                    Self::RegisterActs(acts.into_iter().map(Vec::from).collect())
                }
            })
        };
        read().map_err(|error| ContentError {
            kind,
            what: error.to_string(),
        })
    }

    pub fn check(&self, checker: &mut Checker<'_>) {
        match self {
            Self::Alert(alert) => checker.within("alert", |checker| alert.check(checker)),
            Self::CheckRequest(request) => {
                checker.within("check_request", |checker| request.check(checker));
            }
            Self::Reply(reply) => checker.within("reply", |checker| reply.check(checker)),
            Self::Action(action) => checker.within("action", |checker| action.check(checker)),
            Self::Outcome(outcome) => checker.within("outcome", |checker| outcome.check(checker)),
            Self::Seizure(seizure) => checker.within("seizure", |checker| seizure.check(checker)),
            Self::Note(note) => checker.within("note", |checker| note.check(checker)),
            Self::Correction(correction) => {
                checker.within("correction", |checker| correction.check(checker));
            }
            Self::Recall(recall) => checker.within("recall", |checker| recall.check(checker)),
            Self::Step(step) => checker.within("step", |checker| step.check(checker)),
            Self::PresenceChange(change) => {
                checker.within("presence_change", |checker| change.check(checker));
            }
            Self::RegisterActs(acts) => {
                if acts.is_empty() {
                    checker.error("register_acts", "empty", &[]);
                }
            }
        }
    }

    /// The persons in it: national by default.
    pub fn persons(&self) -> &[Person] {
        match self {
            Self::Alert(alert) => &alert.persons,
            Self::CheckRequest(request) => &request.persons,
            Self::Reply(reply) => &reply.persons,
            Self::Outcome(outcome) => outcome
                .seizure
                .as_ref()
                .map_or(&[], |seizure| seizure.persons.as_slice()),
            Self::Seizure(seizure) => &seizure.persons,
            Self::Correction(correction) => correction
                .seizure
                .as_ref()
                .map_or(&[], |seizure| seizure.persons.as_slice()),
            Self::Action(_)
            | Self::Note(_)
            | Self::Recall(_)
            | Self::Step(_)
            | Self::PresenceChange(_)
            | Self::RegisterActs(_) => &[],
        }
    }

    /// Whether it is about drugs or precursors; `None` where the content does not say.
    pub fn drug_related(&self) -> Option<bool> {
        let crime =
            |code: &crate::code::Code| Some(matches!(code.as_str(), "drugs" | "precursors"));
        let seized = |seizure: &Seizure| {
            Some(
                seizure
                    .items
                    .iter()
                    .any(|item| !NOT_DRUGS.contains(&item.substance.as_str())),
            )
        };
        match self {
            Self::Alert(alert) => crime(&alert.crime),
            Self::CheckRequest(request) => crime(&request.crime),
            Self::Seizure(seizure) => seized(seizure),
            Self::Outcome(outcome) => outcome.seizure.as_ref().and_then(seized),
            Self::Correction(correction) => correction.seizure.as_ref().and_then(seized),
            Self::Reply(_)
            | Self::Action(_)
            | Self::Note(_)
            | Self::Recall(_)
            | Self::Step(_)
            | Self::PresenceChange(_)
            | Self::RegisterActs(_) => None,
        }
    }
}

/// Entries of the list `substance` that are other goods: not for a centre whose mandate is drugs.
const NOT_DRUGS: [&str; 6] = [
    "ammunition",
    "cash",
    "cigarettes",
    "migrants",
    "other-goods",
    "weapons",
];

/// Writing to memory cannot fail.
fn to_vec<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written: Result<(), minicbor::encode::Error<std::convert::Infallible>> =
        minicbor::encode(value, &mut bytes);
    debug_assert!(written.is_ok(), "no encoder here has a failure of its own");
    bytes
}
