//! Reply: what came of a request; a holding reply says whether, how and when an answer will come.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::ids::DispatchId;
use crate::person::Person;
use crate::time::Timestamp;

/// An answer to a dispatch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    #[n(0)]
    pub of: DispatchId,
    /// From the list `reply`: `hit`, `no-hit`, `partial`, `refused`, `holding`.
    #[n(1)]
    pub result: Code,
    /// From the list `refusal-ground`; needed where it is refused.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Code>,
    /// Needed in a holding reply.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Holding>,
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[n(5)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<Person>,
}

/// What can be said before there is an answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// Whether.
    #[n(0)]
    #[serde(default)]
    pub will_answer: bool,
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Timestamp>,
}

impl Reply {
    pub fn is_holding(&self) -> bool {
        self.holding.is_some()
    }

    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("result", "reply", &self.result);
        checker.code_opt("ground", "refusal-ground", self.ground.as_ref());
        checker.text_opt("text", self.text.as_deref());
        checker.each("persons", &self.persons, |checker, one| one.check(checker));
        let refused = self.result.as_str() == "refused";
        if refused != self.ground.is_some() {
            checker.error(
                "ground",
                if refused {
                    "ground_missing"
                } else {
                    "ground_unasked"
                },
                &[],
            );
        }
        let holding = self.result.as_str() == "holding";
        if holding != self.holding.is_some() {
            checker.error(
                "holding",
                if holding {
                    "holding_missing"
                } else {
                    "holding_unasked"
                },
                &[],
            );
        }
        if let Some(holding) = &self.holding {
            checker.within("holding", |checker| {
                checker.text_opt("how", holding.how.as_deref());
                if holding.when.is_some_and(|when| when < checker.now) {
                    checker.error("when", "in_the_past", &[]);
                }
            });
        }
    }
}
