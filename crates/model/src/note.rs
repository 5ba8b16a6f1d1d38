//! Note: a text, and nothing that a machine must understand.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;

/// Free text.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Note {
    #[n(0)]
    pub text: String,
    /// ISO 639-1.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Note {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.text("text", &self.text);
    }
}
