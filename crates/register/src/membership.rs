//! Membership of the centre and of the project: two sets, neither of which is the set of border neighbours.

use std::fmt;

use minicbor::{Decode, Encode};
use model::address::StateCode;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::history::check_period;
use crate::refusal::Invalid;

/// What a state is a member of.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Circle {
    /// The regional centre: its offices may write to the centre, and the centre to them.
    #[n(0)]
    Centre,
    /// The project on liaison offices.
    #[n(1)]
    Project,
}

/// Signed by the state and by the centre.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Membership {
    #[n(0)]
    pub state: StateCode,
    #[n(1)]
    pub circle: Circle,
    #[n(2)]
    pub from: Timestamp,
    #[n(3)]
    pub until: Option<Timestamp>,
}

impl Membership {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        check_period(self.from, self.until)
    }
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Centre => "centre",
            Self::Project => "project",
        })
    }
}
