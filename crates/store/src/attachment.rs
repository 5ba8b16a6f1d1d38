//! Attachments: sealed files named by the hash of their sealed bytes.

use async_trait::async_trait;
use model::ids::{AttachmentId, DispatchId, NodeId};
use model::time::Timestamp;

use crate::error::{StoreError, WriteError};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttachmentState {
    /// Announced; bytes are still to come.
    Wanted,
    /// All bytes are here and their hash is right.
    Complete,
    /// The source no longer has it, or its bytes were wrong.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    pub id: AttachmentId,
    /// The dispatch that announced it.
    pub dispatch: DispatchId,
    /// Sealed bytes in all.
    pub size: u64,
    /// Sealed bytes from the start that are durable here.
    pub have: u64,
    pub state: AttachmentState,
    /// Who announced it: the first to ask.
    pub source: NodeId,
    /// Held for others only.
    pub custody: bool,
    pub since: Timestamp,
}

/// Rows, and the sealed bytes themselves (files named by id; write, fsync, rename, fsync of the folder).
#[async_trait]
pub trait Attachments {
    async fn attachment(&self, id: AttachmentId) -> Result<Option<AttachmentRow>, StoreError>;
    /// Attachments that are still wanted, oldest first.
    async fn attachments_wanted(&self) -> Result<Vec<AttachmentRow>, StoreError>;
    /// The attachments that a dispatch announced.
    async fn attachments_of(&self, dispatch: DispatchId) -> Result<Vec<AttachmentRow>, StoreError>;
    /// Writes sealed bytes at an offset of the partial file. Durable only after [`Self::attachment_sync`].
    async fn attachment_write(
        &self,
        id: AttachmentId,
        offset: u64,
        bytes: Vec<u8>,
    ) -> Result<(), WriteError>;
    /// fsync of the partial file.
    async fn attachment_sync(&self, id: AttachmentId) -> Result<(), WriteError>;
    /// The partial file becomes the file (fsync, rename, fsync of the folder).
    async fn attachment_finish(&self, id: AttachmentId) -> Result<(), WriteError>;
    /// Takes a sealed file that was made on this machine: moved in where possible, else copied; durable.
    async fn attachment_adopt(
        &self,
        id: AttachmentId,
        file: &std::path::Path,
    ) -> Result<(), WriteError>;
    /// Sealed bytes of a partial or whole file; fewer than `len` only at its end.
    async fn attachment_read(
        &self,
        id: AttachmentId,
        offset: u64,
        len: u32,
    ) -> Result<Vec<u8>, StoreError>;
    /// Drops the partial bytes (they were wrong); the row is moved by a change.
    async fn attachment_drop(&self, id: AttachmentId) -> Result<(), StoreError>;
    /// A path for scratch files on the same file system as the attachments.
    fn scratch(&self) -> std::path::PathBuf;
}
