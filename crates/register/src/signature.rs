//! Signatures over acts: one message for all signers, so that they can sign one after the other.

use envelope::hash;
use envelope::key::{SigningKey, VerifyingKey};
use envelope::labels;
use model::ids::{KeyId, NetworkId};

use crate::refusal::Invalid;

/// Ed25519.
pub(crate) type Signature = [u8; 64];

/// What is signed: LP(label) LP(network) LP(payload). An act of one network is none in another.
fn message(network: &NetworkId, payload: &[u8]) -> Vec<u8> {
    hash::lp(&[labels::ACT, network.as_bytes(), payload])
}

pub(crate) fn sign(key: &SigningKey, network: &NetworkId, payload: &[u8]) -> Signature {
    key.sign(&message(network, payload))
}

pub(crate) fn is_good(
    key: &VerifyingKey,
    network: &NetworkId,
    payload: &[u8],
    signature: &Signature,
) -> bool {
    key.verify(&message(network, payload), signature).is_ok()
}

/// The key that these bytes are; `None` if they are no key that we take.
pub(crate) fn public(bytes: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(bytes).ok()
}

pub(crate) fn check_public(field: &'static str, bytes: &[u8]) -> Result<(), Invalid> {
    public(bytes).map_or_else(
        || Err(Invalid::new(field, "is not an Ed25519 public key")),
        |_| Ok(()),
    )
}

/// The first half of a public key's SHA-256.
pub(crate) fn key_id(public: &[u8]) -> KeyId {
    let digest = hash::sha256(public);
    let mut id = [0; KeyId::LEN];
    for (to, from) in id.iter_mut().zip(digest) {
        *to = from;
    }
    KeyId::new(id)
}
