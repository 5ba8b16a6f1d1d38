//! Attachments: sealed beside the dispatch, asked for in ranges, kept as they arrive, resumed at the byte
//! after a cut, a restart or a change of route. A text always overtakes a file: data goes in the last lane.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bytes::Bytes;
use envelope::attachment::{Opener, SealedHash, seal_file};
use exchange::frame::{Frame, GoneReason};
use model::dispatch::Manifest;
use model::ids::{AttachmentId, DispatchId, NodeId, OfficerId};
use model::time::Timestamp;
use store::attachment::{AttachmentRow, AttachmentState};
use store::{Change, StoreError, Write};

use crate::api::{Event, Failure, FailureClass, Problem};
use crate::audit::{Actor, on_object};
use crate::node::{Inner, Node};
use crate::sequence::lock;
use crate::view::state_code;

/// The largest file that may be attached: 2 GiB.
pub const LARGEST: u64 = 2 << 30;

/// Unsynced bytes after which what has arrived is made durable: what a pulled plug costs on a slow link.
const SYNC_BYTES: u64 = 32 << 10;

/// On a fast link syncs are at most so often, in milliseconds, ...
const SYNC_EVERY_MS: i64 = 250;

/// ... or after so many bytes.
const SYNC_AT_MOST: u64 = 8 << 20;

/// After a source said that it has no more for now, in seconds.
const ASK_AGAIN_S: i64 = 5;

/// No data for so long: the way is taken for lost and the wish is sent again, in seconds.
const STALLED_S: i64 = 60;

/// What is on its way here.
#[derive(Debug, Default)]
pub(crate) struct Transfers {
    state: Mutex<State>,
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
    synced: Timestamp,
    /// Who is sending, and when the last byte came.
    from: Option<(NodeId, Timestamp)>,
    not_before: Timestamp,
    /// Hash over the first `have` bytes. Taken out while a piece is being written.
    hash: Option<SealedHash>,
}

/// A piece that may be written now.
struct Piece {
    hash: SealedHash,
    size: u64,
    durable: u64,
    synced: Timestamp,
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
    pub(crate) fn gone(&self, peer: &NodeId, id: &AttachmentId, now: Timestamp) {
        self.each(|wanted| {
            if wanted.row.id == *id && wanted.from.as_ref().is_some_and(|(from, _)| from == peer) {
                wanted.from = None;
                wanted.not_before = now.plus_seconds(ASK_AGAIN_S);
            }
        });
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
        let mut state = lock(&self.state);
        let all = state.wanted.get_or_insert_default();
        for row in rows {
            all.entry(row.id).or_insert_with(|| Wanted {
                have: row.have,
                synced: row.since,
                from: None,
                not_before: row.since,
                hash: None,
                row,
            });
        }
    }

    fn forget(&self, id: &AttachmentId) {
        if let Some(all) = &mut lock(&self.state).wanted {
            all.remove(id);
        }
    }

    /// Wishes that no peer is serving: with whom each may be placed, first choice first.
    fn idle(&self, now: Timestamp) -> Vec<AttachmentRow> {
        let mut idle = Vec::new();
        self.each(|wanted| {
            if wanted
                .from
                .as_ref()
                .is_some_and(|(_, last)| now.millis_since(*last) > STALLED_S.saturating_mul(1_000))
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

    fn asked(&self, id: &AttachmentId, peer: &NodeId, now: Timestamp) {
        self.each(|wanted| {
            if wanted.row.id == *id {
                wanted.from = Some((peer.clone(), now));
            }
        });
    }

    fn needs_hash(&self, id: &AttachmentId) -> Option<u64> {
        let state = lock(&self.state);
        let wanted = state.wanted.as_ref()?.get(id)?;
        wanted.hash.is_none().then_some(wanted.have)
    }

    fn put_hash(&self, id: &AttachmentId, have: u64, hash: SealedHash) {
        self.each(|wanted| {
            if wanted.row.id == *id && wanted.have == have && wanted.hash.is_none() {
                wanted.hash = Some(hash.clone());
            }
        });
    }

    /// Takes the hash out if this piece is the next one.
    fn begin(&self, id: &AttachmentId, offset: u64, now: Timestamp) -> Option<Piece> {
        let mut state = lock(&self.state);
        let wanted = state.wanted.as_mut()?.get_mut(id)?;
        if offset != wanted.have {
            return None;
        }
        if let Some((_, last)) = &mut wanted.from {
            *last = now;
        }
        Some(Piece {
            hash: wanted.hash.take()?,
            size: wanted.row.size,
            durable: wanted.row.have,
            synced: wanted.synced,
        })
    }

    fn end(&self, id: &AttachmentId, have: u64, hash: SealedHash, durable: Option<Timestamp>) {
        let mut hash = Some(hash);
        self.each(|wanted| {
            if wanted.row.id == *id {
                wanted.have = have;
                wanted.hash = hash.take();
                if let Some(at) = durable {
                    wanted.row.have = have;
                    wanted.synced = at;
                }
            }
        });
    }

    /// A piece could not be kept: from what is durable, again.
    fn back(&self, id: &AttachmentId, now: Timestamp) {
        self.each(|wanted| {
            if wanted.row.id == *id {
                wanted.have = wanted.row.have;
                wanted.hash = None;
                wanted.from = None;
                wanted.not_before = now.plus_seconds(ASK_AGAIN_S);
            }
        });
    }
}

/// Seals the files of a draft into the attachment folder; each is durable before the dispatch is.
pub(crate) async fn seal_files(inner: &Inner, files: &[String]) -> Result<Vec<Manifest>, Failure> {
    let mut manifests = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let field = format!("attachments[{index}]");
        let path = PathBuf::from(file);
        let size = file_size(&path, &field).await?;
        if size > LARGEST {
            return Err(Failure::input(
                Problem::new("file_too_large")
                    .field(field)
                    .arg("file", path.display())
                    .arg("bytes", size)
                    .arg("limit", LARGEST),
            ));
        }
        let scratch = inner.store.scratch();
        let sealed = tokio::task::spawn_blocking({
            let (path, scratch) = (path.clone(), scratch.clone());
            move || seal_to(&path, &scratch)
        })
        .await
        .map_err(|error| Failure::broken("seal_failed", error))?;
        let manifest = match sealed {
            Ok(manifest) => manifest,
            Err(error) => {
                remove(&scratch).await;
                return Err(unreadable(&path, &field, &error));
            }
        };
        inner.store.attachment_adopt(manifest.id, &scratch).await?;
        manifests.push(manifest);
    }
    Ok(manifests)
}

async fn file_size(path: &Path, field: &str) -> Result<u64, Failure> {
    let data = tokio::fs::metadata(path)
        .await
        .map_err(|error| unreadable(path, field, &error))?;
    if data.is_file() {
        Ok(data.len())
    } else {
        Err(Failure::input(
            Problem::new("not_a_file")
                .field(field)
                .arg("file", path.display()),
        ))
    }
}

fn seal_to(file: &Path, scratch: &Path) -> std::io::Result<Manifest> {
    let name = file.file_name().map_or_else(
        || "attachment".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let input = std::io::BufReader::with_capacity(1 << 20, std::fs::File::open(file)?);
    let out = std::fs::File::create_new(scratch)?;
    let mut out = std::io::BufWriter::with_capacity(1 << 20, out);
    let manifest = seal_file(input, &mut out, &name, media_type(&name))?;
    let out = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    out.sync_all()?;
    Ok(manifest)
}

/// By the end of the name: only what offices send one another. Everything else is bytes.
fn media_type(name: &str) -> &'static str {
    let end = name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    match end.as_deref() {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("pdf") => "application/pdf",
        Some("mp4") => "video/mp4",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    }
}

async fn remove(file: &Path) {
    if let Err(error) = tokio::fs::remove_file(file).await {
        tracing::debug!("scratch file: {error}");
    }
}

fn unreadable(path: &Path, field: &str, error: &std::io::Error) -> Failure {
    let code = if error.kind() == std::io::ErrorKind::StorageFull {
        "disk_full"
    } else {
        "cannot_read"
    };
    Failure::input(
        Problem::new(code)
            .field(field)
            .arg("file", path.display())
            .arg("what", error),
    )
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
        let now = inner.now();
        for row in inner.transfers.idle(now) {
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
                inner.transfers.asked(&row.id, &peer, now);
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
        inner.transfers.put_hash(id, have, hash);
        Ok(())
    }

    /// Makes ready for pieces that come without having been asked for, from a bundle file.
    pub(crate) async fn expect_data(&self, id: &AttachmentId) {
        self.want_attachments().await;
        if let Err(error) = self.prepare(id).await {
            tracing::error!(%id, "what has arrived cannot be read: {error}");
        }
    }

    /// A piece of a wanted attachment. What does not follow on what is there is left out.
    /// Returns whether it was kept.
    pub(crate) async fn take_data(&self, id: AttachmentId, offset: u64, bytes: Bytes) -> bool {
        let inner = &self.inner;
        let now = inner.now();
        let Some(mut piece) = inner.transfers.begin(&id, offset, now) else {
            return false;
        };
        let have = offset.saturating_add(count(bytes.len()));
        if have > piece.size {
            tracing::warn!(%id, "more bytes than were announced");
            self.failed(id).await;
            return false;
        }
        piece.hash.update(&bytes);
        match self.keep_piece(id, offset, bytes, have, &piece, now).await {
            Ok(durable) => {
                inner
                    .transfers
                    .end(&id, have, piece.hash.clone(), durable.then_some(now));
            }
            Err(error) => {
                tracing::error!(%id, "a piece was not kept: {error}");
                inner.transfers.back(&id, now);
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
        have: u64,
        piece: &Piece,
        now: Timestamp,
    ) -> Result<bool, store::WriteError> {
        let store = &self.inner.store;
        store.attachment_write(id, offset, bytes.to_vec()).await?;
        let unsynced = have.saturating_sub(piece.durable);
        let due = unsynced >= SYNC_BYTES && now.millis_since(piece.synced) >= SYNC_EVERY_MS;
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
                inner.transfers.back(&id, now);
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
                row.since = now.plus_seconds(ASK_AGAIN_S);
                inner.transfers.add(vec![row]);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%id, "its row cannot be read: {error}"),
        }
    }

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
            let piece = u32::try_from(end.saturating_sub(at)).unwrap_or(u32::MAX).min(wish);
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

    /// Opens a complete attachment and saves the plain file. Audited before it is written.
    pub async fn attachment_save(
        &self,
        id: AttachmentId,
        file: &Path,
        officer: Option<OfficerId>,
        reason: Option<String>,
    ) -> Result<u64, Failure> {
        let inner = &self.inner;
        let row = inner
            .store
            .attachment(id)
            .await?
            .ok_or_else(|| Failure::not_found(Problem::new("no_such_attachment").arg("id", id)))?;
        if row.state != AttachmentState::Complete {
            return Err(Failure::new(
                FailureClass::Later,
                vec![
                    Problem::new("attachment_incomplete")
                        .arg("id", id)
                        .arg("have", row.have)
                        .arg("size", row.size),
                ],
            ));
        }
        let (_, opened) = self.reopen(row.dispatch).await?;
        let manifest = opened
            .statement
            .attachments
            .iter()
            .find(|manifest| manifest.id == id)
            .ok_or_else(|| Failure::not_found(Problem::new("no_such_attachment").arg("id", id)))?;
        let audit = on_object(
            inner.now(),
            Actor::Officer(officer.as_ref()),
            "save_attachment",
            id.to_string(),
            reason,
        );
        self.write("save_attachment", vec![audit]).await?;
        self.open_to(manifest, file).await
    }

    /// Opened beside the goal and renamed at the end: a plain file that was not verified never has its name.
    async fn open_to(&self, manifest: &Manifest, file: &Path) -> Result<u64, Failure> {
        use tokio::io::AsyncWriteExt as _;

        let failed = |error: std::io::Error| {
            Failure::new(
                FailureClass::Later,
                vec![
                    Problem::new("cannot_write")
                        .field("file")
                        .arg("file", file.display())
                        .arg("what", error),
                ],
            )
        };
        if tokio::fs::try_exists(file).await.map_err(failed)? {
            return Err(Failure::input(
                Problem::new("file_exists")
                    .field("file")
                    .arg("file", file.display()),
            ));
        }
        let mut name = file.as_os_str().to_owned();
        name.push(".part");
        let draft = PathBuf::from(name);
        let mut out = tokio::fs::File::create(&draft).await.map_err(failed)?;
        let mut opener = Opener::new(manifest);
        let mut offset = 0;
        while offset < manifest.sealed_size {
            let sealed = self
                .inner
                .store
                .attachment_read(manifest.id, offset, 1 << 20)
                .await?;
            if sealed.is_empty() {
                break;
            }
            offset = offset.saturating_add(count(sealed.len()));
            let plain = opener.push(&sealed);
            let plain = match plain {
                Ok(plain) => plain,
                Err(error) => {
                    remove(&draft).await;
                    return Err(Failure::broken("attachment_broken", error));
                }
            };
            out.write_all(&plain).await.map_err(failed)?;
        }
        let rest = match opener.finish() {
            Ok(rest) => rest,
            Err(error) => {
                remove(&draft).await;
                return Err(Failure::broken("attachment_broken", error));
            }
        };
        out.write_all(&rest).await.map_err(failed)?;
        out.sync_all().await.map_err(failed)?;
        tokio::fs::rename(&draft, file).await.map_err(failed)?;
        Ok(manifest.size)
    }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
