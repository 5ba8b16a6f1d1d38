//! Alert: what to look for, where, when, and what is asked.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::conveyance::Conveyance;
use crate::person::Person;
use crate::place::Corridor;
use crate::when::Window;

/// A warning to the office opposite.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// From the list `crime`.
    #[n(0)]
    pub crime: Code,
    /// From the list `subject`: `person`, `vehicle`, `consignment` or `unknown`.
    #[n(1)]
    pub subject: Code,
    /// From the list `asked`: `watch`, `check`, `search`, `let-run`, `information`.
    #[n(2)]
    pub asked: Code,
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corridor: Option<Corridor>,
    /// When it is expected.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Of the text, ISO 639-1: it is never replaced by a translation.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[n(7)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conveyances: Vec<Conveyance>,
    #[n(8)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<Person>,
    /// From the list `source-grade`.
    #[n(9)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_grade: Option<Code>,
}

impl Alert {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("crime", "crime", &self.crime);
        checker.code("subject", "subject", &self.subject);
        checker.code("asked", "asked", &self.asked);
        checker.code_opt("source_grade", "source-grade", self.source_grade.as_ref());
        if let Some(corridor) = &self.corridor {
            checker.within("corridor", |checker| corridor.check(checker));
        }
        if let Some(window) = &self.window {
            checker.within("window", |checker| window.check(checker));
        }
        checker.text_opt("text", self.text.as_deref());
        checker.each("conveyances", &self.conveyances, |checker, one| {
            one.check(checker);
        });
        checker.each("persons", &self.persons, |checker, one| one.check(checker));
        if self.text.is_none() && self.conveyances.is_empty() && self.persons.is_empty() {
            checker.error("text", "nothing_to_look_for", &[]);
        }
    }
}
