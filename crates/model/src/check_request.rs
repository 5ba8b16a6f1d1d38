//! Check request: a question about a person, a vehicle, a document or a company.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::conveyance::Conveyance;
use crate::person::Person;

/// Asks the other side to look into its own records.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// From the list `crime`.
    #[n(0)]
    pub crime: Code,
    #[n(1)]
    pub question: String,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conveyances: Vec<Conveyance>,
    #[n(3)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<Person>,
}

impl CheckRequest {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("crime", "crime", &self.crime);
        checker.text("question", &self.question);
        checker.each("conveyances", &self.conveyances, |checker, one| {
            one.check(checker);
        });
        checker.each("persons", &self.persons, |checker, one| one.check(checker));
    }
}
