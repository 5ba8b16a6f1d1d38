//! Why an act is not applied.

use std::fmt;

use model::address::{Address, AuthorityCode, StateCode};
use model::code::Code;
use model::ids::{ActId, KeyId};
use thiserror::Error;

/// A field of an act that says something impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{field}: {what}")]
pub struct Invalid {
    pub field: &'static str,
    pub what: &'static str,
}

impl Invalid {
    pub(crate) const fn new(field: &'static str, what: &'static str) -> Self {
        Self { field, what }
    }
}

/// Why an act is not applied. The register is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// Not the bytes of an act in their one form.
    #[error("not an act: {what}")]
    Malformed { what: String },
    /// A later version of the product made it. Kept nowhere: its sender offers it again.
    #[error("act version {version} is not known here")]
    UnknownVersion { version: u8 },
    #[error("{kind} act is not valid: {source}")]
    Invalid { kind: &'static str, source: Invalid },
    /// A state speaks for itself alone.
    #[error("{what} is outside {state}'s own prefix")]
    OutsidePrefix { state: StateCode, what: String },
    #[error("signature by key {key} does not fit this act and this network")]
    BadSignature { key: KeyId },
    /// The key is known, but was not this signer's on the day on which the act was issued.
    #[error("key {key} was not in force when this act was issued")]
    KeyNotInForce { key: KeyId },
    #[error("signature of {by} is missing")]
    Unsigned { by: String },
    /// It depends on an act that is not here yet. The caller keeps it and tries again later.
    #[error("waits for {what}")]
    Missing { what: MissingAct },
    #[error("{what} contradicts act {with}")]
    Conflict { with: ActId, what: String },
    /// Another network's founding act.
    #[error("this register has been founded by act {ours}")]
    OtherNetwork { ours: ActId },
}

impl RegisterError {
    /// A stable word for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "act_malformed",
            Self::UnknownVersion { .. } => "act_version",
            Self::Invalid { .. } => "act_invalid",
            Self::OutsidePrefix { .. } => "act_outside_prefix",
            Self::BadSignature { .. } => "act_bad_signature",
            Self::KeyNotInForce { .. } => "act_key_not_in_force",
            Self::Unsigned { .. } => "act_unsigned",
            Self::Missing { .. } => "act_waits",
            Self::Conflict { .. } => "act_conflict",
            Self::OtherNetwork { .. } => "act_other_network",
        }
    }

    pub(crate) fn malformed(what: impl fmt::Display) -> Self {
        Self::Malformed {
            what: what.to_string(),
        }
    }
}

/// What an act waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingAct {
    State(StateCode),
    Authority(StateCode, AuthorityCode),
    Crossing(StateCode, Code),
    /// An office, or a desk.
    Office(Address),
    /// An act that makes this key known.
    Key(KeyId),
    Suspension(ActId),
}

impl fmt::Display for MissingAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(code) => write!(f, "the accession of {code}"),
            Self::Authority(state, code) => write!(f, "authority {state}/{code}"),
            Self::Crossing(state, code) => write!(f, "crossing {state}/{code}"),
            Self::Office(address) => write!(f, "office {address}"),
            Self::Key(key) => write!(f, "the act that registers key {key}"),
            Self::Suspension(act) => write!(f, "suspension {act}"),
        }
    }
}

impl From<MissingAct> for RegisterError {
    fn from(what: MissingAct) -> Self {
        Self::Missing { what }
    }
}
