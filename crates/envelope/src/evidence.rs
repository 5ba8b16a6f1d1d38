//! Evidence: one file that proves a dispatch to somebody who has nothing of ours.
//!
//! It holds the sealed bytes, the key that opens them, what its author signed, the receipts, the
//! register's acts and the audit entries, and is signed by the node that wrote it. Whoever has the file
//! can read the dispatch: it is as confidential as the dispatch was.
//!
//! ```text
//! file    = half mirror
//! half    = magic(8) version(1) length(seal, 8) length(content, 8) seal content
//! mirror  = half, backwards, every bit inverted
//! magic   = "GUZAREVD"; version = 1; lengths are big-endian
//! seal    = COSE_Sign1, external data "guzar/v1/evidence", payload
//!           { 0: public key of the node(32), 1: length(content), 2: digests }
//! digests = SHA-256 of each 256 bytes of content, the last shorter, one after the other
//! content = { 0: made, 1: node, 2: sealed dispatch, 3: content key(32), 4: COSE_Sign1 of the statement,
//!             5: [receipt], 6: [act], 7: [audit entry] }
//! ```
//! Seal payload and content are deterministic CBOR. Everything follows from seal and content, so there is
//! one file for them, and a file is its own mirror.
//!
//! # The first byte that was touched
//!
//! A seal that verifies under the key inside it says what the content was, 256 bytes by 256 bytes. It is
//! looked for in both halves, then each block is: where either half still has the block, or a mixture of
//! both does, its digest proves it. What was written is put together again from what is proved, and the
//! first byte in which a copy differs from it is the first that was touched. So any change of one half
//! is found at its exact byte: changed, inserted, removed, cut off or added. Where the same block was
//! changed in both halves, the offset is proved to that block ([`Certainty::Block`]). Where no seal is left,
//! the first byte in which the halves disagree is all that can be said ([`Certainty::Halves`]).
//!
//! That the key inside the seal is the node's is one of the checks of [`Evidence::check`]: who forges the whole
//! file cannot pass it.

use minicbor::{Decode, Encode};
use model::ids::NodeId;
use model::time::Timestamp;
use thiserror::Error;

use crate::error::Malformed;
use crate::evidence::check::{Keys, Report};
use crate::key::{ContentKey, SigningKey, VerifyingKey};
use crate::wire;

pub mod check;
mod damage;
mod fields;
mod layout;

/// What an evidence file holds. Numbers are for ever.
#[derive(Debug, Clone, Encode, Decode)]
#[cbor(map)]
pub struct EvidenceContent {
    /// When it was written, by the node's clock.
    #[n(0)]
    pub made: Timestamp,
    /// The node that wrote it.
    #[n(1)]
    pub node: NodeId,
    /// The sealed dispatch, as it was sent.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub dispatch: Vec<u8>,
    /// Opens this dispatch and no other: it proves that the statement is what was sealed.
    #[n(3)]
    #[cbor(with = "fields::content_key")]
    pub content_key: ContentKey,
    /// What the author signed, readable with any COSE tool.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub cose: Vec<u8>,
    /// All receipts that the node has for it.
    #[n(5)]
    #[cbor(with = "fields::bytes_list")]
    pub receipts: Vec<Vec<u8>>,
    /// The register: the keys come from its acts, the founding act first.
    #[n(6)]
    #[cbor(with = "fields::bytes_list")]
    pub acts: Vec<Vec<u8>>,
    /// The node's audit entries on the dispatch, as text. Only the node vouches for them.
    #[n(7)]
    pub audit: Vec<String>,
}

/// A file that nobody touched since the holder of the key inside it signed it. Made by [`read`] alone.
#[derive(Debug, Clone)]
pub struct Evidence {
    content: EvidenceContent,
    key: VerifyingKey,
}

/// Why a file is no evidence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvidenceError {
    /// Signed by the holder of the key inside it, but not in the form that evidence has.
    #[error("the content is malformed")]
    Malformed(#[source] Malformed),
    /// Another kind of file.
    #[error("not an evidence file")]
    NotEvidence,
    /// It is in one piece, but nobody signed it.
    #[error("no key signed it")]
    Seal,
    /// Somebody or something changed it after it was written.
    #[error("altered: the first byte touched is {}", .0.at)]
    Touched(Damage),
    /// A version that this program does not speak.
    #[error("evidence version {0} is not known here")]
    Version(u8),
}

impl EvidenceError {
    /// Stable, for messages and test tables.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(malformed) => malformed.code(),
            Self::NotEvidence => "not_evidence",
            Self::Seal => "evidence_unsigned",
            Self::Touched(_) => "evidence_touched",
            Self::Version(_) => "evidence_version",
        }
    }
}

/// Where a file was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// Offset of the first byte touched, counted from 0. The file's length where its end is missing.
    pub at: u64,
    /// How sure that is.
    pub certainty: Certainty,
}

/// How sure an offset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// No seal is left that verifies: the two halves of the file disagree here first.
    Halves,
    /// Both halves lost this block of 256 bytes: all before it is proved, and in it they disagree here first.
    Block,
    /// The seal proves what stood here.
    Byte,
}

impl Certainty {
    /// Stable, for messages and test tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Halves => "halves",
            Self::Block => "block",
            Self::Byte => "byte",
        }
    }
}

/// The bytes of an evidence file, signed by the node that writes it.
pub fn write(content: &EvidenceContent, key: &SigningKey) -> Vec<u8> {
    let content = wire::encode(content);
    let seal = layout::seal(&content, key);
    layout::doubled(layout::half(&seal, content.len(), &content))
}

/// Reads a file that nobody touched, or says which byte was touched first.
pub fn read(bytes: &[u8]) -> Result<Evidence, EvidenceError> {
    let (key, content) = damage::find(bytes)?;
    let content = wire::decode(content, "evidence").map_err(EvidenceError::Malformed)?;
    Ok(Evidence { content, key })
}

impl Evidence {
    /// What the file holds. Proved by nothing yet but the key inside the file.
    pub const fn content(&self) -> &EvidenceContent {
        &self.content
    }

    /// The key that signed the file.
    pub const fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Checks everything that was ever signed about the dispatch under keys from the register.
    pub fn check(&self, keys: &dyn Keys) -> Report {
        check::check(self, keys)
    }
}

#[cfg(test)]
mod tests;
