//! Outcome: what came of it, and which dispatch led to it.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::ids::DispatchId;
use crate::seizure::Seizure;

/// The result of an action. The receiver confirms a credit with a step.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The dispatch that asked for it; absent where nobody did.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<DispatchId>,
    /// From the list `outcome`: `seizure`, `nothing-found`, `detained`, ...
    #[n(1)]
    pub result: Code,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seizure: Option<Seizure>,
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Names the dispatch that led to the result.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    #[n(0)]
    pub dispatch: DispatchId,
    /// From the list `credit`: `decisive`, `contributed`.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Code>,
}

impl Outcome {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("result", "outcome", &self.result);
        checker.text_opt("agency", self.agency.as_deref());
        checker.text_opt("text", self.text.as_deref());
        if let Some(credit) = &self.credit {
            checker.within("credit", |checker| {
                checker.code_opt("share", "credit", credit.share.as_ref());
            });
        }
        match &self.seizure {
            Some(seizure) => checker.within("seizure", |checker| seizure.check(checker)),
            None if self.result.as_str() == "seizure" => {
                checker.error("seizure", "seizure_missing", &[]);
            }
            None => {}
        }
    }
}
