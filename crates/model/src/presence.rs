//! Presence: an office says whether somebody is at the desk.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::time::Timestamp;

/// How an office stands from now on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct PresenceChange {
    /// From the list `presence`: `staffed`, `on-call`, `closed`.
    #[n(0)]
    pub presence: Code,
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl PresenceChange {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("presence", "presence", &self.presence);
        checker.text_opt("text", self.text.as_deref());
        if self.until.is_some_and(|until| until < checker.now) {
            checker.error("until", "in_the_past", &[]);
        }
    }
}
