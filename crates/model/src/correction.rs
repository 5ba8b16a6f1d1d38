//! Correction: what was wrong in a dispatch, and what holds now. The first stays readable.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::ids::DispatchId;
use crate::seizure::Seizure;

/// Replaces statements of an earlier dispatch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    #[n(0)]
    pub of: DispatchId,
    /// From the list `correction-reason`.
    #[n(1)]
    pub reason: Code,
    /// What holds now.
    #[n(2)]
    pub text: String,
    /// A new version of the seizure.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seizure: Option<Seizure>,
}

impl Correction {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("reason", "correction-reason", &self.reason);
        checker.text("text", &self.text);
        if let Some(seizure) = &self.seizure {
            checker.within("seizure", |checker| {
                seizure.check(checker);
                if seizure.version < 2 {
                    checker.error(
                        "version",
                        "version_too_low",
                        &[("version", seizure.version.to_string())],
                    );
                }
            });
        }
    }
}
