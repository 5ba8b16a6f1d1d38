//! What the links ask of the node: who is who, what arrived, what goes out.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use exchange::frame::{Frame, HaveEntry, Hello};
use exchange::have::SeqSet;
use model::ids::NodeId;
use model::time::Timestamp;

use crate::api::Event;
use crate::link::{Host, LinkConfig, Outbox, Peer};
use crate::node::{Inner, Node};

#[async_trait]
impl Host for Node {
    fn hello(&self) -> Hello {
        let register = self.inner.register();
        Hello {
            version: exchange::frame::VERSION,
            node: self.inner.config.node.clone(),
            network: register.network(),
            register: register.checkpoint(),
            clock: self.inner.now(),
            features: Vec::new(),
        }
    }

    fn peer_by_link_key(&self, key: &[u8]) -> Option<NodeId> {
        self.inner.register().node_by_link_key(key).cloned()
    }

    fn endpoints(&self) -> Vec<Peer> {
        self.inner.peers()
    }

    async fn connected(&self, peer: &NodeId, hello: Hello, outbox: Outbox) {
        let inner = &self.inner;
        inner.courier.connected(peer, outbox);
        inner.tell(Event::Link {
            node: peer.clone(),
            at: inner.now(),
            up: true,
        });
        match inner.store.have().await {
            Ok(have) => {
                let entries = have
                    .into_iter()
                    .map(|(origin, ranges)| HaveEntry {
                        origin,
                        ranges: ranges
                            .into_iter()
                            .map(|range| (range.first, range.last))
                            .collect(),
                    })
                    .collect();
                inner.courier.push(peer, Frame::Have { entries });
            }
            Err(error) => tracing::error!("what we have cannot be read: {error}"),
        }
        match inner.store.voids(peer).await {
            Ok(seqs) if seqs.is_empty() => {}
            Ok(seqs) => {
                inner.courier.push(peer, Frame::Void { seqs });
            }
            Err(error) => tracing::error!("voids cannot be read: {error}"),
        }
        if hello.register != inner.register().checkpoint() {
            inner.courier.push(peer, Frame::ActsWant {});
        }
        if inner.config.relays.contains(peer) {
            self.ask_relay(peer).await;
        }
        self.want_attachments().await;
    }

    async fn receive(&self, peer: &NodeId, frames: Vec<Frame>) {
        for frame in frames {
            self.dispatch_frame(peer, frame).await;
        }
    }

    async fn disconnected(&self, peer: &NodeId) {
        let inner = &self.inner;
        inner.courier.disconnected(peer);
        inner.transfers.disconnected(peer);
        inner.tell(Event::Link {
            node: peer.clone(),
            at: inner.now(),
            up: false,
        });
        // What was on its way there may go by a relay now.
        for relay in &inner.config.relays {
            if inner.courier.is_connected(relay) {
                inner.courier.read_again(relay);
                let node = self.clone();
                let relay = relay.clone();
                inner.spawn(async move { node.refill(&relay).await });
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    async fn waits(&self, peer: &NodeId) -> bool {
        match self.inner.store.outbox(peer, 1).await {
            Ok(items) => !items.is_empty(),
            Err(error) => {
                tracing::error!(%peer, "the outbox cannot be read: {error}");
                false
            }
        }
    }
}

impl Node {
    async fn dispatch_frame(&self, peer: &NodeId, frame: Frame) {
        let node = self.clone();
        let peer = peer.clone();
        match frame {
            Frame::Dispatch { bytes, .. } => {
                // Waiting here for a place is what slows a peer down that sends faster than we store.
                let Ok(place) = std::sync::Arc::clone(&self.inner.work)
                    .acquire_owned()
                    .await
                else {
                    return;
                };
                self.inner.spawn(async move {
                    let taken = node.take_in(Some(&peer), &bytes).await;
                    for frame in taken.frames() {
                        node.inner.courier.push(&peer, frame);
                    }
                    drop(place);
                });
            }
            Frame::Receipt { bytes } => {
                self.inner.spawn(async move {
                    node.take_receipt(Some(&peer), &bytes).await;
                });
            }
            Frame::ReceiptWant { ids } => {
                self.inner
                    .spawn(async move { node.give_receipts(&peer, ids).await });
            }
            Frame::Defer {
                id, retry_after_s, ..
            } => {
                let wait = Duration::from_secs(u64::from(retry_after_s.clamp(1, 3_600)));
                self.inner.courier.defer(&peer, id, wait);
            }
            Frame::Have { entries } => {
                self.inner
                    .spawn(async move { node.learn(&peer, entries).await });
            }
            Frame::Void { seqs } => self.inner.courier.voided(&peer, seqs),
            Frame::ActsWant {} => self.send_acts(&peer),
            Frame::Acts { acts } => {
                self.inner.spawn(async move {
                    if let Err(failure) = node.apply_acts(Some(&peer), acts).await {
                        tracing::error!(%peer, "acts were not applied: {:?}", failure.problems);
                    }
                });
            }
            Frame::AttachmentWant { id, offset, len } => {
                self.inner
                    .spawn(async move { node.serve_attachment(&peer, id, offset, len).await });
            }
            Frame::AttachmentData { id, offset, bytes } => {
                // In order, and no faster than the disk: the next frame waits.
                node.take_data(id, offset, bytes).await;
            }
            Frame::AttachmentGone { id, .. } => self.inner.transfers.gone(&peer, &id),
            // The link keeps these to itself.
            Frame::Hello(_)
            | Frame::Ack { .. }
            | Frame::Ping { .. }
            | Frame::Pong { .. }
            | Frame::Bye { .. }
            | Frame::Unknown { .. } => {}
        }
    }

    /// The peer told what it has: our counter catches up, what it lost goes again, what waits goes out.
    async fn learn(&self, peer: &NodeId, entries: Vec<HaveEntry>) {
        let inner = &self.inner;
        let mut have: BTreeMap<NodeId, SeqSet> = BTreeMap::new();
        for entry in entries {
            have.insert(entry.origin, SeqSet::from_ranges(&entry.ranges));
        }
        let ours = have.get(&inner.config.node).cloned().unwrap_or_default();
        if let Some(last) = ours.last()
            && let Some(change) = inner.sequences.raise(peer, last)
        {
            tracing::warn!(%peer, last, "this node was behind its own numbers: restored from a backup?");
            if let Err(error) = self.write("catch_up", vec![change]).await {
                tracing::error!("the counter was not kept: {error}");
            }
        }
        inner.courier.learn(peer, have);
        self.send_again(peer, &ours).await;
        Self::refill(self, peer).await;
    }

    /// What the peer had and has lost (a restore from an old backup): it goes again, receipt or not.
    async fn send_again(&self, peer: &NodeId, have: &SeqSet) {
        let inner = &self.inner;
        let ranges: Vec<store::dispatch::SeqRange> = have
            .ranges()
            .map(|(first, last)| store::dispatch::SeqRange { first, last })
            .collect();
        let now = inner.now();
        let lost = match inner.store.sent_outside(peer, &ranges, now).await {
            Ok(lost) => lost,
            Err(error) => {
                tracing::error!(%peer, "what was sent cannot be read: {error}");
                return;
            }
        };
        for some in lost.chunks(64) {
            let ids: Vec<_> = some.iter().map(|item| item.dispatch).collect();
            match inner.store.dispatch_bytes(&ids).await {
                Ok(found) => {
                    for (id, bytes) in found {
                        let lane = some
                            .iter()
                            .find(|item| item.dispatch == id)
                            .map_or(model::lane::Lane::Routine, |item| item.lane);
                        inner.courier.send_now(peer, id, lane, bytes.into());
                    }
                }
                Err(error) => tracing::error!(%peer, "dispatches cannot be read: {error}"),
            }
        }
    }
}

impl Inner {
    /// Whom to dial: the configuration's addresses, else the register's.
    fn peers(&self) -> Vec<Peer> {
        let register = self.register();
        let mut peers = Vec::new();
        for node in register.nodes() {
            if node.id == self.config.node {
                continue;
            }
            let dial = self.config.dial.iter().find(|dial| dial.node == node.id);
            let addresses =
                dial.map_or_else(|| node.endpoints.clone(), |dial| dial.addresses.clone());
            if !addresses.is_empty() {
                peers.push(Peer {
                    node: node.id.clone(),
                    addresses,
                    batch: dial.is_some_and(|dial| dial.batch),
                });
            }
        }
        peers
    }

    pub(crate) fn link_config(&self) -> LinkConfig {
        LinkConfig {
            listen: self.config.listen.clone(),
            seed: self.keyring().link_seed.clone(),
        }
    }
}
