//! Attachments: sealed beside the dispatch, announced in it, verified chunk by chunk.
//!
//! The sealed bytes are named by their SHA-256, so a relay can verify what it carries. Who has the
//! manifest verifies them as they come, from any border of a chunk, and gets plain bytes only from
//! chunks that verified; a file is whole when `Opener::finish` says so, not before.

use std::io::{self, Read, Write};

use aws_lc_rs::digest;
use minicbor::bytes::ByteArray;
use model::dispatch::Manifest;
use model::ids::AttachmentId;
use thiserror::Error;

use crate::cobblestone::{BINDING_LEN, CHUNK, Chunks, OpenChunksError, SEALED_CHUNK, sealed_len};
use crate::hash::{lp, take};
use crate::key::ContentKey;
use crate::labels;
use crate::wire::count;

/// The largest file: 2 GiB of plain bytes.
pub const SIZE_MAX: u64 = 2 << 30;

/// Seals a file in bounded memory. The name must be one that a person gave, without folders.
pub fn seal_file(
    from: impl Read,
    to: &mut impl Write,
    name: &str,
    media_type: &str,
) -> io::Result<Manifest> {
    let key = ContentKey::generate().map_err(io::Error::other)?;
    let chunks = Chunks::fresh(key.as_bytes(), &context()).map_err(io::Error::other)?;
    seal_with(from, to, (name, media_type), (&key, &chunks))
}

fn seal_with(
    mut from: impl Read,
    to: &mut impl Write,
    (name, media_type): (&str, &str),
    (key, chunks): (&ContentKey, &Chunks),
) -> io::Result<Manifest> {
    let mut sealed_hash = SealedHash::new();
    let mut plain_hash = digest::Context::new(&digest::SHA256);
    let (mut size, mut index) = (0_u64, 0_u64);
    let mut plain = Vec::with_capacity(CHUNK);
    let mut sealed = chunks.binding().to_vec();
    loop {
        plain.clear();
        from.by_ref().take(count(CHUNK)).read_to_end(&mut plain)?;
        size = size.saturating_add(count(plain.len()));
        if size > SIZE_MAX {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "the file grew past 2 GiB",
            ));
        }
        plain_hash.update(&plain);
        chunks
            .seal_chunk(index, &plain, &mut sealed)
            .map_err(io::Error::other)?;
        sealed_hash.update(&sealed);
        to.write_all(&sealed)?;
        sealed.clear();
        index = index.saturating_add(1);
        if plain.len() < CHUNK {
            break;
        }
    }
    to.flush()?;
    Ok(Manifest {
        id: sealed_hash.finish(),
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        size,
        sealed_size: sealed_len(size),
        digest: ByteArray::from(take(&plain_hash.finish())),
        key: ByteArray::from(*key.as_bytes()),
        binding: ByteArray::from(*chunks.binding()),
    })
}

/// The name of sealed bytes, as they arrive.
#[derive(Clone)]
pub struct SealedHash(digest::Context);

impl SealedHash {
    /// Of no bytes yet.
    pub fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    /// Takes the next bytes.
    pub fn update(&mut self, sealed: &[u8]) {
        self.0.update(sealed);
    }

    /// The name.
    pub fn finish(self) -> AttachmentId {
        AttachmentId::new(take(&self.0.finish()))
    }
}

impl Default for SealedHash {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for SealedHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedHash(..)")
    }
}

/// Why an attachment does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AttachmentError {
    /// A chunk is not as it was sealed, or the key is not the manifest's.
    #[error("the sealed bytes are not those of the manifest")]
    Chunks(#[from] OpenChunksError),
    /// All chunks verified, but the whole is not what was announced.
    #[error("the plain bytes do not have the announced digest")]
    Digest,
    /// More or fewer bytes than announced.
    #[error("{found} sealed bytes came; {announced} were announced")]
    Size {
        /// Bytes that came.
        found: u64,
        /// Bytes in the manifest.
        announced: u64,
    },
    /// A manifest whose sizes contradict each other or go past 2 GiB.
    #[error("the manifest cannot be")]
    Manifest,
}

/// Verifies sealed bytes as they arrive, from the start or from a border of chunks.
#[derive(Debug)]
struct Stream {
    chunks: Option<Chunks>,
    key: ContentKey,
    binding: [u8; BINDING_LEN],
    announced: u64,
    /// Sealed bytes before `pending`.
    done: u64,
    index: u64,
    pending: Vec<u8>,
}

impl Stream {
    fn new(manifest: &Manifest) -> Self {
        Self {
            chunks: None,
            key: ContentKey::new(*manifest.key),
            binding: *manifest.binding,
            announced: manifest.sealed_size,
            done: 0,
            index: 0,
            pending: Vec::new(),
        }
    }

    fn check(manifest: &Manifest) -> Result<(), AttachmentError> {
        if manifest.size > SIZE_MAX || sealed_len(manifest.size) != manifest.sealed_size {
            return Err(AttachmentError::Manifest);
        }
        Ok(())
    }

    fn push(&mut self, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), AttachmentError> {
        let total = self
            .done
            .saturating_add(count(self.pending.len()))
            .saturating_add(count(sealed.len()));
        if total > self.announced {
            return Err(self.size(total));
        }
        self.pending.extend_from_slice(sealed);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        if self.done == 0 {
            let Some((binding, after)) = rest.split_first_chunk::<BINDING_LEN>() else {
                self.pending = pending;
                return Ok(());
            };
            if *binding != self.binding {
                return Err(OpenChunksError::Commitment.into());
            }
            self.done = count(BINDING_LEN);
            rest = after;
        }
        let chunks = if let Some(chunks) = &self.chunks {
            chunks
        } else {
            let chunks = Chunks::of(self.key.as_bytes(), &self.binding, &context())?;
            self.chunks.insert(chunks)
        };
        while let Some((chunk, after)) = rest.split_at_checked(SEALED_CHUNK) {
            chunks.open_chunk(self.index, chunk, plain)?;
            self.index = self.index.saturating_add(1);
            self.done = self.done.saturating_add(count(SEALED_CHUNK));
            rest = after;
        }
        self.pending = rest.to_vec();
        Ok(())
    }

    /// The last chunk, which is always a short one.
    fn finish(&self, plain: &mut Vec<u8>) -> Result<(), AttachmentError> {
        let total = self.done.saturating_add(count(self.pending.len()));
        if total != self.announced {
            return Err(self.size(total));
        }
        let chunks = self.chunks.as_ref().ok_or(OpenChunksError::Truncated)?;
        chunks.open_chunk(self.index, &self.pending, plain)?;
        Ok(())
    }

    const fn size(&self, found: u64) -> AttachmentError {
        AttachmentError::Size {
            found,
            announced: self.announced,
        }
    }
}

/// Opens a whole attachment. What `push` returns is verified, but the file is whole only after `finish`.
#[derive(Debug)]
pub struct Opener {
    stream: Stream,
    digest: PlainHash,
    sane: Result<(), AttachmentError>,
}

impl Opener {
    /// Opens what that manifest announces.
    pub fn new(manifest: &Manifest) -> Self {
        Self {
            stream: Stream::new(manifest),
            digest: PlainHash {
                hash: digest::Context::new(&digest::SHA256),
                announced: *manifest.digest,
            },
            sane: Stream::check(manifest),
        }
    }

    /// Takes the next sealed bytes, any number; returns the plain bytes of the chunks that they complete.
    pub fn push(&mut self, sealed: &[u8]) -> Result<Vec<u8>, AttachmentError> {
        self.sane?;
        let mut plain = Vec::with_capacity(sealed.len());
        let pushed = self.stream.push(sealed, &mut plain);
        // Fails for ever after the first failure.
        self.sane = pushed;
        pushed?;
        self.digest.hash.update(&plain);
        Ok(plain)
    }

    /// The rest, once all sealed bytes were pushed and the digest is the announced one.
    pub fn finish(mut self) -> Result<Vec<u8>, AttachmentError> {
        self.sane?;
        let mut plain = Vec::new();
        self.stream.finish(&mut plain)?;
        self.digest.hash.update(&plain);
        if take(&self.digest.hash.finish()) != self.digest.announced {
            return Err(AttachmentError::Digest);
        }
        Ok(plain)
    }
}

/// Verifies a range of sealed bytes that begins at a chunk, and releases nothing of it.
#[derive(Debug)]
pub struct RangeCheck {
    stream: Stream,
    scratch: Vec<u8>,
}

impl RangeCheck {
    /// From the border before chunk `index`; 0 is the very start.
    pub fn new(manifest: &Manifest, index: u64) -> Result<Self, AttachmentError> {
        Stream::check(manifest)?;
        let mut stream = Stream::new(manifest);
        if index > 0 {
            stream.index = index;
            stream.done = chunk_offset(index);
        }
        Ok(Self {
            stream,
            scratch: Vec::new(),
        })
    }

    /// Takes the next sealed bytes; returns how many, from the file's start, are verified.
    pub fn push(&mut self, sealed: &[u8]) -> Result<u64, AttachmentError> {
        self.scratch.clear();
        self.stream.push(sealed, &mut self.scratch)?;
        let total = self
            .stream
            .done
            .saturating_add(count(self.stream.pending.len()));
        if total == self.stream.announced {
            self.stream.finish(&mut self.scratch)?;
            return Ok(total);
        }
        Ok(self.stream.done)
    }
}

/// Where chunk `index` begins in the sealed bytes.
pub fn chunk_offset(index: u64) -> u64 {
    match index {
        0 => 0,
        _ => index
            .saturating_mul(count(SEALED_CHUNK))
            .saturating_add(count(BINDING_LEN)),
    }
}

struct PlainHash {
    hash: digest::Context,
    announced: [u8; 32],
}

impl std::fmt::Debug for PlainHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PlainHash(..)")
    }
}

fn context() -> Vec<u8> {
    lp(&[labels::ATTACHMENT])
}

#[cfg(test)]
mod tests;
