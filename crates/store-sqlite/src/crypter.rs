//! Encryption of single cells under the root key.
//!
//! AES-256-GCM with random nonces, under a key derived from the root key for this purpose alone. The table,
//! the column and the row's own key are bound in: a ciphertext moved to another cell does not open.
//! Random nonces allow 2^32 cells under one root key, eleven years at a million a day.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use store::StoreError;
use zeroize::Zeroizing;

use crate::root_key::RootKey;
use crate::row::Cell;

/// A cell of one row: table, column, and what names the row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellOf<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a [u8],
}

pub(crate) struct Crypter {
    key: RandomizedNonceKey,
}

impl Crypter {
    pub(crate) fn new(root: &RootKey) -> Result<Self, StoreError> {
        let key = derive(root.bytes(), &[], b"guzar/v1/store/cells")?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, key.as_slice()).map_err(unavailable)?;
        Ok(Self { key })
    }

    /// Version, nonce, ciphertext, tag.
    pub(crate) fn encrypt(&self, cell: CellOf<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut text = Vec::with_capacity(plain.len().saturating_add(TAG_LEN));
        text.extend_from_slice(plain);
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(bound(cell)), &mut text)
            .map_err(unavailable)?;
        let mut sealed = Vec::with_capacity(text.len().saturating_add(NONCE_LEN + 1));
        sealed.push(VERSION);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    pub(crate) fn decrypt(
        &self,
        cell: CellOf<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let name = Cell::new(cell.table, cell.column);
        let Some((&VERSION, rest)) = sealed.split_first() else {
            return Err(name.corrupt("it is encrypted in a way that is not known here"));
        };
        let Some((nonce, text)) = rest.split_first_chunk::<NONCE_LEN>() else {
            return Err(name.corrupt("its ciphertext is cut off"));
        };
        let mut text = Zeroizing::new(text.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let len = self
            .key
            .open_in_place(nonce, Aad::from(bound(cell)), text.as_mut_slice())
            .map_err(|Unspecified| {
                name.corrupt("its ciphertext does not belong to this cell and key")
            })?
            .len();
        text.truncate(len);
        Ok(text)
    }
}

impl std::fmt::Debug for Crypter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Crypter")
    }
}

/// A 32-byte key for one purpose.
pub(crate) fn derive(
    key: &[u8],
    salt: &[u8],
    purpose: &[u8],
) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    struct Len32;

    impl KeyType for Len32 {
        fn len(&self) -> usize {
            32
        }
    }

    let mut derived = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, salt)
        .extract(key)
        .expand(&[purpose], Len32)
        .and_then(|okm| okm.fill(derived.as_mut_slice()))
        .map_err(unavailable)?;
    Ok(derived)
}

pub(crate) fn unavailable(_: Unspecified) -> StoreError {
    StoreError::Broken("the cryptographic library refused to work".to_owned())
}

fn bound(cell: CellOf<'_>) -> Vec<u8> {
    let mut bound = Vec::with_capacity(128);
    for part in [cell.table.as_bytes(), cell.column.as_bytes(), cell.row] {
        let len = u64::try_from(part.len()).unwrap_or(u64::MAX);
        bound.extend_from_slice(&len.to_be_bytes());
        bound.extend_from_slice(part);
    }
    bound
}

const VERSION: u8 = 1;
const TAG_LEN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: CellOf<'_> = CellOf {
        table: "secret",
        column: "value",
        row: b"node.signing",
    };

    fn crypter(byte: u8) -> Crypter {
        Crypter::new(&RootKey::from_bytes([byte; 32])).unwrap()
    }

    #[test]
    fn a_cell_opens_in_its_place_only() {
        let sealed = crypter(1).encrypt(CELL, b"seed").unwrap();

        assert_eq!(
            crypter(1).decrypt(CELL, &sealed).unwrap().as_slice(),
            b"seed"
        );
        for other in [
            CellOf {
                row: b"node.sealing",
                ..CELL
            },
            CellOf {
                column: "name",
                ..CELL
            },
            CellOf {
                table: "meta",
                ..CELL
            },
        ] {
            assert!(crypter(1).decrypt(other, &sealed).is_err());
        }
        assert!(crypter(2).decrypt(CELL, &sealed).is_err());
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let sealed = crypter(1).encrypt(CELL, b"seed").unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(crypter(1).decrypt(CELL, &changed).is_err());
            assert!(crypter(1).decrypt(CELL, &sealed[..place]).is_err());
        }
    }
}
