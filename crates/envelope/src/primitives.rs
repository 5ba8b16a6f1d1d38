//! The primitives by themselves, for whoever measures what this machine can do (`guzar bench limits`).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::error::BadSignature;
use crate::hpke;
use crate::key::{KeyError, SealingKey, SealingPublicKey, SigningKey, VerifyingKey};
use crate::xwing::ENC_LEN;

/// Ed25519.
pub fn sign(key: &SigningKey, message: &[u8]) -> [u8; 64] {
    key.sign(message)
}

/// Ed25519, strict.
pub fn verify(
    key: &VerifyingKey,
    message: &[u8],
    signature: &[u8; 64],
) -> Result<(), BadSignature> {
    key.verify(message, signature)
}

/// HPKE with X-Wing: one recipient's wrap of a content key. Returns `enc` and ciphertext.
pub fn wrap(key: &SealingPublicKey, content_key: &[u8; 32]) -> Result<Vec<u8>, KeyError> {
    hpke::seal(
        |enc| key.parsed().encapsulate(enc),
        b"bench",
        b"",
        content_key,
    )
}

/// The way back.
pub fn unwrap(key: &SealingKey, wrapped: &[u8]) -> Result<[u8; 32], KeyError> {
    let (enc, sealed) = wrapped
        .split_first_chunk::<ENC_LEN>()
        .ok_or(KeyError::Length)?;
    let plain = hpke::open(key.expanded(), enc, b"bench", b"", sealed)?;
    plain.as_slice().try_into().map_err(|_| KeyError::Length)
}

/// AES-256-GCM over the whole, in place, with its tag appended. The nonce is fixed: for measuring only.
pub fn aead_seal(key: &[u8; 32], message: &mut Vec<u8>) -> Result<(), KeyError> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), message)?;
    Ok(())
}
