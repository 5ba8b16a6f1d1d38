//! Pieces that arrive: written, made durable in groups, and checked as a whole at the end.

use std::time::Duration;

use bytes::Bytes;
use envelope::attachment::SealedHash;
use model::ids::AttachmentId;
use model::time::Timestamp;
use store::attachment::AttachmentState;
use store::{Change, Write};

use super::{ASK_AGAIN, Piece, count};
use crate::api::Event;
use crate::node::Node;
use crate::view::state_code;

/// Unsynced bytes after which what has arrived is made durable: what a pulled plug costs on a slow link.
const SYNC_BYTES: u64 = 32 << 10;

/// On a fast link syncs are at most so often, ...
const SYNC_EVERY: Duration = Duration::from_millis(250);

/// ... or after so many bytes.
const SYNC_AT_MOST: u64 = 8 << 20;

impl Node {
    /// A piece of a wanted attachment. What does not follow on what is there is left out.
    /// Returns whether it was kept.
    pub(crate) async fn take_data(&self, id: AttachmentId, offset: u64, bytes: Bytes) -> bool {
        let inner = &self.inner;
        let now = inner.now();
        let Some(mut piece) = inner.transfers.begin(&id, offset) else {
            return false;
        };
        let have = offset.saturating_add(count(bytes.len()));
        if have > piece.size {
            tracing::warn!(%id, "more bytes than were announced");
            self.failed(id).await;
            return false;
        }
        piece.hash.update(&bytes);
        match self.keep_piece(id, offset, bytes, &piece, now).await {
            Ok(durable) => {
                inner.transfers.end(&id, have, piece.hash.clone(), durable);
            }
            Err(error) => {
                tracing::error!(%id, "a piece was not kept: {error}");
                inner.transfers.back(&id);
                return false;
            }
        }
        if have == piece.size {
            self.complete(id, piece.hash, now).await;
        }
        true
    }

    /// Writes a piece; says whether everything up to it is durable now.
    async fn keep_piece(
        &self,
        id: AttachmentId,
        offset: u64,
        bytes: Bytes,
        piece: &Piece,
        now: Timestamp,
    ) -> Result<bool, store::WriteError> {
        let store = &self.inner.store;
        let have = offset.saturating_add(count(bytes.len()));
        store.attachment_write(id, offset, bytes.to_vec()).await?;
        let unsynced = have.saturating_sub(piece.durable);
        let due = unsynced >= SYNC_BYTES && piece.synced.elapsed() >= SYNC_EVERY;
        if !due && unsynced < SYNC_AT_MOST {
            return Ok(false);
        }
        store.attachment_sync(id).await?;
        self.move_attachment(id, have, AttachmentState::Wanted, now)
            .await?;
        Ok(true)
    }

    async fn move_attachment(
        &self,
        id: AttachmentId,
        have: u64,
        state: AttachmentState,
        at: Timestamp,
    ) -> Result<(), store::WriteError> {
        let inner = &self.inner;
        let size = match inner.store.attachment(id).await? {
            Some(row) => row.size,
            None => have,
        };
        let change = Change::MoveAttachment {
            attachment: id,
            have,
            state,
            at,
        };
        inner
            .store
            .write(Write {
                name: "attachment",
                changes: vec![change],
            })
            .await?;
        inner.tell(Event::Attachment {
            id,
            at,
            have,
            size,
            state: state_code(state).to_owned(),
        });
        Ok(())
    }

    /// All bytes are here: they are what was announced, or they are dropped and asked for again.
    async fn complete(&self, id: AttachmentId, hash: SealedHash, now: Timestamp) {
        let inner = &self.inner;
        if hash.finish() != id {
            tracing::warn!(%id, "the bytes are not those that were announced");
            self.failed(id).await;
            return;
        }
        let size = match inner.store.attachment(id).await {
            Ok(Some(row)) => row.size,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%id, "its row cannot be read: {error}");
                return;
            }
        };
        let finished = async {
            inner.store.attachment_finish(id).await?;
            self.move_attachment(id, size, AttachmentState::Complete, now)
                .await
        };
        match finished.await {
            Ok(()) => inner.transfers.forget(&id),
            Err(error) => {
                tracing::error!(%id, "it was not kept: {error}");
                inner.transfers.back(&id);
            }
        }
    }

    /// Wrong bytes: dropped, and asked for from the start.
    async fn failed(&self, id: AttachmentId) {
        let inner = &self.inner;
        let now = inner.now();
        if let Err(error) = inner.store.attachment_drop(id).await {
            tracing::error!(%id, "wrong bytes cannot be dropped: {error}");
        }
        if let Err(error) = self
            .move_attachment(id, 0, AttachmentState::Wanted, now)
            .await
        {
            tracing::error!(%id, "its row was not kept: {error}");
        }
        inner.transfers.forget(&id);
        match inner.store.attachment(id).await {
            Ok(Some(mut row)) => {
                row.have = 0;
                inner.transfers.add_after(vec![row], ASK_AGAIN);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%id, "its row cannot be read: {error}"),
        }
    }
}
