//! A competent authority. Names change and authorities are abolished: periods and successors, nothing for ever.

use minicbor::{Decode, Encode};
use model::address::{AuthorityCode, StateCode};
use model::time::Timestamp;

use crate::history::check_period;
use crate::names::Names;
use crate::refusal::Invalid;

/// Signed by its state. A later act for the same code renames it from that act's `from` on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Authority {
    #[n(0)]
    pub state: StateCode,
    #[n(1)]
    pub code: AuthorityCode,
    #[n(2)]
    pub names: Names,
    #[n(3)]
    pub from: Timestamp,
    #[n(4)]
    pub until: Option<Timestamp>,
    /// Who took over its tasks.
    #[n(5)]
    pub successor: Option<AuthorityCode>,
}

impl Authority {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        self.names.check()?;
        if self.successor.as_ref() == Some(&self.code) {
            return Err(Invalid::new("successor", "is the authority itself"));
        }
        check_period(self.from, self.until)
    }
}
