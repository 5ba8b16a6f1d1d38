//! Counters that never go back: sequences to other nodes, human references.

use async_trait::async_trait;

use crate::error::StoreError;

#[async_trait]
pub trait Counters {
    async fn counters(&self) -> Result<Vec<(String, u64)>, StoreError>;
}
