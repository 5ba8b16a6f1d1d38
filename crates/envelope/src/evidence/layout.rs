//! The file's two halves, and what a seal says.

use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use crate::hash::sha256;
use crate::key::{SigningKey, VerifyingKey};
use crate::wire::{self, count};
use crate::{cose, labels};

pub(super) const MAGIC: &[u8; 8] = b"GUZAREVD";
pub(super) const VERSION: u8 = 1;
/// Magic, version, two lengths.
pub(super) const HEAD: usize = 25;
/// Content bytes under one digest: an eighth of the content is digests.
pub(super) const BLOCK: usize = 256;

const DIGEST: usize = 32;

/// What is signed.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Payload {
    #[n(0)]
    key: ByteArray<32>,
    #[n(1)]
    length: u64,
    #[n(2)]
    digests: ByteVec,
}

/// A seal that verified under the key inside it.
pub(super) struct Seal {
    /// As signed.
    pub(super) bytes: Vec<u8>,
    pub(super) key: VerifyingKey,
    pub(super) length: usize,
    digests: Vec<[u8; DIGEST]>,
}

impl Seal {
    /// Reads the seal at the front of a half. `None`: it was touched, or is none.
    pub(super) fn of(half: &[u8]) -> Option<Self> {
        let head = Head::of(half)?;
        let bytes = half.get(HEAD..HEAD.checked_add(head.seal)?)?;
        let signed = cose::Sign1::parse(bytes).ok()?;
        let payload: Payload = wire::decode(signed.payload, "evidence seal").ok()?;
        let key = VerifyingKey::from_bytes(payload.key.as_slice()).ok()?;
        signed.verify(labels::EVIDENCE, &key).ok()?;
        let length = usize::try_from(payload.length).ok()?;
        let (digests, rest) = payload.digests.as_chunks::<DIGEST>();
        let sound = head.version == VERSION
            && head.content == length
            && rest.is_empty()
            && digests.len() == length.div_ceil(BLOCK);
        sound.then(|| Self {
            bytes: bytes.to_vec(),
            key,
            length,
            digests: digests.to_vec(),
        })
    }

    /// Says whether these were the bytes of that block.
    pub(super) fn is_block(&self, index: usize, bytes: &[u8]) -> bool {
        self.digests
            .get(index)
            .is_some_and(|digest| *digest == sha256(bytes))
    }

    /// Where the content begins in a half.
    pub(super) fn content_at(&self) -> usize {
        HEAD.saturating_add(self.bytes.len())
    }
}

/// The front of a half. Its lengths are believed only with a seal that verifies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) version: u8,
    pub(super) seal: usize,
    pub(super) content: usize,
}

impl Head {
    pub(super) fn of(half: &[u8]) -> Option<Self> {
        let rest = half.strip_prefix(MAGIC)?;
        let (version, rest) = rest.split_first()?;
        let (seal, rest) = rest.split_first_chunk()?;
        let (content, _) = rest.split_first_chunk()?;
        Some(Self {
            version: *version,
            seal: usize::try_from(u64::from_be_bytes(*seal)).ok()?,
            content: usize::try_from(u64::from_be_bytes(*content)).ok()?,
        })
    }

    /// Bytes of the whole file; saturates.
    pub(super) fn file_len(self) -> usize {
        HEAD.saturating_add(self.seal)
            .saturating_add(self.content)
            .saturating_mul(2)
    }
}

/// Signs the content block by block.
pub(super) fn seal(content: &[u8], key: &SigningKey) -> Vec<u8> {
    let digests: Vec<u8> = content.chunks(BLOCK).flat_map(sha256).collect();
    let payload = Payload {
        key: ByteArray::from(*key.public().as_bytes()),
        length: count(content.len()),
        digests: ByteVec::from(digests),
    };
    cose::sign1(labels::EVIDENCE, &wire::encode(&payload), key)
}

/// Head, seal, and so much of the content as is known.
pub(super) fn half(seal: &[u8], length: usize, content: &[u8]) -> Vec<u8> {
    let len = HEAD
        .saturating_add(seal.len())
        .saturating_add(content.len());
    let mut half = Vec::with_capacity(len.saturating_mul(2));
    half.extend_from_slice(MAGIC);
    half.push(VERSION);
    half.extend_from_slice(&count(seal.len()).to_be_bytes());
    half.extend_from_slice(&count(length).to_be_bytes());
    half.extend_from_slice(seal);
    half.extend_from_slice(content);
    half
}

/// The whole file that begins with that half.
pub(super) fn doubled(mut half: Vec<u8>) -> Vec<u8> {
    let back = mirror(&half);
    half.extend_from_slice(&back);
    half
}

/// Backwards, every bit inverted: a search-and-replace over the file meets a text in one half only.
pub(super) fn mirror(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().map(|byte| !byte).collect()
}
