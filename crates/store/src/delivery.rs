//! Deliveries: one for each recipient office of a dispatch sealed here.

use async_trait::async_trait;
use model::address::Address;
use model::delivery::DeliveryState;
use model::ids::{DispatchId, NodeId};
use model::lane::Lane;
use model::time::Timestamp;

use crate::dispatch::SeqRange;
use crate::error::StoreError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    pub dispatch: DispatchId,
    pub office: Address,
    pub node: NodeId,
    /// The number in the sequence from this node to `node`.
    pub seq: u64,
    pub state: DeliveryState,
    /// When it came into this state.
    pub since: Timestamp,
    /// A code that explains the state (why it was refused, who relays), never content.
    pub detail: Option<String>,
}

/// What still has to reach a node. One for each dispatch and node, whatever the number of offices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    pub dispatch: DispatchId,
    /// Who sealed it; this node itself, unless it is in custody.
    pub origin: NodeId,
    /// Its number in the sequence from `origin` to the node that it waits for.
    pub seq: u64,
    pub lane: Lane,
    pub size: u64,
    pub expires: Timestamp,
    /// In custody of a relay already: the direct way stays open, but is less urgent.
    pub relayed: bool,
    /// Held here for others, not sealed here.
    pub custody: bool,
}

#[async_trait]
pub trait Deliveries {
    async fn deliveries(&self, dispatch: DispatchId) -> Result<Vec<DeliveryRow>, StoreError>;
    /// What waits for that node (deliveries `Queued` or `Relayed`, and custody), by lane, then oldest first.
    async fn outbox(&self, node: &NodeId, limit: u32) -> Result<Vec<OutboxItem>, StoreError>;
    /// The nodes that something waits for, with how many.
    async fn waiting(&self) -> Result<Vec<(NodeId, u64)>, StoreError>;
    /// Deliveries that still wait although their dispatch expired at `now`; at most `limit`.
    async fn overdue(&self, now: Timestamp, limit: u32) -> Result<Vec<DeliveryRow>, StoreError>;
    /// Dispatches sent to that node whose number lies in none of `have`: what a node restored from an old
    /// backup has lost. Only those that have not expired at `now`.
    async fn sent_outside(
        &self,
        node: &NodeId,
        have: &[SeqRange],
        now: Timestamp,
    ) -> Result<Vec<OutboxItem>, StoreError>;
    /// The numbers given to that node's sequence that will never be used.
    async fn voids(&self, node: &NodeId) -> Result<Vec<u64>, StoreError>;
    /// How many deliveries stand in each state.
    async fn delivery_counts(&self) -> Result<Vec<(DeliveryState, u64)>, StoreError>;
}
