//! Progress: which office took which step on a dispatch. Derived from step dispatches, kept for lists.

use async_trait::async_trait;
use model::address::Address;
use model::ids::DispatchId;
use model::time::Timestamp;

use crate::error::StoreError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgressRow {
    /// The dispatch that was worked on.
    pub of: DispatchId,
    /// Who took the step.
    pub office: Address,
    /// The step's code, such as `accepted`.
    pub step: String,
    /// By the clock of who took it.
    pub at: Timestamp,
    /// The dispatch that says so.
    pub by: DispatchId,
}

#[async_trait]
pub trait Progresses {
    /// All steps on a dispatch, oldest first.
    async fn progress(&self, of: DispatchId) -> Result<Vec<ProgressRow>, StoreError>;
}
