//! Times as people know them: partial, fuzzy, and at a place. What is not known is never filled in.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::check::Checker;
use crate::ids::ParseIdError;
use crate::time::Timestamp;

/// A civil time known to the year, month, day or minute: `2026`, `2026-05`, `2026-05-12`,
/// `2026-05-12T03:30`. By the clock of the place that it belongs to.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PartialTime {
    text: String,
    first: DateTime,
    last: DateTime,
}

impl PartialTime {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first minute that it may mean.
    pub const fn first(&self) -> DateTime {
        self.first
    }

    /// The last minute that it may mean.
    pub const fn last(&self) -> DateTime {
        self.last
    }
}

impl FromStr for PartialTime {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let error = || ParseIdError {
            kind: "PartialTime",
            text: text.chars().take(32).collect(),
            expected: "YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm",
        };
        let (first, last) = bounds(text).ok_or_else(error)?;
        Ok(Self {
            text: text.to_owned(),
            first,
            last,
        })
    }
}

fn bounds(text: &str) -> Option<(DateTime, DateTime)> {
    // Exact shapes only: a parser that guesses would fill in what nobody said.
    let shape: String = text
        .chars()
        .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
        .collect();
    let end = Time::new(23, 59, 0, 0).ok()?;
    match shape.as_str() {
        "0000" => {
            let year = text.parse().ok()?;
            let first = Date::new(year, 1, 1).ok()?;
            let last = Date::new(year, 12, 31).ok()?;
            Some((first.to_datetime(Time::midnight()), last.to_datetime(end)))
        }
        "0000-00" => {
            let (year, month) = text.split_once('-')?;
            let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
            let last = first.last_of_month();
            Some((first.to_datetime(Time::midnight()), last.to_datetime(end)))
        }
        "0000-00-00" => {
            let date: Date = text.parse().ok()?;
            Some((date.to_datetime(Time::midnight()), date.to_datetime(end)))
        }
        "0000-00-00T00:00" => {
            let minute: DateTime = text.parse().ok()?;
            Some((minute, minute))
        }
        _ => None,
    }
}

impl fmt::Display for PartialTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PartialTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartialTime({})", self.text)
    }
}

impl<C> Encode<C> for PartialTime {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.text)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PartialTime {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        d.str()?
            .parse()
            .map_err(|error| minicbor::decode::Error::custom(error).at(at))
    }
}

impl Serialize for PartialTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for PartialTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// When something is expected: "about mid-May" is `2017-05-10` to `2017-05-20`, about, and the words.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Absent: no earliest time is known.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest: Option<PartialTime>,
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<PartialTime>,
    /// The bounds are a guess of the author.
    #[n(2)]
    #[serde(default)]
    pub about: bool,
    /// As the source said it.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// IANA zone of the place that it is meant for.
    #[n(4)]
    pub zone: String,
}

impl Window {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.zone("zone", &self.zone);
        checker.text_opt("words", self.words.as_deref());
        if self.earliest.is_none() && self.latest.is_none() && self.words.is_none() {
            checker.error("", "empty", &[]);
        }
        if let (Some(earliest), Some(latest)) = (&self.earliest, &self.latest)
            && latest.last() < earliest.first()
        {
            checker.error(
                "latest",
                "ends_before_start",
                &[("start", earliest.to_string()), ("end", latest.to_string())],
            );
        }
    }
}

/// An instant at a place: both sides show it by their own clocks.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct PlaceTime {
    #[n(0)]
    pub at: Timestamp,
    /// IANA zone.
    #[n(1)]
    pub zone: String,
}

impl PlaceTime {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.zone("zone", &self.zone);
    }
}

/// When something happened: exactly, or as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Occurred {
    #[n(0)]
    pub time: PartialTime,
    /// IANA zone.
    #[n(1)]
    pub zone: String,
}

impl Occurred {
    pub fn check(&self, checker: &mut Checker<'_>) {
        checker.zone("zone", &self.zone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_filled_in() {
        let may: PartialTime = "2017-05".parse().unwrap();

        assert_eq!(may.to_string(), "2017-05");
        assert_eq!(may.first().to_string(), "2017-05-01T00:00:00");
        assert_eq!(may.last().to_string(), "2017-05-31T23:59:00");
    }

    #[test]
    fn other_shapes_are_refused() {
        for bad in [
            "",
            "26",
            "2026-13",
            "2026-02-30",
            "2026-05-12 03:30",
            "2026-05-12T24:00",
            "12.05.2026",
        ] {
            assert!(bad.parse::<PartialTime>().is_err(), "{bad}");
        }
    }
}
