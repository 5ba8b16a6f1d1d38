//! A border crossing point. It may have one office, several or none.

use minicbor::{Decode, Encode};
use model::address::StateCode;
use model::code::Code;
use serde::{Deserialize, Serialize};

use crate::names::{Names, check_text};
use crate::refusal::Invalid;

/// Signed by its state.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Crossing {
    #[n(0)]
    pub state: StateCode,
    /// Unique inside the state, such as `oybek`.
    #[n(1)]
    pub code: Code,
    #[n(2)]
    pub names: Names,
    /// Other spellings, for search.
    #[n(3)]
    #[serde(default)]
    pub variants: Vec<String>,
    #[n(4)]
    pub opposite: Option<Opposite>,
    /// Sorted, each once.
    #[n(5)]
    pub modes: Vec<Mode>,
    #[n(6)]
    pub place: Option<Place>,
}

/// The crossing across the line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Opposite {
    #[n(0)]
    pub state: StateCode,
    #[n(1)]
    pub code: Code,
}

/// How one crosses there.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[n(0)]
    Road,
    #[n(1)]
    Rail,
    #[n(2)]
    River,
    #[n(3)]
    Air,
    #[n(4)]
    Foot,
}

/// WGS 84, in units of 0.00001 degrees: signed bytes hold no floating point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Place {
    #[n(0)]
    pub lat_e5: i32,
    #[n(1)]
    pub lon_e5: i32,
    /// How far off it may be, in the same unit.
    #[n(2)]
    pub error_e5: u32,
}

impl Crossing {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        self.names.check()?;
        if self.variants.len() > 32 {
            return Err(Invalid::new("variants", "at most 32"));
        }
        for variant in &self.variants {
            check_text("variants", variant, 200)?;
        }
        if self.modes.is_empty() || !self.modes.is_sorted_by(|a, b| a < b) {
            return Err(Invalid::new("modes", "at least one, sorted, each once"));
        }
        if self
            .opposite
            .as_ref()
            .is_some_and(|side| side.state == self.state)
        {
            return Err(Invalid::new("opposite", "lies in the same state"));
        }
        if let Some(place) = &self.place {
            place.check()?;
        }
        Ok(())
    }
}

impl Place {
    fn check(&self) -> Result<(), Invalid> {
        if !(-9_000_000..=9_000_000).contains(&self.lat_e5)
            || !(-18_000_000..=18_000_000).contains(&self.lon_e5)
        {
            return Err(Invalid::new("place", "is not on the earth"));
        }
        Ok(())
    }
}
