//! What may be wrong with bytes that came from elsewhere. Each error has a stable code.

use model::address::Address;
use thiserror::Error;

use crate::receipt::RefuseReason;

/// Why bytes are not the one encoding that they may have (RFC 8949, section 4.2.1, and stricter).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Flaw {
    /// Nested deeper than 16.
    #[error("nested too deep")]
    Depth,
    /// A map has the same key twice.
    #[error("key twice")]
    DuplicateKey,
    /// A number with a fraction.
    #[error("floating-point number")]
    Float,
    /// A length that is not said in advance.
    #[error("indefinite length")]
    Indefinite,
    /// A map key that is neither an integer nor a text.
    #[error("key is neither integer nor text")]
    KeyType,
    /// A number or length in more bytes than it needs.
    #[error("longer than needed")]
    LongForm,
    /// A map value that says "nothing": an absent field is left out.
    #[error("null in a map")]
    NullInMap,
    /// A head that RFC 8949 keeps free.
    #[error("reserved head")]
    Reserved,
    /// A simple value other than false, true and null.
    #[error("simple value")]
    Simple,
    /// A tag that has no place here.
    #[error("tag")]
    Tag,
    /// Bytes after the end.
    #[error("bytes after the end")]
    Trailing,
    /// The bytes end too early.
    #[error("cut off")]
    Truncated,
    /// A map whose keys are not in order.
    #[error("keys not in order")]
    Unsorted,
    /// A text that is not UTF-8.
    #[error("not UTF-8")]
    Utf8,
}

impl Flaw {
    /// Stable, for logs and test tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::DuplicateKey => "duplicate_key",
            Self::Float => "float",
            Self::Indefinite => "indefinite",
            Self::KeyType => "key_type",
            Self::LongForm => "long_form",
            Self::NullInMap => "null_in_map",
            Self::Reserved => "reserved",
            Self::Simple => "simple",
            Self::Tag => "tag",
            Self::Trailing => "trailing",
            Self::Truncated => "truncated",
            Self::Unsorted => "unsorted",
            Self::Utf8 => "utf8",
        }
    }
}

/// Bytes that are not what they should be. Nothing of them was used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Malformed {
    /// A field that cannot be decoded, or that this version does not know.
    #[error("{what} cannot be decoded: {detail}")]
    Decode {
        /// Which structure.
        what: &'static str,
        /// What the decoder says.
        detail: String,
    },
    /// Slots and body are not those that the header names.
    #[error("slots and body do not have the digest that the header names")]
    Digest,
    /// A value outside its bounds.
    #[error("{field} is {found}, which is outside its bounds")]
    Limit {
        /// Which field.
        field: &'static str,
        /// What was found.
        found: u64,
    },
    /// Not the one encoding of its content.
    #[error("byte {at}: {flaw}")]
    NotCanonical {
        /// Offset in the structure that was read.
        at: usize,
        /// What is wrong there.
        flaw: Flaw,
    },
    /// Another structure than the one expected.
    #[error("{what} has a wrong shape")]
    Shape {
        /// Which structure.
        what: &'static str,
    },
    /// Slots and body are longer or shorter than the header says.
    #[error("slots and body are {found} bytes; the header says {said}")]
    Size {
        /// Bytes that came.
        found: u64,
        /// Bytes that the header names.
        said: u64,
    },
    /// A version or suite that this program does not speak.
    #[error("{field} {found} is not known here")]
    Version {
        /// `version` or `suite`.
        field: &'static str,
        /// What was found.
        found: u64,
    },
}

impl Malformed {
    /// Stable, for logs, quarantine and test tables.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Decode { .. } => "decode",
            Self::Digest => "digest",
            Self::Limit { .. } => "limit",
            Self::NotCanonical { flaw, .. } => flaw.code(),
            Self::Shape { .. } => "shape",
            Self::Size { .. } => "size",
            Self::Version { .. } => "version",
        }
    }

    /// What the sender is told.
    pub const fn reason(&self) -> RefuseReason {
        match self {
            Self::Limit { .. } => RefuseReason::TooLarge,
            Self::Version { .. } => RefuseReason::UnknownVersion,
            Self::Decode { .. }
            | Self::Digest
            | Self::NotCanonical { .. }
            | Self::Shape { .. }
            | Self::Size { .. } => RefuseReason::Malformed,
        }
    }
}

/// A signature that is not that key's on those bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not that key's")]
pub struct BadSignature;

/// Why a well-formed dispatch was not opened. Nothing of its content was released.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpenError {
    /// The body was changed, or sealed under another key or header.
    #[error("the body does not open under its content key")]
    Body,
    /// What was sealed is not one compressed statement of at most 1 MiB.
    #[error("the compressed content is broken or too large")]
    Compression,
    /// The content key is not the one that the body was sealed with.
    #[error("the content key is not the one that the body commits to")]
    Commitment,
    /// What was signed does not belong to this envelope.
    #[error("the signed {field} is not the envelope's")]
    Mismatch {
        /// The field of the statement.
        field: &'static str,
    },
    /// No slot is for a key that is held here.
    #[error("no slot is for a key that is held here")]
    NoSlot,
    /// The slot was for us, but its author did not list us.
    #[error("{office} is not among the recipients that were signed, with that key")]
    NotListed {
        /// The office whose key opened it.
        office: Box<Address>,
    },
    /// The bytes that fill up are not zero, or not as many as they should be.
    #[error("the padding is wrong")]
    Padding,
    /// The slot was changed, or made for another key, office, network or header.
    #[error("the slot does not open with that key, for that office")]
    Slot,
    /// What was signed is not a statement.
    #[error("the statement is malformed")]
    Statement(#[source] Malformed),
}

impl OpenError {
    /// Stable, for logs, quarantine and test tables.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Compression => "compression",
            Self::Commitment => "commitment",
            Self::Mismatch { .. } => "mismatch",
            Self::NoSlot => "no_slot",
            Self::NotListed { .. } => "not_listed",
            Self::Padding => "padding",
            Self::Slot => "slot",
            Self::Statement(malformed) => malformed.code(),
        }
    }

    /// What the sender is told.
    pub const fn reason(&self) -> RefuseReason {
        match self {
            Self::NoSlot => RefuseReason::NoKey,
            Self::NotListed { .. } => RefuseReason::NotForUs,
            Self::Statement(malformed) => malformed.reason(),
            Self::Body
            | Self::Compression
            | Self::Commitment
            | Self::Mismatch { .. }
            | Self::Padding
            | Self::Slot => RefuseReason::NotOpened,
        }
    }
}
