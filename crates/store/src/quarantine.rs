//! What arrived and could not be taken in: kept for the administrator, never shown as a dispatch.

use async_trait::async_trait;
use model::ids::NodeId;
use model::time::Timestamp;

use crate::error::StoreError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Who handed it over; `None` for a bundle file.
    pub peer: Option<NodeId>,
    pub received: Timestamp,
    /// The refusal's code.
    pub reason: String,
    /// The bytes as they came, at most the first 64 KiB.
    pub bytes: Vec<u8>,
}

#[async_trait]
pub trait Quarantines {
    /// Newest first.
    async fn quarantine(&self, limit: u32) -> Result<Vec<QuarantineRow>, StoreError>;
}
