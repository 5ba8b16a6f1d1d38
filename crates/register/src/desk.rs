//! A desk: one authority's place inside a liaison office, with keys of its own.

use minicbor::{Decode, Encode};
use model::address::{Address, AuthorityCode};
use model::time::Timestamp;

use crate::history::check_period;
use crate::names::Names;
use crate::refusal::Invalid;

/// Signed by its state.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Desk {
    /// With the desk.
    #[n(0)]
    pub address: Address,
    /// Whose desk it is.
    #[n(1)]
    pub authority: AuthorityCode,
    #[n(2)]
    pub names: Names,
    #[n(3)]
    pub from: Timestamp,
    #[n(4)]
    pub until: Option<Timestamp>,
}

impl Desk {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if self.address.desk.is_none() {
            return Err(Invalid::new("address", "names no desk"));
        }
        self.names.check()?;
        check_period(self.from, self.until)
    }
}
