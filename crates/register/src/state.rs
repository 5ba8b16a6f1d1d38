//! A state: its register key, and the day from which its statute on liaison offices is in force.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use model::address::StateCode;
use model::time::Timestamp;

use crate::names::Names;
use crate::refusal::Invalid;
use crate::signature;

/// Signed by the state itself; with a new key, by the new key too. A state that did not found the network also needs
/// the signatures of as many member states as the founding act says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct State {
    #[n(0)]
    pub code: StateCode,
    #[n(1)]
    pub names: Names,
    /// Ed25519 public key that signs this state's acts from `from` on.
    #[n(2)]
    pub key: ByteArray<32>,
    #[n(3)]
    pub from: Timestamp,
    /// From when the statute on liaison offices (Положение об ОПВ) is in force; before it, training traffic only.
    #[n(4)]
    pub statute_from: Option<Timestamp>,
    /// When the statute lapses.
    #[n(5)]
    pub statute_until: Option<Timestamp>,
    /// What the statute is called, as published.
    #[n(6)]
    pub statute: Option<String>,
}

impl State {
    /// Says whether the statute is in force then.
    pub fn has_statute(&self, now: Timestamp) -> bool {
        self.statute_from.is_some_and(|from| from <= now)
            && self.statute_until.is_none_or(|until| now < until)
    }

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        self.names.check()?;
        signature::check_public("key", self.key.as_slice())?;
        match (self.statute_from, self.statute_until) {
            (None, Some(_)) => Err(Invalid::new("statute_until", "has no statute_from")),
            (Some(from), Some(until)) if until <= from => {
                Err(Invalid::new("statute_until", "lies before statute_from"))
            }
            _ => Ok(()),
        }
    }
}
