//! What carries: tractor, trailer, wagon, container and driver are separate things that part on the way.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;

/// One thing that carries, or is carried.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Conveyance {
    /// From the list `conveyance`: `tractor`, `trailer`, `car`, `wagon`, `container`, ...
    #[n(0)]
    pub kind: Code,
    /// Plate, wagon or container number as it is written on it.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    /// Of registration, ISO 3166-1 alpha-2.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vin: Option<String>,
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_goods: Option<String>,
    /// CMR, TIR carnet, rail bill numbers.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<String>,
}

impl Conveyance {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("kind", "conveyance", &self.kind);
        let texts = [
            ("plate", &self.plate),
            ("make", &self.make),
            ("vin", &self.vin),
            ("operator", &self.operator),
            ("declared_goods", &self.declared_goods),
        ];
        for (field, text) in texts {
            checker.text_opt(field, text.as_deref());
        }
        if let Some(country) = &self.country {
            crate::place::check_state(checker, "country", country);
        }
        checker.each("documents", &self.documents, |checker, document| {
            checker.text("", document);
        });
    }
}
