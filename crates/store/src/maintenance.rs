//! Backup, checks and sizes.

use std::path::Path;

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::error::{StoreError, WriteError};

/// What the store holds, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    pub dispatches: u64,
    pub deliveries: u64,
    pub audit: u64,
    pub acts: u64,
    pub quarantine: u64,
    /// Bytes of the database on disk, write-ahead log included.
    pub disk: u64,
    /// Bytes of attachments on disk.
    pub attachments: u64,
}

#[async_trait]
pub trait Maintenance {
    async fn totals(&self) -> Result<Totals, StoreError>;
    /// Says what is wrong with the database, line by line; empty if nothing is.
    async fn integrity(&self) -> Result<Vec<String>, StoreError>;
    /// Writes a consistent, encrypted copy of all (database and complete attachments) to one new file
    /// while the store goes on working. The key is derived from the passphrase with argon2id.
    /// `progress` is called with (bytes done, bytes in all).
    async fn backup(
        &self,
        file: &Path,
        passphrase: Zeroizing<String>,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<(), WriteError>;
}
