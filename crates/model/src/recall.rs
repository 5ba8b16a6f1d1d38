//! Recall: asks everybody to act on a dispatch no more. Copies already read stay read.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::ids::DispatchId;

/// Calls a dispatch back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Recall {
    #[n(0)]
    pub of: DispatchId,
    /// From the list `recall-reason`.
    #[n(1)]
    pub reason: Code,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Recall {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("reason", "recall-reason", &self.reason);
        checker.text_opt("text", self.text.as_deref());
    }
}
