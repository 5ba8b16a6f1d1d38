//! Instants: UTC, to the microsecond, so that what a store gives back equals what it was given.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This instant moved by so many seconds; at the end of time it stays there.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// This instant moved by so many milliseconds; at the end of time it stays there.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis.saturating_mul(1_000)))
    }

    /// Milliseconds from `earlier` to this instant; negative if it lies before.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1_000
    }
}

impl Timestamp {
    /// The civil year at a place; `None` for a zone that does not exist or a time out of range.
    pub fn year_in(self, zone: &str) -> Option<i16> {
        let timestamp = jiff::Timestamp::from_microsecond(self.0).ok()?;
        Some(timestamp.in_tz(zone).ok()?.year())
    }

    /// The civil year in UTC; 0 where the time is out of range.
    pub fn year_utc(self) -> i16 {
        self.year_in("UTC").unwrap_or(0)
    }

    /// The civil date in UTC, if the time is in range.
    pub fn date_utc(self) -> Option<jiff::civil::Date> {
        let timestamp = jiff::Timestamp::from_microsecond(self.0).ok()?;
        Some(timestamp.in_tz("UTC").ok()?.date())
    }

    /// As a clock at that place shows it: `2024-03-07 03:30 +05`.
    pub fn local(self, zone: &str) -> Option<String> {
        let timestamp = jiff::Timestamp::from_microsecond(self.0).ok()?;
        let zoned = timestamp.in_tz(zone).ok()?;
        Some(zoned.strftime("%Y-%m-%d %H:%M %:::z").to_string())
    }
}

/// Says whether the IANA zone exists in the bundled database.
pub fn is_zone(zone: &str) -> bool {
    jiff::tz::TimeZone::get(zone).is_ok()
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl<C> minicbor::Encode<C> for Timestamp {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.i64(self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Timestamp {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.i64().map(Self)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let timestamp: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(timestamp.as_microsecond()))
    }
}
