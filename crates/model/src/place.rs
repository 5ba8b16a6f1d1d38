//! Places: a coded crossing, or words.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;

/// Where something is or happens.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// A crossing of the register, such as `oybek`.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crossing: Option<Code>,
    /// ISO 3166-1 alpha-2.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// As the author says it.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Place {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.text_opt("words", self.words.as_deref());
        if let Some(state) = &self.state {
            check_state(checker, "state", state);
        }
        if self.crossing.is_none() && self.state.is_none() && self.words.is_none() {
            checker.error("", "empty", &[]);
        }
    }
}

/// Two capital letters.
pub(crate) fn check_state(checker: &mut Checker<'_>, field: &str, state: &str) {
    if state.len() != 2 || !state.bytes().all(|byte| byte.is_ascii_uppercase()) {
        checker.error(
            field,
            "bad_state",
            &[("state", state.chars().take(8).collect())],
        );
    }
}

/// From where to where, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Corridor {
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Place>,
    /// In order.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<Place>,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Place>,
}

impl Corridor {
    pub fn check(&self, checker: &mut Checker<'_>) {
        if let Some(from) = &self.from {
            checker.within("from", |checker| from.check(checker));
        }
        checker.each("via", &self.via, |checker, place| place.check(checker));
        if let Some(to) = &self.to {
            checker.within("to", |checker| to.check(checker));
        }
        if self.from.is_none() && self.to.is_none() && self.via.is_empty() {
            checker.error("", "empty", &[]);
        }
    }
}
