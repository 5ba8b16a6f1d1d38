//! Attachments: sealed beside the dispatch, asked for in ranges, kept as they arrive, resumed at the byte
//! after a cut, a restart or a change of route. A text always overtakes a file: data goes in the last lane.

mod receive;
mod save;
mod seal;
mod serve;

pub(crate) use seal::seal_files;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use envelope::attachment::SealedHash;
use exchange::frame::Frame;
use model::dispatch::Manifest;
use model::ids::{AttachmentId, DispatchId, NodeId};
use model::time::Timestamp;
use store::attachment::{AttachmentRow, AttachmentState};
use store::{Change, StoreError};
use tokio::time::Instant;

use crate::node::Node;
use crate::sequence::lock;

/// After a source said that it has no more for now.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// No data for so long: the way is taken for lost and the wish is sent again.
const STALLED: Duration = Duration::from_mins(1);

/// What is on its way here.
#[derive(Debug, Default)]
pub(crate) struct Transfers {
    state: Mutex<State>,
    /// Files sealed since the start: each has a scratch file of its own.
    sealed: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    /// `None` until the store was read once.
    wanted: Option<BTreeMap<AttachmentId, Wanted>>,
}

#[derive(Debug)]
struct Wanted {
    row: AttachmentRow,
    /// Bytes on disk here; `row.have` of them are durable.
    have: u64,
    synced: Instant,
    /// Who is sending, and when the last byte came.
    from: Option<(NodeId, Instant)>,
    not_before: Instant,
    /// Hash over the first `have` bytes. Taken out while a piece is being written.
    hash: Option<SealedHash>,
}

/// A piece that may be written now.
struct Piece {
    hash: SealedHash,
    size: u64,
    durable: u64,
    synced: Instant,
}

impl Transfers {
    pub(crate) fn disconnected(&self, peer: &NodeId) {
        self.each(|wanted| {
            if wanted.from.as_ref().is_some_and(|(from, _)| from == peer) {
                wanted.from = None;
            }
        });
    }

    /// The source has no more for now, or never had it.
    pub(crate) fn gone(&self, peer: &NodeId, id: &AttachmentId) {
        self.each(|wanted| {
            if wanted.row.id == *id && wanted.from.as_ref().is_some_and(|(from, _)| from == peer) {
                wanted.from = None;
                wanted.not_before = Instant::now() + ASK_AGAIN;
            }
        });
    }

    fn scratch_name(&self) -> String {
        format!("sealing-{}", self.sealed.fetch_add(1, Ordering::Relaxed))
    }

    fn each(&self, mut work: impl FnMut(&mut Wanted)) {
        if let Some(all) = &mut lock(&self.state).wanted {
            all.values_mut().for_each(&mut work);
        }
    }

    fn is_read(&self) -> bool {
        lock(&self.state).wanted.is_some()
    }

    /// Adds rows to what is wanted; those that are there stay as they are.
    fn add(&self, rows: Vec<AttachmentRow>) {
        self.add_after(rows, Duration::ZERO);
    }

    /// The same, to be asked for not before that time has passed.
    fn add_after(&self, rows: Vec<AttachmentRow>, wait: Duration) {
        let now = Instant::now();
        let mut state = lock(&self.state);
        let all = state.wanted.get_or_insert_default();
        for row in rows {
            all.entry(row.id).or_insert_with(|| Wanted {
                have: row.have,
                synced: now,
                from: None,
                not_before: now + wait,
                hash: None,
                row,
            });
        }
    }

    /// Bytes that have arrived of what is on its way, durable or not.
    pub(crate) fn have(&self, id: &AttachmentId) -> Option<u64> {
        let state = lock(&self.state);
        let wanted = state.wanted.as_ref()?.get(id)?;
        Some(wanted.have)
    }

    fn forget(&self, id: &AttachmentId) {
        if let Some(all) = &mut lock(&self.state).wanted {
            all.remove(id);
        }
    }

    /// Wishes that no peer is serving: with whom each may be placed, first choice first.
    fn idle(&self) -> Vec<AttachmentRow> {
        let now = Instant::now();
        let mut idle = Vec::new();
        self.each(|wanted| {
            if wanted
                .from
                .as_ref()
                .is_some_and(|(_, last)| now.saturating_duration_since(*last) > STALLED)
            {
                wanted.from = None;
            }
            if wanted.from.is_none() && wanted.not_before <= now {
                let mut row = wanted.row.clone();
                row.have = wanted.have;
                idle.push(row);
            }
        });
        idle
    }

    fn asked(&self, id: &AttachmentId, peer: &NodeId) {
        self.each(|wanted| {
            if wanted.row.id == *id {
                wanted.from = Some((peer.clone(), Instant::now()));
            }
        });
    }

    fn needs_hash(&self, id: &AttachmentId) -> Option<u64> {
        let state = lock(&self.state);
        let wanted = state.wanted.as_ref()?.get(id)?;
        wanted.hash.is_none().then_some(wanted.have)
    }

    fn put_hash(&self, id: &AttachmentId, have: u64, hash: &SealedHash) {
        self.each(|wanted| {
            if wanted.row.id == *id && wanted.have == have && wanted.hash.is_none() {
                wanted.hash = Some(hash.clone());
            }
        });
    }

    /// Takes the hash out if this piece is the next one.
    fn begin(&self, id: &AttachmentId, offset: u64) -> Option<Piece> {
        let mut state = lock(&self.state);
        let wanted = state.wanted.as_mut()?.get_mut(id)?;
        if offset != wanted.have {
            return None;
        }
        if let Some((_, last)) = &mut wanted.from {
            *last = Instant::now();
        }
        Some(Piece {
            hash: wanted.hash.take()?,
            size: wanted.row.size,
            durable: wanted.row.have,
            synced: wanted.synced,
        })
    }

    fn end(&self, id: &AttachmentId, have: u64, hash: SealedHash, durable: bool) {
        let mut hash = Some(hash);
        self.each(|wanted| {
            if wanted.row.id == *id {
                wanted.have = have;
                wanted.hash = hash.take();
                if durable {
                    wanted.row.have = have;
                    wanted.synced = Instant::now();
                }
            }
        });
    }

    /// A piece could not be kept: from what is durable, again.
    fn back(&self, id: &AttachmentId) {
        self.each(|wanted| {
            if wanted.row.id == *id {
                wanted.have = wanted.row.have;
                wanted.hash = None;
                wanted.from = None;
                wanted.not_before = Instant::now() + ASK_AGAIN;
            }
        });
    }
}

/// The rows of attachments that were sealed here: all bytes are there.
pub(crate) fn keep_own(
    node: &NodeId,
    dispatch: DispatchId,
    manifests: &[Manifest],
    now: Timestamp,
) -> Vec<Change> {
    manifests
        .iter()
        .map(|manifest| {
            Change::AddAttachment(AttachmentRow {
                id: manifest.id,
                dispatch,
                size: manifest.sealed_size,
                have: manifest.sealed_size,
                state: AttachmentState::Complete,
                source: node.clone(),
                custody: false,
                since: now,
            })
        })
        .collect()
}

/// The rows of attachments that a received dispatch announces.
pub(crate) fn want(
    source: &NodeId,
    dispatch: DispatchId,
    manifests: &[Manifest],
    now: Timestamp,
) -> Vec<AttachmentRow> {
    let ids: Vec<(AttachmentId, u64)> = manifests
        .iter()
        .map(|manifest| (manifest.id, manifest.sealed_size))
        .collect();
    rows(source, dispatch, &ids, false, now)
}

/// The same on a relay, which knows them from the outer header only.
pub(crate) fn want_for_others(
    source: &NodeId,
    dispatch: DispatchId,
    attachments: &[(AttachmentId, u64)],
    now: Timestamp,
) -> Vec<AttachmentRow> {
    rows(source, dispatch, attachments, true, now)
}

fn rows(
    source: &NodeId,
    dispatch: DispatchId,
    attachments: &[(AttachmentId, u64)],
    custody: bool,
    now: Timestamp,
) -> Vec<AttachmentRow> {
    attachments
        .iter()
        .map(|(id, size)| AttachmentRow {
            id: *id,
            dispatch,
            size: *size,
            have: 0,
            state: AttachmentState::Wanted,
            source: source.clone(),
            custody,
            since: now,
        })
        .collect()
}

impl Node {
    /// Rows that were just stored: asked for as soon as there is a way.
    pub(crate) async fn want_rows(&self, rows: Vec<AttachmentRow>) {
        self.inner.transfers.add(rows);
        self.want_attachments().await;
    }

    /// Asks for every attachment that is wanted and that nobody is sending.
    pub(crate) async fn want_attachments(&self) {
        let inner = &self.inner;
        if !inner.transfers.is_read() {
            match inner.store.attachments_wanted().await {
                Ok(rows) => inner.transfers.add(rows),
                Err(error) => {
                    tracing::error!("wanted attachments cannot be read: {error}");
                    return;
                }
            }
        }
        for row in inner.transfers.idle() {
            let Some(peer) = self.route_for(&row) else {
                continue;
            };
            if let Err(error) = self.prepare(&row.id).await {
                tracing::error!(id = %row.id, "what has arrived cannot be read: {error}");
                continue;
            }
            let wish = Frame::AttachmentWant {
                id: row.id,
                offset: row.have,
                len: row.size.saturating_sub(row.have),
            };
            if inner.courier.push(&peer, wish) {
                inner.transfers.asked(&row.id, &peer);
            }
        }
    }

    /// Who announced it, if its link is up; else a relay.
    fn route_for(&self, row: &AttachmentRow) -> Option<NodeId> {
        let courier = &self.inner.courier;
        std::iter::once(&row.source)
            .chain(&self.inner.config.relays)
            .find(|node| courier.is_connected(node))
            .cloned()
    }

    /// The hash over what is on disk: read again once after a restart, then carried on.
    async fn prepare(&self, id: &AttachmentId) -> Result<(), StoreError> {
        let inner = &self.inner;
        let Some(have) = inner.transfers.needs_hash(id) else {
            return Ok(());
        };
        let mut hash = SealedHash::new();
        let mut offset = 0;
        while offset < have {
            let len = u32::try_from(have.saturating_sub(offset).min(1 << 20)).unwrap_or(1 << 20);
            let bytes = inner.store.attachment_read(*id, offset, len).await?;
            if bytes.is_empty() {
                break;
            }
            hash.update(&bytes);
            offset = offset.saturating_add(count(bytes.len()));
        }
        inner.transfers.put_hash(id, have, &hash);
        Ok(())
    }

    /// Makes ready for pieces that come without having been asked for, from a bundle file.
    pub(crate) async fn expect_data(&self, id: &AttachmentId) {
        self.want_attachments().await;
        if let Err(error) = self.prepare(id).await {
            tracing::error!(%id, "what has arrived cannot be read: {error}");
        }
    }
}

async fn remove(file: &Path) {
    if let Err(error) = tokio::fs::remove_file(file).await {
        tracing::debug!("scratch file: {error}");
    }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
