//! Signed receipts: own ones (given) and others' (got).

use async_trait::async_trait;
use model::ids::{DispatchId, NodeId};
use model::time::Timestamp;

use crate::error::StoreError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    pub dispatch: DispatchId,
    /// Who signed it.
    pub node: NodeId,
    /// The verdict's code: `stored`, `custody` or `refused`.
    pub verdict: String,
    pub at: Timestamp,
    /// The signed bytes.
    pub bytes: Vec<u8>,
}

#[async_trait]
pub trait Receipts {
    /// All receipts for a dispatch.
    async fn receipts(&self, dispatch: DispatchId) -> Result<Vec<ReceiptRow>, StoreError>;
    /// The receipt that this signer gave for each of these dispatches, latest verdict first.
    async fn receipts_by(
        &self,
        signer: &NodeId,
        dispatches: &[DispatchId],
    ) -> Result<Vec<ReceiptRow>, StoreError>;
}
