//! What must be kept: rows by noun, one list of changes, one trait per noun for reading.
//!
//! A write is data: a named list of [`Change`]s that is committed whole or not at all. It is durable
//! (fsync) when [`Store::write`] returns. What a backend must do is said by the conformance suite
//! (feature `conformance`), not by its author.
//!
//! To add a noun: a file with its row and its read trait here, a variant in [`Change`], a folder in
//! `queries/`, a case in the suite; then each backend no longer compiles until it has it.

pub mod act;
pub mod attachment;
pub mod audit;
pub mod change;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod counter;
pub mod custody;
pub mod delivery;
pub mod dispatch;
pub mod error;
pub mod maintenance;
pub mod progress;
pub mod quarantine;
pub mod receipt;
pub mod secret;
pub mod sql;

use async_trait::async_trait;

pub use change::{Change, Write};
pub use error::{StoreError, WriteError};

/// Everything that a node keeps.
#[async_trait]
pub trait Store:
    act::Acts
    + attachment::Attachments
    + audit::Audit
    + counter::Counters
    + custody::Custodies
    + delivery::Deliveries
    + dispatch::Dispatches
    + maintenance::Maintenance
    + progress::Progresses
    + quarantine::Quarantines
    + receipt::Receipts
    + secret::Secrets
    + Send
    + Sync
    + 'static
{
    /// Commits all changes of the write, or none. On disk (fsync) when it returns.
    async fn write(&self, write: Write) -> Result<(), WriteError>;
}
