//! Acts of the register, in the order in which this node applied them.

use async_trait::async_trait;
use model::ids::ActId;
use model::time::Timestamp;

use crate::error::StoreError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRow {
    pub id: ActId,
    pub received: Timestamp,
    /// The signed bytes.
    pub bytes: Vec<u8>,
}

#[async_trait]
pub trait Acts {
    /// Acts from a position on (0 is the founding act), in order.
    async fn acts(&self, from: u64) -> Result<Vec<ActRow>, StoreError>;
}
