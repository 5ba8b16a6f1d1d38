//! From a passphrase to a key: argon2id with its cost written beside what it protects.

use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;
use zeroize::Zeroizing;

/// What one guess at a passphrase costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    pub lanes: u32,
}

impl KdfCost {
    /// 256 MiB, 3 passes, 4 lanes: about a second for who knows the passphrase, and for each guess.
    pub const STRONG: Self = Self {
        memory_kib: 256 * 1024,
        passes: 3,
        lanes: 4,
    };
    /// Next to nothing: for tests of what is around it.
    pub const DANGEROUS_FAST: Self = Self {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };
}

/// Why no key came out of a passphrase.
#[derive(Debug, Error)]
pub enum KdfError {
    #[error("the passphrase is empty")]
    Empty,
    #[error("argon2id of {} KiB, {} passes, {} lanes is out of bounds (at most 2 GiB, 64, 64)", .0.memory_kib, .0.passes, .0.lanes)]
    Cost(KdfCost),
    #[error("argon2id cannot work: {0}")]
    Broken(String),
}

pub(crate) const SALT_LEN: usize = 16;

/// Takes as much time and memory as the cost says: not on a thread that serves others.
pub(crate) fn stretch(
    passphrase: &str,
    salt: [u8; SALT_LEN],
    cost: KdfCost,
) -> Result<Zeroizing<[u8; 32]>, KdfError> {
    if passphrase.is_empty() {
        return Err(KdfError::Empty);
    }
    // A file from elsewhere must not be able to ask for all the memory of this machine.
    if cost.memory_kib > 2 * 1024 * 1024 || cost.passes > 64 || cost.lanes > 64 {
        return Err(KdfError::Cost(cost));
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
        .ok()
        .ok_or(KdfError::Cost(cost))?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut_slice())
        .map_err(|error| KdfError::Broken(error.to_string()))?;
    Ok(key)
}
