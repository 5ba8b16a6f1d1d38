//! How urgent a dispatch is, and the lane that it takes over a link.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// How soon the other side has to look. FLASH: a lane is waiting.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Urgency {
    #[n(1)]
    Flash,
    #[n(2)]
    Priority,
    #[n(3)]
    Routine,
}

/// A lane of a link. Lower goes first; 0 and 1 are strict.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    #[n(0)]
    Control,
    #[n(1)]
    Flash,
    #[n(2)]
    Priority,
    #[n(3)]
    Routine,
    #[n(4)]
    Bulk,
}

impl Lane {
    /// All lanes, first to last.
    pub const ALL: [Self; 5] = [
        Self::Control,
        Self::Flash,
        Self::Priority,
        Self::Routine,
        Self::Bulk,
    ];

    pub const fn index(self) -> usize {
        match self {
            Self::Control => 0,
            Self::Flash => 1,
            Self::Priority => 2,
            Self::Routine => 3,
            Self::Bulk => 4,
        }
    }
}

impl From<Urgency> for Lane {
    fn from(urgency: Urgency) -> Self {
        match urgency {
            Urgency::Flash => Self::Flash,
            Urgency::Priority => Self::Priority,
            Urgency::Routine => Self::Routine,
        }
    }
}
