//! Keys. Secrets are wiped when dropped and never printed.

use std::fmt;

use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use model::ids::KeyId;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::error::BadSignature;
use crate::hash::sha256;
use crate::xwing::{self, DecapsulationKey, EncapsulationKey};

/// Why a key was not made or not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The library could not do it: no randomness, or a ciphertext that does not open.
    #[error("the operation failed")]
    Failed,
    /// Not as many bytes as such a key has.
    #[error("the key has a wrong length")]
    Length,
    /// The same key could be written in another way: refused, so that a key has one name.
    #[error("the key is not in its one encoding")]
    NotCanonical,
    /// A key that many signatures or agreements fit.
    #[error("the key is of small order")]
    SmallOrder,
}

impl From<Unspecified> for KeyError {
    fn from(_: Unspecified) -> Self {
        Self::Failed
    }
}

impl From<KeyRejected> for KeyError {
    fn from(_: KeyRejected) -> Self {
        Self::Failed
    }
}

/// Signs for an office or a node. Never encrypts.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    seed: Zeroizing<[u8; 32]>,
    public: VerifyingKey,
}

impl SigningKey {
    /// A fresh key.
    pub fn generate() -> Result<Self, KeyError> {
        Self::from_seed(&*random::<32>()?)
    }

    /// The key of that seed (RFC 8032, section 5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed)?;
        let public = VerifyingKey::from_bytes(pair.public_key().as_ref())?;
        Ok(Self {
            pair,
            seed: Zeroizing::new(*seed),
            public,
        })
    }

    /// What the key can be made from again.
    pub fn seed(&self) -> &Zeroizing<[u8; 32]> {
        &self.seed
    }

    /// The key that others verify with.
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// Name of the public key.
    pub fn key_id(&self) -> KeyId {
        self.public.key_id()
    }

    /// Signs bytes as they are. They must begin with a label of `labels`, or hold one.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        for (to, from) in signature.iter_mut().zip(self.pair.sign(message).as_ref()) {
            *to = *from;
        }
        signature
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.key_id())
    }
}

/// Verifies what an office or a node signed.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Refuses keys of small order and keys in a second encoding: two programs would disagree on them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyError::Length)?;
        let key =
            ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotCanonical)?;
        if key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyError::NotCanonical);
        }
        if key.is_weak() {
            return Err(KeyError::SmallOrder);
        }
        Ok(Self(key))
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// First half of the key's SHA-256.
    pub fn key_id(&self) -> KeyId {
        key_id(self.as_bytes())
    }

    /// Strict verification: every program of the network accepts exactly the same signatures.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), BadSignature> {
        self.0
            .verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature))
            .map_err(|_| BadSignature)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.key_id())
    }
}

/// Opens what is sealed for an office or desk, for one epoch. Kept expanded.
pub struct SealingKey {
    seed: Zeroizing<[u8; 32]>,
    expanded: DecapsulationKey,
    public: SealingPublicKey,
}

impl SealingKey {
    /// A fresh key.
    pub fn generate() -> Result<Self, KeyError> {
        Self::from_seed(&*random::<32>()?)
    }

    /// The key of that seed. Expanding takes some 0.1 ms: keep the key.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        let (expanded, public) = DecapsulationKey::from_seed(seed)?;
        Ok(Self {
            seed: Zeroizing::new(*seed),
            expanded,
            public: SealingPublicKey::from_bytes(&public)?,
        })
    }

    /// What the key can be made from again. Destroyed at the end of the epoch's grace.
    pub fn seed(&self) -> &Zeroizing<[u8; 32]> {
        &self.seed
    }

    /// The key that others seal for.
    pub fn public(&self) -> &SealingPublicKey {
        &self.public
    }

    /// Name of the public key.
    pub fn key_id(&self) -> KeyId {
        self.public.key_id()
    }

    pub(crate) fn expanded(&self) -> &DecapsulationKey {
        &self.expanded
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.key_id())
    }
}

/// Seals for an office or desk. Checked once and kept parsed; a copy costs nothing.
#[derive(Clone)]
pub struct SealingPublicKey(std::sync::Arc<Public>);

struct Public {
    bytes: [u8; xwing::PUBLIC_LEN],
    id: KeyId,
    parsed: EncapsulationKey,
}

impl SealingPublicKey {
    /// Refuses keys in a second encoding and keys that no secret hides behind.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: [u8; xwing::PUBLIC_LEN] = bytes.try_into().map_err(|_| KeyError::Length)?;
        Ok(Self(std::sync::Arc::new(Public {
            id: key_id(&bytes),
            parsed: EncapsulationKey::from_bytes(&bytes)?,
            bytes,
        })))
    }

    /// The 1216 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; xwing::PUBLIC_LEN] {
        &self.0.bytes
    }

    /// First half of the key's SHA-256.
    pub fn key_id(&self) -> KeyId {
        self.0.id
    }

    pub(crate) fn parsed(&self) -> &EncapsulationKey {
        &self.0.parsed
    }
}

impl PartialEq for SealingPublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes == other.0.bytes
    }
}

impl Eq for SealingPublicKey {}

impl fmt::Debug for SealingPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingPublicKey({})", self.key_id())
    }
}

/// Opens one body. Fresh for each dispatch and each attachment.
#[derive(Clone)]
pub struct ContentKey(Zeroizing<[u8; 32]>);

impl ContentKey {
    /// A fresh key.
    pub fn generate() -> Result<Self, KeyError> {
        random().map(Self)
    }

    /// A key that was kept.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, to be kept under a storage key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey(..)")
    }
}

/// Fresh random bytes. Fails where the system has none: then nothing is sealed.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, KeyError> {
    let mut bytes = Zeroizing::new([0; N]);
    aws_lc_rs::rand::fill(bytes.as_mut_slice())?;
    Ok(bytes)
}

fn key_id(public: &[u8]) -> KeyId {
    let [half @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = sha256(public);
    KeyId::new(half)
}
