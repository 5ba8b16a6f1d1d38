//! Suspension of what two states agreed: either side at once; lifted by both.

use minicbor::{Decode, Encode};
use model::address::StateCode;
use model::ids::ActId;
use model::time::Timestamp;

use crate::coupling::Pair;
use crate::names::check_text;
use crate::refusal::Invalid;

/// Signed by the state that suspends.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Suspension {
    /// Who suspends.
    #[n(0)]
    pub by: StateCode,
    #[n(1)]
    pub against: StateCode,
    /// One coupling; all between the two states if absent.
    #[n(2)]
    pub pair: Option<Pair>,
    #[n(3)]
    pub from: Timestamp,
    #[n(4)]
    pub reason: Option<String>,
}

/// Signed by both states.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Lifting {
    #[n(0)]
    pub suspension: ActId,
    #[n(1)]
    pub from: Timestamp,
}

impl Suspension {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if self.by == self.against {
            return Err(Invalid::new("against", "is the suspending state itself"));
        }
        if let Some(pair) = &self.pair {
            pair.check()?;
            if !self.is_between(&pair.first.state, &pair.second.state) {
                return Err(Invalid::new("pair", "joins other states"));
            }
        }
        if let Some(reason) = &self.reason {
            check_text("reason", reason, 400)?;
        }
        Ok(())
    }

    pub(crate) fn is_between(&self, one: &StateCode, other: &StateCode) -> bool {
        (&self.by, &self.against) == (one, other) || (&self.by, &self.against) == (other, one)
    }

    pub(crate) fn covers(&self, pair: &Pair) -> bool {
        self.pair.as_ref().is_none_or(|own| own == pair)
            && self.is_between(&pair.first.state, &pair.second.state)
    }
}
