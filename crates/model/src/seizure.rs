//! Seizure: the short form first; parts and total agree, or it is not sent.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::check::Checker;
use crate::code::Code;
use crate::conveyance::Conveyance;
use crate::ids::DispatchId;
use crate::person::Person;
use crate::place::{Corridor, Place};
use crate::quantity::{Amount, Quantity, sum};
use crate::when::Occurred;

/// What was seized, where, when and how it was found.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Seizure {
    /// The originator's own stable name for the event: versions share it.
    #[n(0)]
    pub event: String,
    /// From 1; a later version replaces an earlier one, which stays readable.
    #[n(1)]
    pub version: u32,
    /// From the list `seizure-status`: `provisional`, `confirmed`, `corrected`, `withdrawn`.
    #[n(2)]
    pub status: Code,
    #[n(3)]
    pub at: Occurred,
    #[n(4)]
    pub place: Place,
    #[n(5)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agencies: Vec<String>,
    /// Made together with another state.
    #[n(6)]
    #[serde(default)]
    pub joint: bool,
    #[n(7)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// As announced; must equal the sum of the parts.
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Quantity>,
    /// In all.
    #[n(9)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<Packages>,
    /// From the list `trigger`: what led to it.
    #[n(10)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Code>,
    #[n(11)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concealment: Option<Concealment>,
    #[n(12)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conveyances: Vec<Conveyance>,
    #[n(13)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Corridor>,
    #[n(14)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<Person>,
    /// Date, body and article, as published.
    #[n(15)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_opened: Option<String>,
    /// The dispatch whose version this one replaces.
    #[n(16)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<DispatchId>,
    #[n(17)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One substance or kind of goods.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// From the list `substance`.
    #[n(0)]
    pub substance: Code,
    /// From the list `form`: `powder`, `resin`, `liquid`, `soaked`, `tablets`, ...
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Code>,
    #[n(2)]
    pub quantity: Quantity,
    /// From the list `weighing`: `gross` or `net`.
    #[n(3)]
    pub weighing: Code,
    /// From the list `basis`: `visual`, `field-test`, `lab`.
    #[n(4)]
    pub basis: Code,
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<Packages>,
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// How it was packed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Packages {
    #[n(0)]
    pub count: u32,
    /// From the list `package`.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Code>,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Stamps and logos.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<String>,
}

/// An estimate, with its market: the same goods differ tenfold between two places.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Value {
    #[n(0)]
    pub amount: Amount,
    /// ISO 4217.
    #[n(1)]
    pub currency: String,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub market: Option<String>,
}

/// Where and how it was hidden.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Concealment {
    /// From the list `concealment`.
    #[n(0)]
    pub place: Code,
    /// From the list `concealment-method`.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Code>,
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Seizure {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.text("event", &self.event);
        if self.version == 0 {
            checker.error("version", "not_positive", &[("amount", "0".to_owned())]);
        }
        checker.code("status", "seizure-status", &self.status);
        checker.code_opt("trigger", "trigger", self.trigger.as_ref());
        checker.within("at", |checker| self.at.check(checker));
        checker.within("place", |checker| self.place.check(checker));
        checker.each("agencies", &self.agencies, |checker, text| {
            checker.text("", text);
        });
        checker.each("items", &self.items, |checker, item| item.check(checker));
        if let Some(packages) = &self.packages {
            checker.within("packages", |checker| packages.check(checker));
        }
        if let Some(concealment) = &self.concealment {
            checker.within("concealment", |checker| concealment.check(checker));
        }
        checker.each("conveyances", &self.conveyances, |checker, one| {
            one.check(checker);
        });
        checker.each("persons", &self.persons, |checker, one| one.check(checker));
        if let Some(route) = &self.route {
            checker.within("route", |checker| route.check(checker));
        }
        checker.text_opt("text", self.text.as_deref());
        checker.text_opt("case_opened", self.case_opened.as_deref());
        if self.items.is_empty() {
            checker.error("items", "empty", &[]);
        }
        self.check_total(checker);
        self.check_packages(checker);
    }

    fn check_total(&self, checker: &mut Checker<'_>) {
        let Some(total) = &self.total else {
            return;
        };
        checker.within("total", |checker| total.check(checker));
        if self.items.is_empty() {
            return;
        }
        let weighings = self.items.first().map(|item| &item.weighing);
        if self
            .items
            .iter()
            .any(|item| Some(&item.weighing) != weighings)
        {
            checker.error("total", "mixed_weighing", &[]);
            return;
        }
        match (
            sum(self.items.iter().map(|item| &item.quantity)),
            total.base(),
        ) {
            (Some((dimension, parts)), Some(base)) if dimension == total.unit.dimension() => {
                if parts != base {
                    checker.error(
                        "total",
                        "sum_mismatch",
                        &[
                            ("parts", parts.normalize().to_string()),
                            ("total", base.normalize().to_string()),
                        ],
                    );
                }
            }
            (_, _) => checker.error("total", "mixed_units", &[]),
        }
    }

    fn check_packages(&self, checker: &mut Checker<'_>) {
        let Some(all) = &self.packages else {
            return;
        };
        let counts: Vec<u64> = self
            .items
            .iter()
            .filter_map(|item| item.packages.as_ref())
            .map(|packages| u64::from(packages.count))
            .collect();
        // Only where each part says how many: a part that is silent may hold the rest.
        if counts.len() == self.items.len() && !counts.is_empty() {
            let parts: u64 = counts.iter().sum();
            if parts != u64::from(all.count) {
                checker.error(
                    "packages",
                    "sum_mismatch",
                    &[
                        ("parts", parts.to_string()),
                        ("total", all.count.to_string()),
                    ],
                );
            }
        }
    }
}

impl Item {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("substance", "substance", &self.substance);
        checker.code_opt("form", "form", self.form.as_ref());
        checker.code("weighing", "weighing", &self.weighing);
        checker.code("basis", "basis", &self.basis);
        checker.within("quantity", |checker| self.quantity.check(checker));
        if let Some(packages) = &self.packages {
            checker.within("packages", |checker| packages.check(checker));
        }
        if let Some(value) = &self.value {
            checker.within("value", |checker| value.check(checker));
        }
    }
}

impl Packages {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code_opt("kind", "package", self.kind.as_ref());
        checker.text_opt("colour", self.colour.as_deref());
        checker.text_opt("marks", self.marks.as_deref());
        if self.count == 0 {
            checker.error("count", "not_positive", &[("amount", "0".to_owned())]);
        }
    }
}

impl Value {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.text_opt("market", self.market.as_deref());
        if !self.amount.is_positive() {
            checker.error(
                "amount",
                "not_positive",
                &[("amount", self.amount.to_string())],
            );
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase())
        {
            checker.error(
                "currency",
                "bad_currency",
                &[("currency", self.currency.chars().take(8).collect())],
            );
        }
    }
}

impl Concealment {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.code("place", "concealment", &self.place);
        checker.code_opt("method", "concealment-method", self.method.as_ref());
        checker.text_opt("words", self.words.as_deref());
    }
}
