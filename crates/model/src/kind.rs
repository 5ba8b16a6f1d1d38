//! What a dispatch is about: the kinds, as numbered on the wire.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// The kind of a dispatch. Numbers are for ever: one that is retired is never given again.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum DispatchKind {
    #[n(1)]
    Alert,
    #[n(2)]
    CheckRequest,
    #[n(3)]
    Reply,
    #[n(4)]
    Action,
    #[n(5)]
    Outcome,
    #[n(6)]
    Seizure,
    #[n(7)]
    Note,
    #[n(8)]
    Correction,
    #[n(9)]
    Recall,
    #[n(10)]
    Step,
    #[n(11)]
    PresenceChange,
    #[n(12)]
    RegisterActs,
}
