//! The root key: 32 random bytes that open every secret in the store.
//!
//! Kept in a file that its owner alone may read (0600), or in one where it is wrapped under a passphrase:
//!
//! ```text
//! guzar-root-key/1 KEY                                     KEY: 64 hexadecimal digits
//! guzar-root-wrap/1 MEMORY_KIB PASSES LANES SALT WRAPPED   argon2id, then AES-256-GCM
//! ```
//!
//! A wrapped key is random too, so that the passphrase can change without touching the store, and a backup
//! can carry the key under a passphrase of its own. The tag of the wrap tells a wrong passphrase.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::kdf::{self, KdfCost, KdfError, SALT_LEN};

/// The key that all secrets in a store are encrypted under.
#[derive(Clone)]
pub struct RootKey(Zeroizing<[u8; 32]>);

/// Why there is no root key.
#[derive(Debug, Error)]
pub enum RootKeyError {
    #[error("failed to use key file {}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("key file {} may be read by others (mode {mode:o}): chmod 600 it, and think about who has read it", path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("{} is not a key file of guzar", path.display())]
    Format { path: PathBuf },
    #[error("key file {} is locked by a passphrase", path.display())]
    Locked { path: PathBuf },
    #[error("the passphrase does not open key file {}", path.display())]
    Passphrase { path: PathBuf },
    #[error(transparent)]
    Kdf(#[from] KdfError),
    #[error("this machine gives no randomness")]
    Random,
}

impl RootKey {
    /// A new random key.
    pub fn generate() -> Result<Self, RootKeyError> {
        let mut key = Zeroizing::new([0; 32]);
        rand::fill(key.as_mut_slice()).map_err(|Unspecified| RootKeyError::Random)?;
        Ok(Self(key))
    }

    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new random key in a new file.
    pub fn create_file(path: &Path) -> Result<Self, RootKeyError> {
        let key = Self::generate()?;
        key.save_file(path)?;
        Ok(key)
    }

    /// A new random key in a new file, wrapped under a passphrase.
    pub fn create_wrapped(
        path: &Path,
        passphrase: &str,
        cost: KdfCost,
    ) -> Result<Self, RootKeyError> {
        let key = Self::generate()?;
        key.save_wrapped(path, passphrase, cost)?;
        Ok(key)
    }

    /// The key in a file without a passphrase.
    pub fn open_file(path: &Path) -> Result<Self, RootKeyError> {
        let text = read(path)?;
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        match words.as_slice() {
            [PLAIN, key] => unhex(key).map(Self),
            [WRAPPED, ..] => {
                return Err(RootKeyError::Locked {
                    path: path.to_owned(),
                });
            }
            _ => None,
        }
        .ok_or_else(|| RootKeyError::Format {
            path: path.to_owned(),
        })
    }

    /// The key in a file that a passphrase locks. Takes about a second.
    pub fn open_wrapped(path: &Path, passphrase: &str) -> Result<Self, RootKeyError> {
        let text = read(path)?;
        let wrap = Wrap::parse(&text).ok_or_else(|| RootKeyError::Format {
            path: path.to_owned(),
        })?;
        let key = kdf::stretch(passphrase, wrap.salt, wrap.cost)?;
        wrap.open(&key)
            .map(Self)
            .ok_or_else(|| RootKeyError::Passphrase {
                path: path.to_owned(),
            })
    }

    /// Says whether the file is locked by a passphrase.
    pub fn is_wrapped(path: &Path) -> Result<bool, RootKeyError> {
        Ok(read(path)?.starts_with(WRAPPED))
    }

    /// Writes this key to a new file.
    pub fn save_file(&self, path: &Path) -> Result<(), RootKeyError> {
        save(path, &format!("{PLAIN} {}\n", &*hex(self.bytes())))
    }

    /// Writes this key to a new file, wrapped under a passphrase.
    pub fn save_wrapped(
        &self,
        path: &Path,
        passphrase: &str,
        cost: KdfCost,
    ) -> Result<(), RootKeyError> {
        let mut salt = [0; SALT_LEN];
        rand::fill(&mut salt).map_err(|Unspecified| RootKeyError::Random)?;
        let key = kdf::stretch(passphrase, salt, cost)?;
        let wrapped = wrap(&key, &self.0).ok_or(RootKeyError::Random)?;
        save(
            path,
            &format!(
                "{WRAPPED} {} {} {} {} {}\n",
                cost.memory_kib,
                cost.passes,
                cost.lanes,
                &*hex(&salt),
                &*hex(&wrapped)
            ),
        )
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for RootKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RootKey")
    }
}

struct Wrap {
    cost: KdfCost,
    salt: [u8; SALT_LEN],
    wrapped: [u8; 48],
}

impl Wrap {
    fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let [WRAPPED, memory_kib, passes, lanes, salt, wrapped] = words.as_slice() else {
            return None;
        };
        Some(Self {
            cost: KdfCost {
                memory_kib: memory_kib.parse().ok()?,
                passes: passes.parse().ok()?,
                lanes: lanes.parse().ok()?,
            },
            salt: *unhex(salt)?,
            wrapped: *unhex(wrapped)?,
        })
    }

    fn open(mut self, key: &[u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
        let plain = aead(key)?
            .open_in_place(nonce(), Aad::from(WRAPPED), &mut self.wrapped)
            .ok()?;
        let plain: &[u8] = plain;
        plain.try_into().ok().map(Zeroizing::new)
    }
}

fn wrap(key: &[u8; 32], plain: &[u8; 32]) -> Option<Vec<u8>> {
    let mut wrapped = plain.to_vec();
    aead(key)?
        .seal_in_place_append_tag(nonce(), Aad::from(WRAPPED), &mut wrapped)
        .ok()?;
    Some(wrapped)
}

fn aead(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key)
        .ok()
        .map(LessSafeKey::new)
}

/// The key is fresh for each wrap, since the salt is: one nonce is enough.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn read(path: &Path) -> Result<Zeroizing<String>, RootKeyError> {
    let failed = |source| RootKeyError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(RootKeyError::Open {
            path: path.to_owned(),
            mode,
        });
    }
    let mut text = Zeroizing::new(String::with_capacity(FILE_MAX));
    file.take(u64::try_from(FILE_MAX).unwrap_or(u64::MAX))
        .read_to_string(&mut text)
        .map_err(failed)?;
    Ok(text)
}

fn save(path: &Path, text: &str) -> Result<(), RootKeyError> {
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        // A mode is not cut by the umask upwards only.
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
    };
    write().map_err(|source| RootKeyError::Io {
        path: path.to_owned(),
        source,
    })
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).copied().unwrap_or('0');
    Zeroizing::new(
        bytes
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
            .collect(),
    )
}

fn unhex<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    if text.len() != N.checked_mul(2)? {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        let high = char::from(*high).to_digit(16)?;
        let low = char::from(*low).to_digit(16)?;
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    Some(bytes)
}

const PLAIN: &str = "guzar-root-key/1";
const WRAPPED: &str = "guzar-root-wrap/1";
/// The longest line is 190 bytes.
const FILE_MAX: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        let key = RootKey::create_file(&path).unwrap();

        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert_eq!(RootKey::open_file(&path).unwrap().bytes(), key.bytes());
        assert!(matches!(
            RootKey::create_file(&path),
            Err(RootKeyError::Io { .. })
        ));

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            RootKey::open_file(&path),
            Err(RootKeyError::Open { mode: 0o640, .. })
        ));
    }

    #[test]
    fn a_wrong_passphrase_is_told_from_a_broken_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        let key = RootKey::create_wrapped(&path, "ohne wrak", KdfCost::DANGEROUS_FAST).unwrap();

        assert!(RootKey::is_wrapped(&path).unwrap());
        let opened = RootKey::open_wrapped(&path, "ohne wrak").unwrap();
        assert_eq!(opened.bytes(), key.bytes());
        assert!(matches!(
            RootKey::open_wrapped(&path, "ohne wrack"),
            Err(RootKeyError::Passphrase { .. })
        ));
        assert!(matches!(
            RootKey::open_wrapped(&path, ""),
            Err(RootKeyError::Kdf(KdfError::Empty))
        ));
        assert!(matches!(
            RootKey::open_file(&path),
            Err(RootKeyError::Locked { .. })
        ));

        fs::write(&path, "guzar-root-wrap/1 64 1 1 00 00\n").unwrap();
        assert!(matches!(
            RootKey::open_wrapped(&path, "ohne wrak"),
            Err(RootKeyError::Format { .. })
        ));
    }

    #[test]
    fn a_file_cannot_ask_for_all_memory() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        save(
            &path,
            &format!(
                "{WRAPPED} 4000000000 1 1 {} {}\n",
                "00".repeat(16),
                "00".repeat(48)
            ),
        )
        .unwrap();
        assert!(matches!(
            RootKey::open_wrapped(&path, "x"),
            Err(RootKeyError::Kdf(KdfError::Cost(_)))
        ));
    }
}
