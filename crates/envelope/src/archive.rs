//! Content keys at rest, wrapped under a storage key of the node and bound to their dispatch.
//!
//! `nonce(12) || key(32) || tag(16)`, AES-256-GCM. Whoever swaps two rows gets neither.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use model::ids::DispatchId;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::hash::lp;
use crate::key::{ContentKey, KeyError, random};
use crate::labels;

/// Bytes of a wrapped content key.
pub const WRAPPED_LEN: usize = NONCE_LEN + 32 + 16;

/// A kept key that does not open: another storage key, another dispatch, or damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the kept content key does not open under this storage key, for this dispatch")]
pub struct UnwrapError;

/// Wraps content keys for the archive. Random nonces: good for 2^32 dispatches.
pub struct StorageKey(LessSafeKey);

impl StorageKey {
    /// The key of those bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Ok(Self(LessSafeKey::new(UnboundKey::new(
            &AES_256_GCM,
            bytes,
        )?)))
    }

    /// Wraps a content key for the row of that dispatch.
    pub fn wrap(
        &self,
        content_key: &ContentKey,
        id: DispatchId,
    ) -> Result<[u8; WRAPPED_LEN], KeyError> {
        let nonce = random::<NONCE_LEN>()?;
        let mut key = Zeroizing::new(*content_key.as_bytes());
        let tag = self.0.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(aad(id)),
            key.as_mut_slice(),
        )?;
        let mut wrapped = [0; WRAPPED_LEN];
        let parts = nonce.iter().chain(key.iter()).chain(tag.as_ref());
        for (to, from) in wrapped.iter_mut().zip(parts) {
            *to = *from;
        }
        Ok(wrapped)
    }

    /// The content key of that dispatch.
    pub fn unwrap(&self, wrapped: &[u8], id: DispatchId) -> Result<ContentKey, UnwrapError> {
        let (nonce, sealed) = wrapped.split_first_chunk().ok_or(UnwrapError)?;
        let mut plain = Zeroizing::new(sealed.to_vec());
        let key = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(aad(id)),
                plain.as_mut_slice(),
            )
            .map_err(|_| UnwrapError)?;
        let key: &[u8; 32] = (&*key).try_into().map_err(|_| UnwrapError)?;
        Ok(ContentKey::new(*key))
    }
}

impl fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorageKey(..)")
    }
}

fn aad(id: DispatchId) -> Vec<u8> {
    lp(&[labels::ARCHIVE, id.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_in_its_own_row_alone() {
        let storage = StorageKey::from_bytes(&[3; 32]).unwrap();
        let (id, other) = (DispatchId::new([1; 32]), DispatchId::new([2; 32]));
        let wrapped = storage.wrap(&ContentKey::new([9; 32]), id).unwrap();

        assert_eq!(storage.unwrap(&wrapped, id).unwrap().as_bytes(), &[9; 32]);
        assert!(storage.unwrap(&wrapped, other).is_err());
        assert!(storage.unwrap(&wrapped[1..], id).is_err());
        assert!(storage.unwrap(&[], id).is_err());
        let stranger = StorageKey::from_bytes(&[4; 32]).unwrap();
        assert!(stranger.unwrap(&wrapped, id).is_err());
    }
}
