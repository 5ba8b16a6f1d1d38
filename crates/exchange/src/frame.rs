//! Frames: what two nodes say to each other over a stream, in a batch and in a bundle file.
//!
//! A frame is a deterministic CBOR array `[kind, ...]`. On a stream each is preceded by four bytes, see
//! [`FrameReader`]. Kinds below 64 are critical: whoever does not know one ends the session. A kind from
//! 64 on may be skipped by whoever does not know it; a node that needs an answer asks for the feature in
//! [`Hello`] first. Numbers are for ever.

use bytes::Bytes;
use model::dispatch::Checkpoint;
use model::ids::{AttachmentId, DispatchId, NetworkId, NodeId};
use model::lane::Lane;
use model::time::Timestamp;

use crate::cbor;

mod decode;
mod encode;
mod reader;
mod reason;

pub use decode::DecodeError;
pub use encode::put_prefix;
pub use reader::{FrameError, FrameFault, FrameReader};
pub use reason::{ByeReason, DeferReason, GoneReason};

/// The protocol version that this code speaks.
pub const VERSION: u16 = 1;

/// The longest frame: the longest sealed dispatch (1.5 MiB), and room for the frame around it.
pub const MAX_FRAME: usize = (3 << 19) + (64 << 10);

/// The longest frame before the peer has said who it is.
pub const MAX_HELLO: usize = 4 << 10;

/// The most sealed attachment bytes in one frame.
pub const MAX_DATA: usize = 64 << 10;

/// Kinds from here on may be skipped by whoever does not know them.
pub const FIRST_SKIPPABLE: u64 = 64;

/// The first frame of both sides. Nothing else is heard before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// Protocol version.
    pub version: u16,
    /// Who speaks; must be the node that the link's key belongs to.
    pub node: NodeId,
    /// The network; nodes of two networks have nothing to say to each other.
    pub network: NetworkId,
    /// How far the speaker's register goes.
    pub register: Checkpoint,
    /// The speaker's clock. Skew never refuses; it is shown.
    pub clock: Timestamp,
    /// Numbers of optional features that the speaker understands. None exist yet.
    pub features: Vec<u64>,
}

/// What a node holds of one origin's sequence to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HaveEntry {
    /// Who sealed them.
    pub origin: NodeId,
    /// From first to last, both included, ascending and apart.
    pub ranges: Vec<(u64, u64)>,
}

impl HaveEntry {
    fn size_hint(&self) -> usize {
        let ends = self.ranges.iter().flat_map(|(first, last)| [*first, *last]);
        sum(ends.map(cbor::size_of))
            .saturating_add(self.origin.as_str().len())
            .saturating_add(7)
    }
}

/// One thing said over a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// 0: who speaks.
    Hello(Box<Hello>),
    /// 1: what the speaker holds, origin by origin. Whole: it replaces what was said before.
    Have {
        /// One for each origin.
        entries: Vec<HaveEntry>,
    },
    /// 2: a sealed dispatch.
    Dispatch {
        /// The lane that it takes here; the signed header has the last word.
        lane: Lane,
        /// The sealed bytes.
        bytes: Bytes,
    },
    /// 3: a signed receipt: stored, in custody, or refused for good.
    Receipt {
        /// The signed bytes.
        bytes: Bytes,
    },
    /// 4: asks for the receipts of these dispatches again.
    ReceiptWant {
        /// At most a frame full.
        ids: Vec<DispatchId>,
    },
    /// 5: not now; may be offered again later. Unsigned, for it settles nothing.
    Defer {
        /// Which dispatch.
        id: DispatchId,
        /// Why.
        reason: DeferReason,
        /// Seconds until it makes sense to offer it again.
        retry_after_s: u32,
    },
    /// 6: numbers of the speaker's sequence to the listener that were never used.
    Void {
        /// The numbers.
        seqs: Vec<u64>,
    },
    /// 7: asks for all acts of the register.
    ActsWant {},
    /// 8: signed acts of the register, in the speaker's order.
    Acts {
        /// The signed bytes of each.
        acts: Vec<Vec<u8>>,
    },
    /// 9: asks for sealed bytes of an attachment.
    AttachmentWant {
        /// Which.
        id: AttachmentId,
        /// From which sealed byte on.
        offset: u64,
        /// How many sealed bytes; they come in any number of frames.
        len: u64,
    },
    /// 10: sealed bytes of an attachment.
    AttachmentData {
        /// Which.
        id: AttachmentId,
        /// Place of the first of these bytes.
        offset: u64,
        /// At most [`MAX_DATA`].
        bytes: Bytes,
    },
    /// 11: that attachment will not come from here.
    AttachmentGone {
        /// Which.
        id: AttachmentId,
        /// Why.
        reason: GoneReason,
    },
    /// 12: link: so many bytes of frames were taken from this stream since it began.
    Ack {
        /// Prefixes included.
        bytes: u64,
        /// How long the last of them waited for this acknowledgement.
        held_us: u32,
    },
    /// 13: link: asks for a [`Frame::Pong`] at once.
    Ping {
        /// Any number.
        n: u64,
    },
    /// 14: link: the answer.
    Pong {
        /// The number asked with.
        n: u64,
        /// The speaker's clock.
        clock: Timestamp,
    },
    /// 15: link: the speaker closes, and why.
    Bye {
        /// Why.
        reason: ByeReason,
    },
    /// A frame from a later version that may be skipped. Never sent.
    Unknown {
        /// Its number.
        kind: u64,
    },
}

impl Frame {
    /// The lane that this frame takes. Register acts are many and nobody's alarm waits for them.
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Dispatch { lane, .. } => *lane,
            Self::Acts { .. } => Lane::Priority,
            Self::AttachmentData { .. } => Lane::Bulk,
            Self::Hello(_)
            | Self::Have { .. }
            | Self::Receipt { .. }
            | Self::ReceiptWant { .. }
            | Self::Defer { .. }
            | Self::Void { .. }
            | Self::ActsWant {}
            | Self::AttachmentWant { .. }
            | Self::AttachmentGone { .. }
            | Self::Ack { .. }
            | Self::Ping { .. }
            | Self::Pong { .. }
            | Self::Bye { .. }
            | Self::Unknown { .. } => Lane::Control,
        }
    }

    /// The frame's name, for logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "hello",
            Self::Have { .. } => "have",
            Self::Dispatch { .. } => "dispatch",
            Self::Receipt { .. } => "receipt",
            Self::ReceiptWant { .. } => "receipt_want",
            Self::Defer { .. } => "defer",
            Self::Void { .. } => "void",
            Self::ActsWant {} => "acts_want",
            Self::Acts { .. } => "acts",
            Self::AttachmentWant { .. } => "attachment_want",
            Self::AttachmentData { .. } => "attachment_data",
            Self::AttachmentGone { .. } => "attachment_gone",
            Self::Ack { .. } => "ack",
            Self::Ping { .. } => "ping",
            Self::Pong { .. } => "pong",
            Self::Bye { .. } => "bye",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Bytes that this frame takes on a stream, to a few: for queues, not for offsets.
    pub fn size_hint(&self) -> usize {
        const HEAD: usize = 16;
        let content: usize = match self {
            Self::Dispatch { bytes, .. } | Self::Receipt { bytes } => bytes.len(),
            Self::AttachmentData { bytes, .. } => bytes.len().saturating_add(48),
            Self::Acts { acts } => sum(acts.iter().map(|act| act.len().saturating_add(5))),
            Self::ReceiptWant { ids } => ids.len().saturating_mul(34),
            Self::Void { seqs } => sum(seqs.iter().map(|seq| cbor::size_of(*seq))),
            Self::Have { entries } => sum(entries.iter().map(HaveEntry::size_hint)),
            Self::Hello(_) => 120,
            Self::Defer { .. }
            | Self::ActsWant {}
            | Self::AttachmentWant { .. }
            | Self::AttachmentGone { .. }
            | Self::Ack { .. }
            | Self::Ping { .. }
            | Self::Pong { .. }
            | Self::Bye { .. }
            | Self::Unknown { .. } => 32,
        };
        content.saturating_add(HEAD)
    }
}

fn sum(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(0, usize::saturating_add)
}
