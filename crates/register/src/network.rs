//! The founding act: which states begin the network, and the centre. Every node holds it before anything else.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use model::address::StateCode;
use serde::{Deserialize, Serialize};

use crate::names::{Names, check_text};
use crate::refusal::Invalid;
use crate::signature;

/// The state code of the regional centre and of its own acts.
pub const CENTRE: &str = "INT";

/// Most states of one network.
pub const STATES_MAX: usize = 64;

/// What a network is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum NetworkKind {
    #[n(0)]
    Live,
    /// Nothing in it is real.
    #[n(1)]
    Exercise,
    /// Made by `guzar demo`; its keys are no secret.
    #[n(2)]
    Demo,
}

/// Founds a network. All founding states and the centre sign; the network's id is the hash of this act.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Founding {
    #[n(0)]
    pub name: String,
    #[n(1)]
    pub kind: NetworkKind,
    /// By code, each once, without the centre.
    #[n(2)]
    pub states: Vec<Founder>,
    /// The centre, with the state code `INT`.
    #[n(3)]
    pub centre: Founder,
    /// How many member states must sign the accession of another state.
    #[n(4)]
    pub quorum: u8,
}

/// A founding state, or the centre.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Founder {
    #[n(0)]
    pub code: StateCode,
    #[n(1)]
    pub names: Names,
    /// Ed25519 public key that signs this state's acts.
    #[n(2)]
    pub key: ByteArray<32>,
}

impl Founding {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        check_text("name", &self.name, 200)?;
        if self.states.is_empty() || self.states.len() > STATES_MAX {
            return Err(Invalid::new("states", "1 to 64 states"));
        }
        if !self.states.is_sorted_by(|a, b| a.code < b.code) {
            return Err(Invalid::new("states", "must be sorted by code, each once"));
        }
        if self.states.iter().any(|state| is_centre(&state.code)) {
            return Err(Invalid::new("states", "INT is the centre, not a state"));
        }
        if !is_centre(&self.centre.code) {
            return Err(Invalid::new("centre", "its code is INT"));
        }
        if self.quorum == 0 || usize::from(self.quorum) > self.states.len() {
            return Err(Invalid::new("quorum", "1 to the number of founding states"));
        }
        let mut keys = Vec::new();
        for founder in self.founders() {
            founder.names.check()?;
            signature::check_public("key", founder.key.as_slice())?;
            if keys.contains(&&founder.key) {
                return Err(Invalid::new("key", "two founders have the same key"));
            }
            keys.push(&founder.key);
        }
        Ok(())
    }

    /// The states, then the centre.
    pub fn founders(&self) -> impl Iterator<Item = &Founder> {
        self.states.iter().chain(std::iter::once(&self.centre))
    }
}

/// Says whether this is the regional centre's code.
pub fn is_centre(code: &StateCode) -> bool {
    code.as_str() == CENTRE
}
