//! Bundle files: what waits for a node, carried by hand. The same frames as on a link, and the same checks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use exchange::bundle::{BundleReader, BundleWriter};
use exchange::frame::Frame;
use model::ids::{AttachmentId, DispatchId, NodeId};
use store::attachment::AttachmentState;
use store::dispatch::{Direction, DispatchQuery};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader, BufWriter};

use crate::api::{BundleDone, Failure, FailureClass, Problem};
use crate::audit::{Actor, on_object};
use crate::inbox::Taken;
use crate::node::Node;

/// How many rows are read at once.
const PAGE: u32 = 500;

/// Sealed attachment bytes in one frame.
const DATA: u32 = 48 << 10;

/// Bytes read from a bundle file at once.
const CHUNK: usize = 256 << 10;

impl Node {
    /// Writes a bundle for these nodes (all that something waits for, if none is named). The file is
    /// there whole or not at all. Nothing changes its state: a receipt does that.
    pub async fn bundle_export(
        &self,
        file: &Path,
        nodes: &[NodeId],
    ) -> Result<BundleDone, Failure> {
        if tokio::fs::try_exists(file).await.unwrap_or(false) {
            return Err(Failure::input(
                Problem::new("file_exists")
                    .field("file")
                    .arg("file", file.display()),
            ));
        }
        let nodes = self.bundle_nodes(nodes).await?;
        let draft = scratch_name(file);
        let done = self.write_bundle(&draft, file, &nodes).await;
        if done.is_err()
            && let Err(error) = tokio::fs::remove_file(&draft).await
        {
            tracing::debug!("unfinished bundle: {error}");
        }
        let done = done?;
        let audit = nodes
            .iter()
            .map(|node| {
                on_object(
                    self.inner.now(),
                    Actor::Machine,
                    "bundle_export",
                    node.to_string(),
                    Some(format!("dispatches:{}", done.dispatches)),
                )
            })
            .collect();
        self.write("bundle_export", audit).await?;
        Ok(done)
    }

    async fn bundle_nodes(&self, nodes: &[NodeId]) -> Result<BTreeSet<NodeId>, Failure> {
        let register = self.inner.register();
        if let Some((index, node)) = nodes
            .iter()
            .enumerate()
            .find(|(_, node)| register.node(node).is_none())
        {
            return Err(Failure::input(
                Problem::new("no_such_node")
                    .field(format!("nodes[{index}]"))
                    .arg("node", node),
            ));
        }
        if !nodes.is_empty() {
            return Ok(nodes.iter().cloned().collect());
        }
        // Whoever waits for a receipt of ours is served too.
        let mut all: BTreeSet<NodeId> = self
            .inner
            .store
            .waiting()
            .await?
            .into_iter()
            .map(|(node, _)| node)
            .collect();
        all.extend(
            self.inner
                .store
                .have()
                .await?
                .into_iter()
                .map(|(origin, _)| origin),
        );
        all.remove(&self.inner.config.node);
        Ok(all)
    }

    async fn write_bundle(
        &self,
        draft: &Path,
        file: &Path,
        nodes: &BTreeSet<NodeId>,
    ) -> Result<BundleDone, Failure> {
        let failed = |error: std::io::Error| cannot_write(file, &error);
        let out = File::create_new(draft).await.map_err(failed)?;
        let mut bundle = Out {
            writer: BundleWriter::new(&self.inner.config.node),
            file: BufWriter::with_capacity(CHUNK, out),
            buffer: Vec::new(),
            done: empty(file),
        };
        bundle.begin().await.map_err(failed)?;
        let acts: Vec<Vec<u8>> = self
            .inner
            .register()
            .acts()
            .map(|act| act.bytes().to_vec())
            .collect();
        for frame in crate::register::frames(&acts) {
            if let Frame::Acts { acts } = &frame {
                bundle.done.acts = bundle.done.acts.saturating_add(count(acts.len()));
            }
            bundle.add(&frame).await.map_err(failed)?;
        }
        let mut sent = BTreeSet::new();
        for node in nodes {
            self.add_receipts(node, &mut bundle, file).await?;
            self.add_waiting(node, &mut sent, &mut bundle, file).await?;
        }
        // Files last: a text always overtakes a file.
        for id in &sent {
            self.add_attachments(*id, &mut bundle, file).await?;
        }
        let done = bundle.finish().await.map_err(failed)?;
        tokio::fs::rename(draft, file).await.map_err(failed)?;
        sync_folder(file).await.map_err(failed)?;
        Ok(done)
    }

    async fn add_waiting(
        &self,
        node: &NodeId,
        sent: &mut BTreeSet<DispatchId>,
        bundle: &mut Out,
        file: &Path,
    ) -> Result<(), Failure> {
        let now = self.inner.now();
        let items = self.inner.store.outbox(node, u32::MAX).await?;
        let lanes: BTreeMap<DispatchId, model::lane::Lane> = items
            .iter()
            .filter(|item| item.expires > now && !sent.contains(&item.dispatch))
            .map(|item| (item.dispatch, item.lane))
            .collect();
        let ids: Vec<DispatchId> = lanes.keys().copied().collect();
        for some in ids.chunks(64) {
            for (id, bytes) in self.inner.store.dispatch_bytes(some).await? {
                let lane = lanes
                    .get(&id)
                    .copied()
                    .unwrap_or(model::lane::Lane::Routine);
                let frame = Frame::Dispatch {
                    lane,
                    bytes: bytes.into(),
                };
                bundle
                    .add(&frame)
                    .await
                    .map_err(|error| cannot_write(file, &error))?;
                bundle.done.dispatches = bundle.done.dispatches.saturating_add(1);
                sent.insert(id);
            }
        }
        Ok(())
    }

    /// Receipts for what came from that node and has not expired: it may have got none of them.
    async fn add_receipts(
        &self,
        node: &NodeId,
        bundle: &mut Out,
        file: &Path,
    ) -> Result<(), Failure> {
        let now = self.inner.now();
        for direction in [Direction::In, Direction::Relay] {
            let mut before = None;
            loop {
                let query = DispatchQuery {
                    direction: Some(direction),
                    before,
                    limit: PAGE,
                    ..DispatchQuery::default()
                };
                let lines = self.inner.store.dispatches(&query).await?;
                let Some(last) = lines.last() else { break };
                before = Some(last.stored);
                for line in &lines {
                    if line.origin != *node || line.expires <= now {
                        continue;
                    }
                    for row in self.inner.store.receipts(line.id).await? {
                        let frame = Frame::Receipt {
                            bytes: row.bytes.into(),
                        };
                        bundle
                            .add(&frame)
                            .await
                            .map_err(|error| cannot_write(file, &error))?;
                        bundle.done.receipts = bundle.done.receipts.saturating_add(1);
                    }
                }
            }
        }
        Ok(())
    }

    async fn add_attachments(
        &self,
        dispatch: DispatchId,
        bundle: &mut Out,
        file: &Path,
    ) -> Result<(), Failure> {
        for row in self.inner.store.attachments_of(dispatch).await? {
            if row.state != AttachmentState::Complete {
                continue;
            }
            let mut offset = 0;
            while offset < row.size {
                let bytes = self
                    .inner
                    .store
                    .attachment_read(row.id, offset, DATA)
                    .await?;
                if bytes.is_empty() {
                    return Err(Failure::broken(
                        "attachment_broken",
                        format!("{} ends at {offset} of {}", row.id, row.size),
                    ));
                }
                let len = count(bytes.len());
                let frame = Frame::AttachmentData {
                    id: row.id,
                    offset,
                    bytes: bytes.into(),
                };
                bundle
                    .add(&frame)
                    .await
                    .map_err(|error| cannot_write(file, &error))?;
                offset = offset.saturating_add(len);
                bundle.done.attachment_bytes = bundle.done.attachment_bytes.saturating_add(len);
            }
        }
        Ok(())
    }

    /// Takes a bundle in, frame by frame. What is whole before a cut is kept.
    pub async fn bundle_import(&self, file: &Path) -> Result<BundleDone, Failure> {
        let unreadable = |error: std::io::Error| {
            Failure::input(
                Problem::new("cannot_read")
                    .field("file")
                    .arg("file", file.display())
                    .arg("what", error),
            )
        };
        let mut input =
            BufReader::with_capacity(CHUNK, File::open(file).await.map_err(unreadable)?);
        let mut reader = BundleReader::new();
        let mut done = empty(file);
        let mut data: BTreeSet<AttachmentId> = BTreeSet::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = input.read(&mut chunk).await.map_err(unreadable)?;
            done.bytes = done.bytes.saturating_add(count(read));
            reader.push(chunk.get(..read).unwrap_or_default());
            loop {
                match reader.next() {
                    Ok(Some(frame)) => self.import_frame(frame, &mut done, &mut data).await?,
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(at = error.at, code = error.code(), "bundle ends here");
                        done.broken_at = Some(error.at);
                        return Ok(done);
                    }
                }
            }
            if read == 0 {
                if !reader.is_finished() {
                    done.broken_at = Some(reader.position());
                }
                return Ok(done);
            }
        }
    }

    async fn import_frame(
        &self,
        frame: Frame,
        done: &mut BundleDone,
        data: &mut BTreeSet<AttachmentId>,
    ) -> Result<(), Failure> {
        match frame {
            Frame::Acts { acts } => {
                let tally = self.apply_acts(None, acts).await?;
                done.acts = done.acts.saturating_add(tally.applied);
            }
            Frame::Dispatch { bytes, .. } => self.import_dispatch(&bytes, done).await,
            Frame::Receipt { bytes } => {
                if self.take_receipt(None, &bytes).await {
                    done.receipts = done.receipts.saturating_add(1);
                }
            }
            Frame::AttachmentData { id, offset, bytes } => {
                if data.insert(id) {
                    self.expect_data(&id).await;
                }
                let len = count(bytes.len());
                if self.take_data(id, offset, bytes).await {
                    done.attachment_bytes = done.attachment_bytes.saturating_add(len);
                }
            }
            other => {
                tracing::debug!(kind = other.name(), "a frame without use in a bundle");
            }
        }
        Ok(())
    }

    async fn import_dispatch(&self, bytes: &Bytes, done: &mut BundleDone) {
        let code = match self.take_in(None, bytes).await {
            Taken::Stored { .. } => {
                done.dispatches = done.dispatches.saturating_add(1);
                return;
            }
            Taken::Repeated { .. } => {
                done.repeated = done.repeated.saturating_add(1);
                return;
            }
            Taken::Refused { reason, .. } => reason.code(),
            Taken::Deferred { reason, .. } => reason.code(),
            Taken::Malformed { code } => code,
        };
        let refused = done.refused.entry(code.to_owned()).or_default();
        *refused = refused.saturating_add(1);
    }
}

/// A bundle file that is being written.
struct Out {
    writer: BundleWriter,
    file: BufWriter<File>,
    buffer: Vec<u8>,
    done: BundleDone,
}

impl Out {
    async fn begin(&mut self) -> std::io::Result<()> {
        self.writer.begin(&mut self.buffer);
        self.flush().await
    }

    async fn add(&mut self, frame: &Frame) -> std::io::Result<()> {
        self.writer.add(frame, &mut self.buffer);
        self.flush().await
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        self.done.bytes = self.done.bytes.saturating_add(count(self.buffer.len()));
        self.file.write_all(&self.buffer).await?;
        self.buffer.clear();
        Ok(())
    }

    async fn finish(mut self) -> std::io::Result<BundleDone> {
        self.writer.finish(&mut self.buffer);
        self.flush().await?;
        self.file.flush().await?;
        self.file.get_ref().sync_all().await?;
        Ok(self.done)
    }
}

fn empty(file: &Path) -> BundleDone {
    BundleDone {
        file: file.to_owned(),
        dispatches: 0,
        receipts: 0,
        acts: 0,
        attachment_bytes: 0,
        bytes: 0,
        repeated: 0,
        refused: BTreeMap::new(),
        broken_at: None,
    }
}

fn cannot_write(file: &Path, error: &std::io::Error) -> Failure {
    let code = if error.kind() == std::io::ErrorKind::StorageFull {
        "disk_full"
    } else {
        "cannot_write"
    };
    Failure::new(
        FailureClass::Later,
        vec![
            Problem::new(code)
                .field("file")
                .arg("file", file.display())
                .arg("what", error),
        ],
    )
}

fn scratch_name(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

async fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    File::open(folder).await?.sync_all().await
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
