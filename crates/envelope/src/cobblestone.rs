//! C2SP chunked encryption, Cobblestone-256 (<https://c2sp.org/chunked-encryption>).
//!
//! `salt(24) || commitment(32) || chunks`: each chunk holds 16,384 bytes of plaintext and a tag of 16;
//! the last one is always shorter, possibly empty, which is how the end is known. The commitment makes
//! one ciphertext open under one key only: all recipients read the same.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hkdf::{HKDF_SHA512, KeyType, Prk};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::key::{KeyError, random};

/// Plain bytes of a full chunk.
pub const CHUNK: usize = 16_384;
/// Bytes of a chunk's tag.
pub const TAG_LEN: usize = 16;
/// Sealed bytes of a full chunk.
pub const SEALED_CHUNK: usize = CHUNK + TAG_LEN;
/// Bytes of the salt.
pub const SALT_LEN: usize = 24;
/// Bytes of salt and commitment, which come first.
pub const BINDING_LEN: usize = 56;

const INFO: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";

/// Why sealed bytes do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenChunksError {
    /// Another key, salt or context, or a changed commitment.
    #[error("the key is not the one that was committed to")]
    Commitment,
    /// A chunk was changed or moved, or its length cannot be.
    #[error("chunk {index} is not as it was sealed")]
    Chunk {
        /// Counted from 0.
        index: u64,
    },
    /// The end is missing.
    #[error("the sealed bytes are cut off")]
    Truncated,
}

/// Sealed bytes for so many plain bytes; saturates past any file.
pub const fn sealed_len(plain: u64) -> u64 {
    // 16,384 = 2^14: there is one chunk more than full ones.
    let chunks = (plain >> 14).saturating_add(1);
    plain
        .saturating_add(chunks.saturating_mul(16))
        .saturating_add(56)
}

/// What key, salt and context give: one AES-256-GCM key, a nonce to count from, and a commitment.
pub struct Chunks {
    key: LessSafeKey,
    nonce: [u8; 12],
    binding: [u8; BINDING_LEN],
}

impl Chunks {
    /// For sealing: with a fresh salt.
    pub fn fresh(key: &[u8; 32], context: &[u8]) -> Result<Self, KeyError> {
        Self::derive(key, &*random::<SALT_LEN>()?, context)
    }

    /// For opening: with the salt that was received. Fails where the commitment is another.
    pub fn of(
        key: &[u8; 32],
        binding: &[u8; BINDING_LEN],
        context: &[u8],
    ) -> Result<Self, OpenChunksError> {
        let salt = binding
            .first_chunk::<SALT_LEN>()
            .ok_or(OpenChunksError::Truncated)?;
        let chunks = Self::derive(key, salt, context).map_err(|_| OpenChunksError::Commitment)?;
        verify_slices_are_equal(&chunks.binding, binding)
            .map_err(|_| OpenChunksError::Commitment)?;
        Ok(chunks)
    }

    /// With a salt that is never used twice with this key.
    pub(crate) fn derive(
        key: &[u8; 32],
        salt: &[u8; SALT_LEN],
        context: &[u8],
    ) -> Result<Self, KeyError> {
        let mut out = Zeroizing::new([0; Derived::LEN]);
        Prk::new_less_safe(HKDF_SHA512, key)
            .expand(&[INFO, salt, context], Derived)?
            .fill(out.as_mut_slice())?;
        let (key, rest) = out.split_at(32);
        let (nonce, commitment) = rest.split_at(12);
        let mut binding = [0; BINDING_LEN];
        for (to, from) in binding.iter_mut().zip(salt.iter().chain(commitment)) {
            *to = *from;
        }
        Ok(Self {
            key: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?),
            nonce: nonce.try_into().map_err(|_| KeyError::Length)?,
            binding,
        })
    }

    /// Salt and commitment: the first bytes of what is sealed.
    pub fn binding(&self) -> &[u8; BINDING_LEN] {
        &self.binding
    }

    /// Appends one sealed chunk. All but the last are of `CHUNK` bytes; the last is shorter.
    pub fn seal_chunk(&self, index: u64, plain: &[u8], out: &mut Vec<u8>) -> Result<(), KeyError> {
        let start = out.len();
        out.resize(start.saturating_add(plain.len()).saturating_add(TAG_LEN), 0);
        let (_, sealed) = out.split_at_mut(start);
        let (sealed, tag) = sealed.split_at_mut(plain.len());
        self.key.seal_out_of_place_scatter(
            self.nonce(index),
            Aad::empty(),
            plain,
            sealed,
            &[],
            tag,
        )?;
        Ok(())
    }

    /// Appends one opened chunk; nothing where it is not as it was sealed.
    pub fn open_chunk(
        &self,
        index: u64,
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), OpenChunksError> {
        let (sealed, tag) = sealed
            .split_last_chunk::<TAG_LEN>()
            .ok_or(OpenChunksError::Truncated)?;
        let start = out.len();
        out.resize(start.saturating_add(sealed.len()), 0);
        let (_, plain) = out.split_at_mut(start);
        if self
            .key
            .open_separate_gather(self.nonce(index), Aad::empty(), sealed, tag, plain)
            .is_err()
        {
            out.truncate(start);
            return Err(OpenChunksError::Chunk { index });
        }
        Ok(())
    }

    /// The base nonce, its last eight bytes XOR the chunk's number, big-endian.
    fn nonce(&self, index: u64) -> Nonce {
        let mut nonce = self.nonce;
        for (byte, number) in nonce.iter_mut().skip(4).zip(index.to_be_bytes()) {
            *byte ^= number;
        }
        Nonce::assume_unique_for_key(nonce)
    }
}

impl std::fmt::Debug for Chunks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chunks(..)")
    }
}

/// Seals a whole.
pub fn seal(chunks: &Chunks, plain: &[u8]) -> Result<Vec<u8>, KeyError> {
    let len = sealed_len(crate::wire::count(plain.len()));
    let mut out = Vec::with_capacity(usize::try_from(len).unwrap_or(plain.len()));
    out.extend_from_slice(chunks.binding());
    let mut index = 0_u64;
    let mut rest = plain;
    while let Some((chunk, after)) = rest.split_at_checked(CHUNK) {
        chunks.seal_chunk(index, chunk, &mut out)?;
        index = index.saturating_add(1);
        rest = after;
    }
    chunks.seal_chunk(index, rest, &mut out)?;
    Ok(out)
}

/// Opens a whole; nothing is released before its last chunk verified.
pub fn open(key: &[u8; 32], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenChunksError> {
    let (binding, mut rest) = sealed
        .split_first_chunk::<BINDING_LEN>()
        .ok_or(OpenChunksError::Truncated)?;
    let chunks = Chunks::of(key, binding, context)?;
    let mut plain = Vec::with_capacity(rest.len());
    let mut index = 0_u64;
    while let Some((chunk, after)) = rest.split_at_checked(SEALED_CHUNK) {
        chunks.open_chunk(index, chunk, &mut plain)?;
        index = index.saturating_add(1);
        rest = after;
    }
    chunks.open_chunk(index, rest, &mut plain)?;
    Ok(plain)
}

#[derive(Clone, Copy)]
struct Derived;

impl Derived {
    /// Key, nonce, commitment.
    const LEN: usize = 32 + 12 + 32;
}

impl KeyType for Derived {
    fn len(&self) -> usize {
        Self::LEN
    }
}

#[cfg(test)]
mod tests;
