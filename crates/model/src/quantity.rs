//! Amounts, exact: decimal, never floating point.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::check::Checker;
use crate::ids::ParseIdError;

/// A decimal number of at most 28 digits. On the wire it is text, as it was typed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

impl Amount {
    pub const ZERO: Self = Self(Decimal::ZERO);

    pub const fn decimal(self) -> Decimal {
        self.0
    }

    pub fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }
}

impl FromStr for Amount {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let plain = (1..=30).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
            && text
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_digit())
            && text
                .bytes()
                .last()
                .is_some_and(|byte| byte.is_ascii_digit());
        plain
            .then(|| Decimal::from_str_exact(text).ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| ParseIdError {
                kind: "Amount",
                text: text.chars().take(40).collect(),
                expected: "digits with at most one point, such as 71.110",
            })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Amount({})", self.0)
    }
}

impl<C> Encode<C> for Amount {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Amount {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        d.str()?
            .parse()
            .map_err(|error| minicbor::decode::Error::custom(error).at(at))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What is counted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
pub enum Unit {
    #[n(0)]
    #[serde(rename = "g")]
    Gram,
    #[n(1)]
    #[serde(rename = "kg")]
    Kilogram,
    #[n(2)]
    #[serde(rename = "l")]
    Litre,
    #[n(3)]
    #[serde(rename = "pcs")]
    Piece,
}

impl Unit {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gram => "g",
            Self::Kilogram => "kg",
            Self::Litre => "l",
            Self::Piece => "pcs",
        }
    }

    /// Only amounts of one dimension are ever added.
    pub const fn dimension(self) -> Dimension {
        match self {
            Self::Gram | Self::Kilogram => Dimension::Weight,
            Self::Litre => Dimension::Volume,
            Self::Piece => Dimension::Count,
        }
    }
}

impl FromStr for Unit {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        [Self::Gram, Self::Kilogram, Self::Litre, Self::Piece]
            .into_iter()
            .find(|unit| unit.as_str() == text)
            .ok_or_else(|| ParseIdError {
                kind: "Unit",
                text: text.chars().take(16).collect(),
                expected: "g, kg, l or pcs",
            })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    Weight,
    Volume,
    Count,
}

/// An amount of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    #[n(0)]
    pub amount: Amount,
    #[n(1)]
    pub unit: Unit,
}

impl Quantity {
    /// In the base of its dimension: grams, litres, pieces. `None` past 28 digits.
    pub fn base(&self) -> Option<Decimal> {
        match self.unit {
            Unit::Kilogram => self.amount.0.checked_mul(Decimal::ONE_THOUSAND),
            Unit::Gram | Unit::Litre | Unit::Piece => Some(self.amount.0),
        }
    }

    pub fn check(&self, checker: &mut Checker<'_>) {
        if !self.amount.is_positive() {
            checker.error(
                "amount",
                "not_positive",
                &[("amount", self.amount.to_string())],
            );
        }
        if self.unit == Unit::Piece && !self.amount.0.fract().is_zero() {
            checker.error(
                "amount",
                "not_whole",
                &[("amount", self.amount.to_string())],
            );
        }
        if self.base().is_none() {
            checker.error(
                "amount",
                "too_large",
                &[("amount", self.amount.to_string())],
            );
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit.as_str())
    }
}

/// The exact sum in the base unit; `None` where dimensions are mixed or digits run out.
pub fn sum<'a>(quantities: impl IntoIterator<Item = &'a Quantity>) -> Option<(Dimension, Decimal)> {
    let mut total: Option<(Dimension, Decimal)> = None;
    for quantity in quantities {
        let base = quantity.base()?;
        total = Some(match total {
            None => (quantity.unit.dimension(), base),
            Some((dimension, sum)) if dimension == quantity.unit.dimension() => {
                (dimension, sum.checked_add(base)?)
            }
            Some(_) => return None,
        });
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(amount: &str, unit: Unit) -> Quantity {
        Quantity {
            amount: amount.parse().unwrap(),
            unit,
        }
    }

    #[test]
    fn published_weights_sum_exactly() {
        // Sariosiyo: 85.505 kg of heroin and 11.425 kg of hashish.
        let parts = [
            quantity("85.505", Unit::Kilogram),
            quantity("11425", Unit::Gram),
        ];

        let (dimension, total) = sum(&parts).unwrap();

        assert_eq!(dimension, Dimension::Weight);
        assert_eq!(total, "96930".parse().unwrap());
    }

    #[test]
    fn litres_are_not_weight() {
        let parts = [quantity("1", Unit::Litre), quantity("1", Unit::Gram)];

        assert!(sum(&parts).is_none());
    }

    #[test]
    fn typed_numbers_are_plain() {
        for bad in ["", "-1", "1e3", "1,5", ".5", "5.", "1.2.3", "0x10"] {
            assert!(bad.parse::<Amount>().is_err(), "{bad}");
        }
        assert_eq!("71.110".parse::<Amount>().unwrap().to_string(), "71.110");
    }
}
