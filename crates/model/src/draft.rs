//! Draft: what an officer has written, before it is sealed. Also the file that keeps it.

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::check::{Checker, FieldError, LONGEST_LIST};
use crate::code::Code;
use crate::codes::Codes;
use crate::content::Content;
use crate::dispatch::{CaseRef, Handling};
use crate::ids::{DispatchId, OfficerId};
use crate::lane::Urgency;
use crate::time::Timestamp;

/// The longest life of a dispatch: 45 days, as long as a recipient keeps the key that opens it.
pub const LONGEST_LIFE_S: u32 = 45 * 86_400;

/// Everything that an officer decides about a dispatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    pub content: Content,
    pub from: Address,
    pub to: Vec<Address>,
    pub urgency: Urgency,
    /// From the list `urgency-reason`; needed for FLASH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency_reason: Option<Code>,
    pub handling: Handling,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseRef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<DispatchId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_by: Option<Timestamp>,
    /// By urgency, where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u32>,
    /// The exercise's name. Absent on live traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exercise: Option<String>,
    /// Paths on the machine of the node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<OfficerId>,
}

impl Draft {
    /// Everything that is wrong with it, without the register.
    pub fn check(&self, codes: &Codes, now: Timestamp) -> Vec<FieldError> {
        let mut checker = Checker::new(codes, now);
        checker.within("content", |checker| self.content.check(checker));
        checker.within("handling", |checker| {
            checker.code("code", "handling", &self.handling.code);
            checker.code("purpose", "purpose", &self.handling.purpose);
        });
        checker.code_opt(
            "urgency_reason",
            "urgency-reason",
            self.urgency_reason.as_ref(),
        );
        checker.text_opt("exercise", self.exercise.as_deref());
        if self.to.is_empty() {
            checker.error("to", "no_recipient", &[]);
        }
        if self.to.len() > LONGEST_LIST {
            checker.error(
                "to",
                "too_many",
                &[
                    ("count", self.to.len().to_string()),
                    ("limit", LONGEST_LIST.to_string()),
                ],
            );
        }
        let is_step = matches!(self.content, Content::Step(_));
        if self.urgency == Urgency::Flash && self.urgency_reason.is_none() && !is_step {
            checker.error("urgency_reason", "urgency_reason_missing", &[]);
        }
        if self.reply_by.is_some_and(|reply_by| reply_by <= now) {
            checker.error("reply_by", "in_the_past", &[]);
        }
        if let Some(seconds) = self.expires_in_s
            && !(60..=LONGEST_LIFE_S).contains(&seconds)
        {
            checker.error(
                "expires_in_s",
                "bad_expiry",
                &[
                    ("seconds", seconds.to_string()),
                    ("limit", LONGEST_LIFE_S.to_string()),
                ],
            );
        }
        if !self.content.persons().is_empty() && !self.handling.persons_released {
            let count = self.content.persons().len();
            checker.error(
                "handling.persons_released",
                "persons_not_released",
                &[("count", count.to_string())],
            );
        }
        checker.finish()
    }
}
