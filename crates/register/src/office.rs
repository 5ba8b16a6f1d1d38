//! An office: what dispatches are addressed to, and whose keys seal and sign them.

use minicbor::{Decode, Encode};
use model::address::Address;
use model::code::Code;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::history::check_period;
use crate::names::{Names, check_text};
use crate::refusal::Invalid;

/// What kind of office.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum OfficeKind {
    /// Border liaison office (ОПВ).
    #[n(0)]
    Blo,
    #[n(1)]
    AnalyticalUnit,
    /// National coordination and monitoring centre of liaison offices.
    #[n(2)]
    CoordinationCentre,
    #[n(3)]
    RegionalCentre,
}

/// Signed by its state. A later act for the same address changes it from that act's `from` on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Office {
    /// Without a desk.
    #[n(0)]
    pub address: Address,
    #[n(1)]
    pub kind: OfficeKind,
    #[n(2)]
    pub names: Names,
    /// The crossing where it sits, in its own state.
    #[n(3)]
    pub crossing: Option<Code>,
    /// IANA zone of the place. Never an offset: Almaty's changed in 2024.
    #[n(4)]
    pub zone: String,
    /// Languages that it works in (ISO 639-1), preferred first.
    #[n(5)]
    pub languages: Vec<String>,
    #[n(6)]
    pub from: Timestamp,
    #[n(7)]
    pub until: Option<Timestamp>,
}

impl Office {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if self.address.desk.is_some() {
            return Err(Invalid::new("address", "names a desk"));
        }
        self.names.check()?;
        check_text("zone", &self.zone, 64)?;
        if self.languages.is_empty() || self.languages.len() > 8 {
            return Err(Invalid::new("languages", "1 to 8"));
        }
        let is_lang =
            |lang: &String| lang.len() == 2 && lang.bytes().all(|byte| byte.is_ascii_lowercase());
        if !self.languages.iter().all(is_lang) {
            return Err(Invalid::new("languages", "a language is two small letters"));
        }
        check_period(self.from, self.until)
    }
}

impl OfficeKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blo => "blo",
            Self::AnalyticalUnit => "analytical_unit",
            Self::CoordinationCentre => "coordination_centre",
            Self::RegionalCentre => "regional_centre",
        }
    }
}
