//! Custody: what a relay holds for others and cannot read.

use async_trait::async_trait;
use model::ids::{DispatchId, NodeId};
use model::time::Timestamp;

use crate::error::StoreError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodyRow {
    pub dispatch: DispatchId,
    /// For whom.
    pub node: NodeId,
    /// Its number in the sequence from its origin to `node`.
    pub seq: u64,
    /// From whom.
    pub from: NodeId,
    pub since: Timestamp,
    /// When custody ends whether or not it was forwarded.
    pub expires: Timestamp,
    /// Sealed bytes, counted against the quota of `from`.
    pub size: u64,
}

#[async_trait]
pub trait Custodies {
    /// Bytes held from that node.
    async fn custody_bytes(&self, from: &NodeId) -> Result<u64, StoreError>;
    /// Custody that has run out at `now`; at most `limit`.
    async fn custody_overdue(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<CustodyRow>, StoreError>;
    /// The custody rows of a dispatch that are not ended.
    async fn custody(&self, dispatch: DispatchId) -> Result<Vec<CustodyRow>, StoreError>;
}
