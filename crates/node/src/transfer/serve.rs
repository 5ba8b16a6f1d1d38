//! Pieces that a peer asked for.

use exchange::frame::{Frame, GoneReason};
use model::ids::{AttachmentId, NodeId};
use store::StoreError;
use store::attachment::{AttachmentRow, AttachmentState};

use super::count;
use crate::node::Node;

impl Node {
    /// Sends what we have of an attachment, as fast as the link takes it, in the last lane.
    pub(crate) async fn serve_attachment(
        &self,
        peer: &NodeId,
        id: AttachmentId,
        offset: u64,
        len: u64,
    ) {
        let inner = &self.inner;
        let Some(outbox) = inner.courier.outbox(peer) else {
            return;
        };
        let gone = |reason| Frame::AttachmentGone { id, reason };
        match self.may_serve(peer, id).await {
            Ok(Some(row)) if row.state == AttachmentState::Complete => {}
            Ok(Some(_)) => {
                outbox.push(gone(GoneReason::NotYet));
                return;
            }
            Ok(None) => {
                outbox.push(gone(GoneReason::Unknown));
                return;
            }
            Err(error) => {
                tracing::error!(%id, "its row cannot be read: {error}");
                outbox.push(gone(GoneReason::NotYet));
                return;
            }
        }
        let end = offset.saturating_add(len);
        let mut at = offset;
        while at < end {
            let wish = outbox.data_hint();
            let piece = u32::try_from(end.saturating_sub(at))
                .unwrap_or(u32::MAX)
                .min(wish);
            let bytes = match inner.store.attachment_read(id, at, piece).await {
                Ok(bytes) if bytes.is_empty() => return,
                Ok(bytes) => bytes,
                Err(error) => {
                    tracing::error!(%id, "it cannot be read: {error}");
                    outbox.push(gone(GoneReason::NotYet));
                    return;
                }
            };
            let next = at.saturating_add(count(bytes.len()));
            let frame = Frame::AttachmentData {
                id,
                offset: at,
                bytes: bytes.into(),
            };
            // Resolves when the link has room for more; false when it went down.
            if !outbox.push_bulk(frame).await {
                return;
            }
            at = next;
        }
    }

    /// Only to a node that the dispatch goes to (or a relay that carries it), and only what it announced.
    async fn may_serve(
        &self,
        peer: &NodeId,
        id: AttachmentId,
    ) -> Result<Option<AttachmentRow>, StoreError> {
        let inner = &self.inner;
        let Some(row) = inner.store.attachment(id).await? else {
            return Ok(None);
        };
        let Some(bytes) = inner
            .store
            .dispatch_bytes(&[row.dispatch])
            .await?
            .into_iter()
            .map(|(_, bytes)| bytes)
            .next()
        else {
            return Ok(None);
        };
        let allowed = envelope::open::parse(&bytes)
            .is_ok_and(|parsed| parsed.header.is_for(peer) || inner.config.relays.contains(peer));
        Ok(allowed.then_some(row))
    }
}
