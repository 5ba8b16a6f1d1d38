//! The outer header: all that a relay sees.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use model::ids::{AttachmentId, DispatchId, NetworkId, NodeId};
use model::lane::Lane;
use model::time::Timestamp;

use crate::error::Malformed;
use crate::hash::{lp, sha512_256};
use crate::labels;
use crate::wire::{self, count};

/// The version of the format.
pub const VERSION: u8 = 1;
/// X-Wing, HKDF-SHA256, ChaCha20-Poly1305; Cobblestone-256; Ed25519.
pub const SUITE: u8 = 1;
/// A dispatch to all: 300 offices, each at a node of its own.
pub const DESTINATIONS_MAX: usize = 300;
/// Files of one dispatch.
pub const ATTACHMENTS_MAX: usize = 64;

/// What stands outside, signed by the origin's node. Numbers are for ever.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Header {
    /// 1.
    #[n(0)]
    pub version: u8,
    /// 1.
    #[n(1)]
    pub suite: u8,
    /// Nothing sealed for one network opens in another.
    #[n(2)]
    pub network: NetworkId,
    /// The node that the author's office sits at.
    #[n(3)]
    pub origin: NodeId,
    /// The nodes that host the recipients.
    #[n(4)]
    pub destinations: Vec<Destination>,
    /// The lane that it takes over links.
    #[n(5)]
    pub lane: Lane,
    /// Nobody carries it any more after that.
    #[n(6)]
    pub expires: Timestamp,
    /// Bytes of slots and body.
    #[n(7)]
    pub size: u64,
    /// Random; the signed statement holds it too.
    #[n(8)]
    pub nonce: ByteArray<32>,
    /// Over slots and body.
    #[n(9)]
    pub payload: ByteArray<32>,
    /// Files that go with it, which a relay has to carry: name and sealed bytes of each.
    #[n(10)]
    pub attachments: Vec<(AttachmentId, u64)>,
}

/// A node that gets it, and its number in what the origin sends there.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Destination {
    /// The node.
    #[n(0)]
    pub node: NodeId,
    /// Counted from 1, without gaps: what is held back shows.
    #[n(1)]
    pub seq: u64,
}

impl Header {
    /// Reads and checks the received bytes of a header.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let header: Self = wire::decode(bytes, "header")?;
        for (field, found, known) in [
            ("version", header.version, VERSION),
            ("suite", header.suite, SUITE),
        ] {
            if found != known {
                return Err(Malformed::Version {
                    field,
                    found: u64::from(found),
                });
            }
        }
        header.check_limits()?;
        Ok(header)
    }

    /// Bounds that hold for what is sent and for what is received.
    pub(crate) fn check_limits(&self) -> Result<(), Malformed> {
        let destinations = &self.destinations;
        let limit = |field, found| Err(Malformed::Limit { field, found });
        if destinations.is_empty() || destinations.len() > DESTINATIONS_MAX {
            return limit("destinations", count(destinations.len()));
        }
        if self.attachments.len() > ATTACHMENTS_MAX {
            return limit("attachments", count(self.attachments.len()));
        }
        // Sorted, each once: a node cannot be listed under two numbers.
        let sorted = destinations
            .iter()
            .zip(destinations.iter().skip(1))
            .all(|(one, next)| one.node < next.node);
        if sorted {
            Ok(())
        } else {
            Err(Malformed::Shape {
                what: "list of destinations",
            })
        }
    }

    /// The number of this dispatch in what its origin sends to that node.
    pub fn seq_for(&self, node: &NodeId) -> Option<u64> {
        self.destinations
            .iter()
            .find(|destination| destination.node == *node)
            .map(|destination| destination.seq)
    }

    /// Says whether that node is among the destinations.
    pub fn is_for(&self, node: &NodeId) -> bool {
        self.seq_for(node).is_some()
    }

    /// What slots and body are bound to.
    pub(crate) fn context(&self) -> [u8; 32] {
        let lane = u8::try_from(self.lane.index()).unwrap_or(u8::MAX);
        sha512_256(&[
            labels::CONTEXT,
            &[self.version, self.suite],
            self.network.as_bytes(),
            self.nonce.as_slice(),
            &[lane],
            &self.expires.as_micros().to_be_bytes(),
        ])
    }
}

/// The name of a dispatch: the header holds the digest of all the rest.
pub(crate) fn dispatch_id(header: &[u8]) -> DispatchId {
    DispatchId::new(sha512_256(&[labels::DISPATCH, header]))
}

/// What the node signs.
pub(crate) fn to_be_signed(header: &[u8]) -> Vec<u8> {
    lp(&[labels::HEADER, header])
}
