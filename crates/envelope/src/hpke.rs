//! HPKE (RFC 9180), base mode, one message per key: KEM 0x647A (X-Wing), HKDF-SHA256, ChaCha20-Poly1305.

use std::sync::LazyLock;

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use zeroize::Zeroizing;

use crate::key::KeyError;
use crate::xwing::{DecapsulationKey, ENC_LEN, Shared};

/// Bytes that the AEAD adds.
pub const TAG_LEN: usize = 16;

/// `HPKE`, KEM, KDF, AEAD.
const SUITE: &[u8; 10] = b"HPKE\x64\x7a\x00\x01\x00\x03";
const VERSION: &[u8; 7] = b"HPKE-v1";

/// Seals for the holder of the key that `encapsulate` uses. Returns `enc` and then the ciphertext, in one piece.
pub fn seal(
    encapsulate: impl FnOnce(&mut Vec<u8>) -> Result<Shared, KeyError>,
    info: &[u8],
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let len = ENC_LEN.saturating_add(plain.len()).saturating_add(TAG_LEN);
    let mut out = Vec::with_capacity(len);
    let shared = encapsulate(&mut out)?;
    let (key, nonce) = schedule(&*shared, info)?;
    let mut sealed = plain.to_vec();
    key.seal_in_place_append_tag(nonce, Aad::from(aad), &mut sealed)?;
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// Opens what was sealed for this key with the same info and associated data.
pub fn open(
    key: &DecapsulationKey,
    enc: &[u8; ENC_LEN],
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let shared = key.decapsulate(enc)?;
    let (key, nonce) = schedule(&*shared, info)?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    let len = key
        .open_in_place(nonce, Aad::from(aad), plain.as_mut_slice())?
        .len();
    plain.truncate(len);
    Ok(plain)
}

/// RFC 9180, section 5.1, with mode 0 and no pre-shared key.
fn schedule(shared: &[u8], info: &[u8]) -> Result<(LessSafeKey, Nonce), KeyError> {
    static NO_PSK_ID: LazyLock<[u8; 32]> = LazyLock::new(|| extract(&[], b"psk_id_hash", &[]));

    let info_hash = extract(&[], b"info_hash", info);
    let secret = Zeroizing::new(extract(shared, b"secret", &[]));
    let secret = hmac::Key::new(HMAC_SHA256, secret.as_slice());
    let key = Zeroizing::new(expand(&secret, b"key", &NO_PSK_ID, &info_hash, 32));
    let nonce = expand(&secret, b"base_nonce", &NO_PSK_ID, &info_hash, 12);

    let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_slice())?;
    let nonce = nonce.first_chunk::<12>().ok_or(KeyError::Length)?;
    Ok((LessSafeKey::new(key), Nonce::assume_unique_for_key(*nonce)))
}

/// `LabeledExtract`: HKDF-Extract is one HMAC under the salt.
fn extract(salt: &[u8], label: &[u8], ikm: &[u8]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, salt));
    for part in [VERSION.as_slice(), SUITE, label, ikm] {
        context.update(part);
    }
    tag(&context.sign())
}

/// `LabeledExpand` of at most 32 bytes: the first and only block of HKDF-Expand. The length is part of
/// what is hashed; the caller takes so many bytes from the front.
fn expand(
    secret: &hmac::Key,
    label: &[u8],
    psk_id_hash: &[u8; 32],
    info_hash: &[u8; 32],
    len: u8,
) -> [u8; 32] {
    const MODE_BASE: u8 = 0;

    let mut context = hmac::Context::with_key(secret);
    for part in [
        [0, len].as_slice(),
        VERSION,
        SUITE,
        label,
        &[MODE_BASE],
        psk_id_hash,
        info_hash,
        &[1],
    ] {
        context.update(part);
    }
    tag(&context.sign())
}

fn tag(tag: &hmac::Tag) -> [u8; 32] {
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests;
