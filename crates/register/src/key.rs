//! A key of an office or a desk, and the epoch in which it is used.

use std::fmt;

use envelope::key::{SealingPublicKey, VerifyingKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use model::address::Address;
use model::ids::{ActId, KeyId};
use model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::history::check_period;
use crate::refusal::Invalid;
use crate::signature;

/// What a key is for. A signing key never encrypts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// Ed25519, 32 bytes: dispatches, and this office's new sealing keys.
    #[n(0)]
    Signing,
    /// X-Wing, 1,216 bytes: opens what is sealed for the office.
    #[n(1)]
    Sealing,
}

/// Signed by the office's state, or, for a sealing key, by a signing key of the same office. A later act for the same
/// key changes its epoch: to withdraw a key is to end it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Key {
    /// An office, or a desk.
    #[n(0)]
    pub holder: Address,
    #[n(1)]
    pub purpose: KeyPurpose,
    #[n(2)]
    pub public: ByteVec,
    #[n(3)]
    pub from: Timestamp,
    #[n(4)]
    pub until: Timestamp,
}

impl Key {
    pub fn id(&self) -> KeyId {
        signature::key_id(&self.public)
    }

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        match self.purpose {
            KeyPurpose::Signing => signature::check_public("public", &self.public)?,
            KeyPurpose::Sealing => {
                SealingPublicKey::from_bytes(&self.public)
                    .map_err(|_error| Invalid::new("public", "is not an X-Wing public key"))?;
            }
        }
        check_period(self.from, Some(self.until))
    }
}

/// A key as the register knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldKey {
    pub id: KeyId,
    pub purpose: KeyPurpose,
    pub public: Vec<u8>,
    pub from: Timestamp,
    pub until: Timestamp,
    /// The act that says so.
    pub act: ActId,
    /// The office's signing key that vouches for it; the state does if absent.
    pub voucher: Option<KeyId>,
    /// A signing key, ready to verify.
    pub(crate) verifying: Option<VerifyingKey>,
    /// A sealing key, ready to seal with.
    pub sealing: Option<SealingPublicKey>,
}

impl HeldKey {
    pub(crate) fn new(key: &Key, act: ActId, voucher: Option<KeyId>) -> Self {
        Self {
            id: key.id(),
            purpose: key.purpose,
            public: key.public.to_vec(),
            from: key.from,
            until: key.until,
            act,
            voucher,
            verifying: match key.purpose {
                KeyPurpose::Signing => signature::public(&key.public),
                KeyPurpose::Sealing => None,
            },
            sealing: match key.purpose {
                KeyPurpose::Signing => None,
                KeyPurpose::Sealing => SealingPublicKey::from_bytes(&key.public).ok(),
            },
        }
    }

    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

impl fmt::Display for KeyPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signing => "signing",
            Self::Sealing => "sealing",
        })
    }
}
