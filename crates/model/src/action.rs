//! Action: what an office does about a dispatch.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::ids::DispatchId;
use crate::place::Place;
use crate::when::Occurred;

/// One action.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Action {
    #[n(0)]
    pub of: DispatchId,
    /// From the list `action`: `stopped`, `searched`, `watched`, `let-pass`, ...
    #[n(1)]
    pub action: Code,
    /// Who did it, beside the office.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Occurred>,
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Action {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("action", "action", &self.action);
        checker.text_opt("agency", self.agency.as_deref());
        checker.text_opt("text", self.text.as_deref());
        if let Some(at) = &self.at {
            checker.within("at", |checker| at.check(checker));
        }
        if let Some(place) = &self.place {
            checker.within("place", |checker| place.check(checker));
        }
    }
}
