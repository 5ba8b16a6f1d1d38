//! Steps: what an office did with a dispatch, each a small dispatch itself.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::ids::{DispatchId, OfficerId, ParseIdError};

/// Which step.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    #[n(1)]
    Opened,
    #[n(2)]
    Accepted,
    /// Not taken on; the note says why.
    #[n(3)]
    Declined,
    #[n(4)]
    Acted,
    #[n(5)]
    Answered,
    /// The author of a warning confirms that it led to a result (or that a credit is right).
    #[n(6)]
    Credited,
    #[n(7)]
    Closed,
}

impl StepKind {
    pub const ALL: [Self; 7] = [
        Self::Opened,
        Self::Accepted,
        Self::Declined,
        Self::Acted,
        Self::Answered,
        Self::Credited,
        Self::Closed,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Acted => "acted",
            Self::Answered => "answered",
            Self::Credited => "credited",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for StepKind {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        Self::ALL
            .into_iter()
            .find(|step| step.code() == text)
            .ok_or_else(|| ParseIdError {
                kind: "StepKind",
                text: text.chars().take(16).collect(),
                expected: "opened, accepted, declined, acted, answered, credited or closed",
            })
    }
}

/// One step on one dispatch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[n(0)]
    pub of: DispatchId,
    #[n(1)]
    pub step: StepKind,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<OfficerId>,
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Step {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.text_opt("note", self.note.as_deref());
        if self.step == StepKind::Declined && self.note.is_none() {
            checker.error("note", "reason_missing", &[]);
        }
    }
}
