//! Persons: national by default, sent only where the dispatch says so.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::when::PartialTime;

/// A person as an office knows him. No biometrics, no ethnicity, no belief: there is no field for them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// From the list `person-role`.
    #[n(0)]
    pub role: Code,
    /// In the script in which it is known.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As far as it is known.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<PartialTime>,
    /// ISO 3166-1 alpha-2.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// Kind and number of a travel document.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// From the list `person-status`.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Code>,
}

impl Person {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("role", "person-role", &self.role);
        checker.code_opt("status", "person-status", self.status.as_ref());
        checker.text_opt("name", self.name.as_deref());
        checker.text_opt("document", self.document.as_deref());
        if let Some(nationality) = &self.nationality {
            crate::place::check_state(checker, "nationality", nationality);
        }
    }
}
