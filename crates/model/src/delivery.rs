//! Where a delivery stands. Which step may follow which is the exchange's rule.

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// The state of one dispatch for one recipient office, as its sender knows it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Stored here; on its way when a link is up.
    #[n(0)]
    Queued,
    /// Waits for somebody's release here.
    #[n(1)]
    Held,
    /// In custody of a relay, which signed for it.
    #[n(2)]
    Relayed,
    /// On the recipient node's disk, which signed for it.
    #[n(3)]
    Delivered,
    /// An officer has seen it.
    #[n(4)]
    Opened,
    #[n(5)]
    Accepted,
    #[n(6)]
    Acted,
    #[n(7)]
    Answered,
    #[n(8)]
    Refused,
    /// Nobody took it in time.
    #[n(9)]
    Expired,
    /// Called back by its author.
    #[n(10)]
    Recalled,
}

impl DeliveryState {
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::Held,
        Self::Relayed,
        Self::Delivered,
        Self::Opened,
        Self::Accepted,
        Self::Acted,
        Self::Answered,
        Self::Refused,
        Self::Expired,
        Self::Recalled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Held => "held",
            Self::Relayed => "relayed",
            Self::Delivered => "delivered",
            Self::Opened => "opened",
            Self::Accepted => "accepted",
            Self::Acted => "acted",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Recalled => "recalled",
        }
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for DeliveryState {
    type Err = crate::ids::ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| crate::ids::ParseIdError {
                kind: "DeliveryState",
                text: text.chars().take(16).collect(),
                expected: "queued, held, relayed, delivered, opened, accepted, acted, answered, refused, expired or recalled",
            })
    }
}
