//! Dispatches as they were sent, received or taken into custody.

use async_trait::async_trait;
use model::address::Address;
use model::dispatch::{CaseRef, Reference};
use model::ids::{DispatchId, NodeId};
use model::kind::DispatchKind;
use model::lane::Lane;
use model::time::Timestamp;
use zeroize::Zeroizing;

use crate::error::StoreError;

/// Why this node keeps a dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Sealed here.
    Out,
    /// Addressed to an office hosted here.
    In,
    /// For others: taken into custody, not readable here.
    Relay,
}

/// A dispatch: its bytes for ever as they are, and what is needed to find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispatchRow {
    pub line: DispatchLine,
    /// The dispatches that this one answers or continues.
    pub parents: Vec<DispatchId>,
    /// Opens the body again; encrypted by the store at rest. `None` where this node cannot read it.
    pub content_key: Option<Zeroizing<[u8; 32]>>,
    /// The sealed bytes.
    pub bytes: Vec<u8>,
}

/// A dispatch without its bytes: what a list shows, and what a look-up needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispatchLine {
    pub id: DispatchId,
    pub direction: Direction,
    pub origin: NodeId,
    /// In: the number in the sequence from `origin` to this node. `None` for the other directions.
    pub seq: Option<u64>,
    pub lane: Lane,
    pub expires: Timestamp,
    /// By this node's clock: when it was stored.
    pub stored: Timestamp,
    /// Length of the sealed bytes.
    pub size: u64,
    /// What only a reader knows; `None` on a relay.
    pub read: Option<ReadLine>,
}

/// What the content says and a list needs. No text written by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadLine {
    pub kind: DispatchKind,
    pub reference: Reference,
    pub author: Address,
    pub case: Option<CaseRef>,
    /// By the author's clock.
    pub created: Timestamp,
    pub reply_by: Option<Timestamp>,
    pub exercise: bool,
}

/// Which dispatches to list; newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DispatchQuery {
    pub direction: Option<Direction>,
    pub kind: Option<DispatchKind>,
    pub case: Option<CaseRef>,
    /// Only those stored before this instant, for paging.
    pub before: Option<Timestamp>,
    /// At most so many; at least 1.
    pub limit: u32,
}

/// From `first` to `last`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeqRange {
    pub first: u64,
    pub last: u64,
}

#[async_trait]
pub trait Dispatches {
    async fn dispatch(&self, id: DispatchId) -> Result<Option<DispatchRow>, StoreError>;
    async fn dispatch_line(&self, id: DispatchId) -> Result<Option<DispatchLine>, StoreError>;
    /// The sealed bytes of those ids that are kept, in any order.
    async fn dispatch_bytes(
        &self,
        ids: &[DispatchId],
    ) -> Result<Vec<(DispatchId, Vec<u8>)>, StoreError>;
    async fn dispatches(&self, query: &DispatchQuery) -> Result<Vec<DispatchLine>, StoreError>;
    /// All dispatches with that reference: more than one only after a restore from an old backup.
    async fn dispatches_by_reference(
        &self,
        reference: &Reference,
    ) -> Result<Vec<DispatchId>, StoreError>;
    /// Ids that start with these hexadecimal digits, at most 16.
    async fn dispatches_by_prefix(&self, digits: &str) -> Result<Vec<DispatchId>, StoreError>;
    /// The dispatches that name this one as a parent, oldest first.
    async fn children(&self, id: DispatchId) -> Result<Vec<DispatchId>, StoreError>;
    /// What arrived from each origin, as ranges of its sequence to this node, ascending.
    async fn have(&self) -> Result<Vec<(NodeId, Vec<SeqRange>)>, StoreError>;
    /// The dispatch of a submission, if its token was used.
    async fn submission(&self, token: &str) -> Result<Option<DispatchId>, StoreError>;
}
