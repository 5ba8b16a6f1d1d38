//! X-Wing (draft-connolly-cfrg-xwing-kem): ML-KEM-768 and X25519, both must fall.
//!
//! Composed from aws-lc-rs parts with the keys kept expanded: a third of the time of the pure Rust crate.
//! Tests hold it against the draft's vectors and against that crate, both ways.

use std::fmt;

use aws_lc_rs::agreement::{
    EphemeralPrivateKey, PrivateKey, UnparsedPublicKey, X25519, agree, agree_ephemeral,
};
use aws_lc_rs::digest;
use aws_lc_rs::kem::{self, ML_KEM_768};
use aws_lc_rs::rand::SystemRandom;
#[expect(
    deprecated,
    reason = "aws-lc-rs loads the expanded form only; it comes from a seed and is not stored"
)]
use ml_kem::ExpandedKeyEncoding as _;
use ml_kem::KeyExport as _;
use shake::digest::{ExtendableOutput as _, Update as _, XofReader as _};
use zeroize::Zeroizing;

use crate::key::KeyError;

/// Bytes of a public key.
pub const PUBLIC_LEN: usize = 1216;
/// Bytes of a ciphertext.
pub const ENC_LEN: usize = 1120;

const ML_KEM_PUBLIC_LEN: usize = 1184;
const ML_KEM_CIPHERTEXT_LEN: usize = 1088;
/// The modulus of ML-KEM (FIPS 203, section 2.4).
const Q: u16 = 3329;
/// `\.//^\`
const LABEL: &[u8; 6] = b"\\.//^\\";

/// What both sides share after an encapsulation.
pub type Shared = Zeroizing<[u8; 32]>;

/// How the shared secret of a key is made: fresh, but for tests.
pub(crate) type Encapsulate<'a> =
    dyn Fn(&EncapsulationKey, &mut Vec<u8>) -> Result<Shared, KeyError> + 'a;

/// A public key, checked and kept parsed.
pub struct EncapsulationKey {
    ml_kem: kem::EncapsulationKey,
    x25519: [u8; 32],
}

impl EncapsulationKey {
    /// Refuses a key that is not reduced (FIPS 203, section 7.2) or whose X25519 half is of small order.
    pub fn from_bytes(bytes: &[u8; PUBLIC_LEN]) -> Result<Self, KeyError> {
        let (ml_kem, x25519) = bytes
            .split_first_chunk::<ML_KEM_PUBLIC_LEN>()
            .ok_or(KeyError::Length)?;
        let x25519: [u8; 32] = x25519.try_into().map_err(|_| KeyError::Length)?;
        if !is_reduced(ml_kem) {
            return Err(KeyError::NotCanonical);
        }
        // Any scalar shows a small order: the agreement fails on a secret of zeros.
        let probe = PrivateKey::from_private_key(&X25519, &[0x42; 32])?;
        agree(
            &probe,
            UnparsedPublicKey::new(&X25519, x25519),
            KeyError::SmallOrder,
            |_| Ok(()),
        )?;
        Ok(Self {
            ml_kem: kem::EncapsulationKey::new(&ML_KEM_768, ml_kem)?,
            x25519,
        })
    }

    /// Makes a fresh shared secret and writes what carries it to the key's holder.
    pub fn encapsulate(&self, enc: &mut Vec<u8>) -> Result<Shared, KeyError> {
        let (ciphertext, ml_kem_secret) = self.ml_kem.encapsulate()?;
        let ephemeral = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new())?;
        let public = ephemeral.compute_public_key()?;
        enc.extend_from_slice(ciphertext.as_ref());
        enc.extend_from_slice(public.as_ref());
        agree_ephemeral(
            ephemeral,
            UnparsedPublicKey::new(&X25519, self.x25519),
            KeyError::SmallOrder,
            |x25519_secret| {
                Ok(combine(
                    ml_kem_secret.as_ref(),
                    x25519_secret,
                    public.as_ref(),
                    &self.x25519,
                ))
            },
        )
    }
}

impl fmt::Debug for EncapsulationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncapsulationKey(..)")
    }
}

/// A private key, expanded once from its seed.
pub struct DecapsulationKey {
    ml_kem: kem::DecapsulationKey,
    x25519: PrivateKey,
    x25519_public: [u8; 32],
}

impl DecapsulationKey {
    /// Expands a seed; gives the public key too.
    pub fn from_seed(seed: &[u8; 32]) -> Result<(Self, [u8; PUBLIC_LEN]), KeyError> {
        let mut expanded = Zeroizing::new([0; 96]);
        let mut shake = shake::Shake256::default();
        shake.update(seed);
        shake.finalize_xof().read(expanded.as_mut_slice());
        let (ml_kem_seed, x25519_seed) = expanded.split_at(64);

        let ml_kem_seed = ml_kem::Seed::try_from(ml_kem_seed).map_err(|_| KeyError::Length)?;
        let ml_kem = ml_kem::ml_kem_768::DecapsulationKey::from_seed(ml_kem_seed);
        let ml_kem_public = ml_kem.encapsulation_key().to_bytes();
        #[expect(
            deprecated,
            reason = "aws-lc-rs loads the expanded form only; it comes from a seed and is not stored"
        )]
        let ml_kem_bytes = Zeroizing::new(ml_kem.to_expanded_bytes().0);

        let x25519 = PrivateKey::from_private_key(&X25519, x25519_seed)?;
        let x25519_public: [u8; 32] = x25519
            .compute_public_key()?
            .as_ref()
            .try_into()
            .map_err(|_| KeyError::Length)?;

        let mut public = [0; PUBLIC_LEN];
        for (to, from) in public
            .iter_mut()
            .zip(ml_kem_public.iter().chain(&x25519_public))
        {
            *to = *from;
        }
        Ok((
            Self {
                ml_kem: kem::DecapsulationKey::new(&ML_KEM_768, ml_kem_bytes.as_slice())?,
                x25519,
                x25519_public,
            },
            public,
        ))
    }

    /// The shared secret. For a wrong ciphertext it is another secret (implicit rejection), or an error
    /// where the X25519 half is of small order.
    pub fn decapsulate(&self, enc: &[u8; ENC_LEN]) -> Result<Shared, KeyError> {
        let (ciphertext, x25519_public) = enc
            .split_first_chunk::<ML_KEM_CIPHERTEXT_LEN>()
            .ok_or(KeyError::Length)?;
        let ml_kem_secret = self
            .ml_kem
            .decapsulate(kem::Ciphertext::from(ciphertext.as_slice()))?;
        agree(
            &self.x25519,
            UnparsedPublicKey::new(&X25519, x25519_public),
            KeyError::SmallOrder,
            |x25519_secret| {
                Ok(combine(
                    ml_kem_secret.as_ref(),
                    x25519_secret,
                    x25519_public,
                    &self.x25519_public,
                ))
            },
        )
    }
}

impl fmt::Debug for DecapsulationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecapsulationKey(..)")
    }
}

fn combine(ml_kem: &[u8], x25519: &[u8], ciphertext: &[u8], public: &[u8]) -> Shared {
    let mut context = digest::Context::new(&digest::SHA3_256);
    for part in [ml_kem, x25519, ciphertext, public, LABEL] {
        context.update(part);
    }
    Zeroizing::new(crate::hash::take(&context.finish()))
}

/// All coefficients, 12 bits each, are below the modulus; the last 32 bytes are a seed.
fn is_reduced(ml_kem: &[u8; ML_KEM_PUBLIC_LEN]) -> bool {
    let (coefficients, _) = ml_kem.split_at(ML_KEM_PUBLIC_LEN.saturating_sub(32));
    coefficients.as_chunks::<3>().0.iter().all(|[a, b, c]| {
        let (a, b, c) = (u16::from(*a), u16::from(*b), u16::from(*c));
        (a | ((b & 0x0f) << 8)) < Q && ((b >> 4) | (c << 4)) < Q
    })
}

#[cfg(test)]
pub(crate) mod tests;
