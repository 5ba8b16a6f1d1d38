//! A stream that is encrypted in chunks, each in its place and the last marked as the last: a chunk that is
//! changed, moved, doubled or missing is an error, and so is an end that comes too early.
//!
//! ```text
//! "guzar-backup/1\n"  memory_kib  passes  lanes  salt      cost of argon2id in 4 bytes each, salt in 16
//! chunk chunk ... chunk                                     64 KiB and a tag of 16 each, the last may be shorter
//! ```
//! The chunks' key is derived from argon2id's output with the whole head as salt, so that nothing in the
//! head can change either. A salt is never used twice, so the nonce can count: place (11 bytes), last (1 byte).

use std::io::{self, BufRead, Read, Write};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use store::StoreError;
use zeroize::Zeroizing;

use crate::crypter;
use crate::kdf::{self, KdfCost, KdfError, SALT_LEN};

/// Encrypts what is written to it.
pub(crate) struct Sealer<W> {
    to: W,
    key: LessSafeKey,
    place: u64,
    chunk: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub(crate) fn new(mut to: W, passphrase: &str, cost: KdfCost) -> io::Result<Self> {
        let mut salt = [0; SALT_LEN];
        rand::fill(&mut salt).map_err(|Unspecified| io::Error::other("no randomness"))?;
        let head = head(cost, salt);
        let key = key(passphrase, &head, cost, salt).map_err(io::Error::other)?;
        to.write_all(&head)?;
        Ok(Self {
            to,
            key,
            place: 0,
            chunk: Vec::with_capacity(CHUNK + TAG),
        })
    }

    /// Writes the last chunk. Without it the stream does not open.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        self.key
            .seal_in_place_append_tag(nonce(self.place, last), Aad::empty(), &mut self.chunk)
            .map_err(|Unspecified| io::Error::other("the cryptographic library refused to work"))?;
        self.to.write_all(&self.chunk)?;
        self.chunk.clear();
        self.place = self.place.saturating_add(1);
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The last chunk is never empty unless all is: a full one waits until more comes.
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.seal(false)?;
        }
        let room = CHUNK.saturating_sub(self.chunk.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.chunk.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Decrypts what is read from it. Every byte that it gives is verified; the end is, too.
pub(crate) struct Opener<R> {
    from: R,
    key: LessSafeKey,
    place: u64,
    chunk: Zeroizing<Vec<u8>>,
    given: usize,
    done: bool,
}

/// Why a stream does not open.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    #[error("it cannot be read")]
    Io(#[from] io::Error),
    #[error("it is not an encrypted backup of guzar")]
    Format,
    #[error(transparent)]
    Kdf(#[from] KdfError),
}

impl<R: BufRead> Opener<R> {
    pub(crate) fn new(mut from: R, passphrase: &str) -> Result<Self, HeadError> {
        let mut head = [0; HEAD_LEN];
        from.read_exact(&mut head)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => HeadError::Format,
                _ => HeadError::Io(error),
            })?;
        let (cost, salt) = parse(&head).ok_or(HeadError::Format)?;
        Ok(Self {
            key: key(passphrase, &head, cost, salt)?,
            from,
            place: 0,
            chunk: Zeroizing::new(Vec::with_capacity(CHUNK + TAG)),
            given: 0,
            done: false,
        })
    }

    /// Says whether the first chunk has opened: if not, the passphrase may be wrong.
    pub(crate) fn has_opened(&self) -> bool {
        self.place > 0
    }

    fn open(&mut self) -> io::Result<()> {
        let full = u64::try_from(CHUNK + TAG).unwrap_or(u64::MAX);
        self.chunk.clear();
        self.given = 0;
        Read::by_ref(&mut self.from)
            .take(full)
            .read_to_end(&mut self.chunk)?;
        let last = self.from.fill_buf()?.is_empty();
        let len = self
            .key
            .open_in_place(
                nonce(self.place, last),
                Aad::empty(),
                self.chunk.as_mut_slice(),
            )
            .map_err(|Unspecified| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("chunk {} is wrong, or the stream is cut off", self.place),
                )
            })?
            .len();
        self.chunk.truncate(len);
        self.place = self.place.saturating_add(1);
        self.done = last;
        Ok(())
    }
}

impl<R: BufRead> Read for Opener<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.chunk.len() {
            if self.done {
                return Ok(0);
            }
            self.open()?;
        }
        let mut ready = self.chunk.get(self.given..).unwrap_or_default();
        let count = ready.read(to)?;
        self.given = self.given.saturating_add(count);
        Ok(count)
    }
}

fn head(cost: KdfCost, salt: [u8; SALT_LEN]) -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        head.extend_from_slice(&number.to_be_bytes());
    }
    head.extend_from_slice(&salt);
    head
}

fn parse(head: &[u8]) -> Option<(KdfCost, [u8; SALT_LEN])> {
    let rest = head.strip_prefix(MAGIC)?;
    let (memory_kib, rest) = rest.split_first_chunk()?;
    let (passes, rest) = rest.split_first_chunk()?;
    let (lanes, salt) = rest.split_first_chunk()?;
    let cost = KdfCost {
        memory_kib: u32::from_be_bytes(*memory_kib),
        passes: u32::from_be_bytes(*passes),
        lanes: u32::from_be_bytes(*lanes),
    };
    Some((cost, salt.try_into().ok()?))
}

fn key(
    passphrase: &str,
    head: &[u8],
    cost: KdfCost,
    salt: [u8; SALT_LEN],
) -> Result<LessSafeKey, KdfError> {
    let broken = |error: StoreError| KdfError::Broken(error.to_string());
    let stretched = kdf::stretch(passphrase, salt, cost)?;
    let key = crypter::derive(stretched.as_slice(), head, b"guzar/v1/backup").map_err(broken)?;
    UnboundKey::new(&AES_256_GCM, key.as_slice())
        .map(LessSafeKey::new)
        .map_err(|error| broken(crypter::unavailable(error)))
}

fn nonce(place: u64, last: bool) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    for (to, from) in nonce.iter_mut().skip(3).zip(place.to_be_bytes()) {
        *to = from;
    }
    if let Some(flag) = nonce.last_mut() {
        *flag = u8::from(last);
    }
    Nonce::assume_unique_for_key(nonce)
}

const MAGIC: &[u8] = b"guzar-backup/1\n";
const HEAD_LEN: usize = MAGIC.len() + 12 + SALT_LEN;
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::new(Vec::new(), "parol", KdfCost::DANGEROUS_FAST).unwrap();
        sealer.write_all(plain).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(sealed: &[u8]) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        Opener::new(sealed, "parol")
            .map_err(io::Error::other)?
            .read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn what_was_sealed_opens_whatever_its_length() {
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7] {
            let plain: Vec<u8> = (0..len)
                .map(|place| u8::try_from(place % 251).unwrap())
                .collect();
            let sealed = sealed(&plain);
            assert_eq!(opened(&sealed).unwrap(), plain, "{len}");
            assert!(opened(&sealed[..sealed.len() - 1]).is_err(), "{len}");
        }
    }

    #[test]
    fn a_stream_cut_between_chunks_is_an_error() {
        let sealed = sealed(&vec![7; 3 * CHUNK]);
        for chunks in 0..3 {
            let end = HEAD_LEN + chunks * (CHUNK + TAG);
            assert!(opened(&sealed[..end]).is_err(), "{chunks}");
        }
    }

    #[test]
    fn a_changed_byte_anywhere_is_an_error() {
        let sealed = sealed(&vec![7; CHUNK + 100]);
        for place in (0..sealed.len()).step_by(97).chain(0..HEAD_LEN) {
            let mut changed = sealed.clone();
            changed[place] ^= 0x40;
            assert!(opened(&changed).is_err(), "{place}");
        }
    }

    #[test]
    fn chunks_cannot_change_places() {
        let sealed = sealed(
            &(0..2 * CHUNK)
                .map(|place| u8::try_from(place / CHUNK).unwrap())
                .collect::<Vec<u8>>(),
        );
        let (head, chunks) = sealed.split_at(HEAD_LEN);
        let (first, second) = chunks.split_at(CHUNK + TAG);
        assert!(opened(&[head, second, first].concat()).is_err());
        assert!(opened(&[head, first, first, second].concat()).is_err());
    }
}
