//! The courier: which dispatch goes over which link, and when it goes again.
//!
//! The store is the queue. In memory is only what is on its way over a link that is up: it leaves when a
//! receipt comes, when the peer asks to wait, or when the link goes down - then the store offers it again.
//! Direct link first, else a relay; FLASH goes both ways at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use envelope::header::Header;
use exchange::frame::Frame;
use exchange::have::SeqSet;
use model::ids::{DispatchId, NodeId};
use model::lane::Lane;
use store::delivery::OutboxItem;
use tokio::time::Instant;

use crate::link::Outbox;
use crate::node::Node;
use crate::sequence::lock;

/// Dispatches on their way to one peer: enough to keep a fast link busy.
const IN_FLIGHT: usize = 512;

/// Sealed bytes on their way to one peer: bounds memory where dispatches are large.
const IN_FLIGHT_BYTES: usize = 8 << 20;

/// How many are read from the store at once.
const REFILL: usize = 256;

/// A dispatch without an answer for so long is asked about. Waiting is measured by the machine, not by its clock:
/// that one may be set.
const SILENCE: Duration = Duration::from_mins(2);

/// How often expiry, silence and deferred dispatches are looked at.
const WATCH: Duration = Duration::from_millis(500);

/// What is on its way, peer by peer.
#[derive(Debug, Default)]
pub(crate) struct Courier {
    peers: Mutex<BTreeMap<NodeId, Peer>>,
    /// Numbers of each peer's sequence to us that will never be used, as the peer told.
    voids: Mutex<BTreeMap<NodeId, SeqSet>>,
}

#[derive(Debug)]
struct Peer {
    outbox: Outbox,
    /// Known once the peer has said what it holds; nothing is sent before.
    have: Option<BTreeMap<NodeId, SeqSet>>,
    in_flight: BTreeMap<DispatchId, Flight>,
    in_flight_bytes: usize,
    /// Not to be offered again before that instant: the peer asked to wait.
    deferred: BTreeMap<DispatchId, Instant>,
    /// Counts what was left in the store because this peer had enough on its way.
    left: u64,
    /// The value of `left` up to which the store was read to its end.
    read: u64,
    refilling: bool,
}

#[derive(Debug, Clone, Copy)]
struct Flight {
    bytes: usize,
    since: Instant,
}

impl Peer {
    fn has_room(&self) -> bool {
        self.in_flight.len() < IN_FLIGHT && self.in_flight_bytes < IN_FLIGHT_BYTES
    }

    fn behind(&self) -> bool {
        self.left != self.read
    }

    fn launch(&mut self, id: DispatchId, bytes: bytes::Bytes, lane: Lane) {
        let flight = Flight {
            bytes: bytes.len(),
            since: Instant::now(),
        };
        if self.in_flight.insert(id, flight).is_none() {
            self.in_flight_bytes = self.in_flight_bytes.saturating_add(flight.bytes);
            self.outbox.push(Frame::Dispatch { lane, bytes });
        }
    }

    fn land(&mut self, id: &DispatchId) {
        if let Some(flight) = self.in_flight.remove(id) {
            self.in_flight_bytes = self.in_flight_bytes.saturating_sub(flight.bytes);
        }
    }

    fn holds(&self, item: &OutboxItem) -> bool {
        self.have
            .as_ref()
            .and_then(|have| have.get(&item.origin))
            .is_some_and(|set| set.contains(item.seq))
    }
}

impl Courier {
    pub(crate) fn connected(&self, peer: &NodeId, outbox: Outbox) {
        let peer_state = Peer {
            outbox,
            have: None,
            in_flight: BTreeMap::new(),
            in_flight_bytes: 0,
            deferred: BTreeMap::new(),
            left: 1,
            read: 0,
            refilling: false,
        };
        lock(&self.peers).insert(peer.clone(), peer_state);
    }

    pub(crate) fn disconnected(&self, peer: &NodeId) {
        lock(&self.peers).remove(peer);
    }

    pub(crate) fn is_connected(&self, peer: &NodeId) -> bool {
        lock(&self.peers).contains_key(peer)
    }

    pub(crate) fn connected_peers(&self) -> Vec<NodeId> {
        lock(&self.peers).keys().cloned().collect()
    }

    /// Queues a frame for a peer; says whether its link is up.
    pub(crate) fn push(&self, peer: &NodeId, frame: Frame) -> bool {
        lock(&self.peers)
            .get(peer)
            .map(|peer| peer.outbox.push(frame))
            .is_some()
    }

    pub(crate) fn push_to_all(&self, except: Option<&NodeId>, frames: &[Frame]) {
        for (node, peer) in lock(&self.peers).iter() {
            if Some(node) != except {
                for frame in frames {
                    peer.outbox.push(frame.clone());
                }
            }
        }
    }

    pub(crate) fn outbox(&self, peer: &NodeId) -> Option<Outbox> {
        lock(&self.peers).get(peer).map(|peer| peer.outbox.clone())
    }

    /// What the peer holds, origin by origin.
    pub(crate) fn learn(&self, peer: &NodeId, have: BTreeMap<NodeId, SeqSet>) {
        if let Some(peer) = lock(&self.peers).get_mut(peer) {
            peer.have = Some(have);
            peer.left = peer.left.saturating_add(1);
        }
    }

    /// Numbers of the peer's sequence to us that were never used.
    pub(crate) fn voided(&self, peer: &NodeId, seqs: Vec<u64>) {
        let mut voids = lock(&self.voids);
        let known = voids.entry(peer.clone()).or_default();
        for seq in seqs {
            known.insert(seq);
        }
    }

    /// What is known to be void of that origin's sequence to us; it is told again on each link.
    pub(crate) fn voids_of(&self, origin: &NodeId) -> SeqSet {
        lock(&self.voids).get(origin).cloned().unwrap_or_default()
    }

    /// Notes that the store may have more for that peer.
    pub(crate) fn read_again(&self, peer: &NodeId) {
        if let Some(peer) = lock(&self.peers).get_mut(peer) {
            peer.left = peer.left.saturating_add(1);
        }
    }

    /// Sends whatever waits before it in the store.
    pub(crate) fn send_now(&self, peer: &NodeId, id: DispatchId, lane: Lane, bytes: bytes::Bytes) {
        if let Some(peer) = lock(&self.peers).get_mut(peer) {
            peer.launch(id, bytes, lane);
        }
    }

    /// A dispatch was answered for (or has no way there any more): room for the next.
    /// Says whether the store should be read for this peer.
    pub(crate) fn land(&self, peer: &NodeId, id: &DispatchId) -> bool {
        let mut peers = lock(&self.peers);
        let Some(peer) = peers.get_mut(peer) else {
            return false;
        };
        peer.land(id);
        peer.deferred.remove(id);
        peer.behind() && !peer.refilling && peer.in_flight.len() < REFILL
    }

    /// The peer asked to be offered this one later.
    pub(crate) fn defer(&self, peer: &NodeId, id: DispatchId, wait: Duration) {
        if let Some(peer) = lock(&self.peers).get_mut(peer) {
            peer.land(&id);
            peer.deferred.insert(id, Instant::now() + wait);
        }
    }

    /// Sends at once where there is room; otherwise notes that the store has more.
    fn offer(&self, to: &NodeId, id: DispatchId, lane: Lane, bytes: &bytes::Bytes) {
        let mut peers = lock(&self.peers);
        let Some(peer) = peers.get_mut(to) else {
            return;
        };
        // FLASH never waits behind what the store still has for this peer.
        let room = lane == Lane::Flash || (peer.has_room() && !peer.behind());
        if peer.have.is_some() && room {
            peer.launch(id, bytes.clone(), lane);
        } else {
            peer.left = peer.left.saturating_add(1);
        }
    }

    fn begin_refill(&self, peer: &NodeId) -> Option<(u64, u32)> {
        let mut peers = lock(&self.peers);
        let peer = peers.get_mut(peer)?;
        if peer.refilling || peer.have.is_none() {
            return None;
        }
        peer.refilling = true;
        let seen = peer.in_flight.len().saturating_add(peer.deferred.len());
        let limit = u32::try_from(seen.saturating_add(REFILL)).unwrap_or(u32::MAX);
        Some((peer.left, limit))
    }

    /// Of what the store has: what to send now, and what only to ask a receipt for.
    fn sort(&self, peer: &NodeId, items: Vec<OutboxItem>) -> (Vec<OutboxItem>, Vec<DispatchId>) {
        let now = Instant::now();
        let mut send = Vec::new();
        let mut ask = Vec::new();
        let mut peers = lock(&self.peers);
        let Some(peer) = peers.get_mut(peer) else {
            return (send, ask);
        };
        let mut room = IN_FLIGHT.saturating_sub(peer.in_flight.len());
        for item in items {
            let waits = peer
                .deferred
                .get(&item.dispatch)
                .is_some_and(|until| *until > now);
            if waits || peer.in_flight.contains_key(&item.dispatch) {
                continue;
            }
            if room == 0 {
                break;
            }
            room = room.saturating_sub(1);
            if peer.holds(&item) {
                let flight = Flight {
                    bytes: 0,
                    since: now,
                };
                peer.in_flight.insert(item.dispatch, flight);
                ask.push(item.dispatch);
            } else {
                send.push(item);
            }
        }
        (send, ask)
    }

    fn launch(&self, peer: &NodeId, found: Vec<(Lane, DispatchId, Vec<u8>)>) {
        if let Some(peer) = lock(&self.peers).get_mut(peer) {
            for (lane, id, bytes) in found {
                peer.deferred.remove(&id);
                peer.launch(id, bytes.into(), lane);
            }
        }
    }

    /// Notes how far the store was read; true if there may be more to send at once.
    fn end_refill(&self, peer: &NodeId, mark: u64, to_the_end: bool) -> bool {
        let mut peers = lock(&self.peers);
        let Some(peer) = peers.get_mut(peer) else {
            return false;
        };
        peer.refilling = false;
        if to_the_end {
            peer.read = mark;
        }
        peer.behind() && peer.in_flight.len() < REFILL
    }

    /// Peers with something due: deferred dispatches whose time has come, or a store read not to its end.
    fn due(&self) -> Vec<NodeId> {
        let now = Instant::now();
        let mut peers = lock(&self.peers);
        let mut due = Vec::new();
        for (node, peer) in peers.iter_mut() {
            let again = peer.deferred.values().any(|until| *until <= now);
            if again {
                peer.deferred.retain(|_, until| *until > now);
                peer.left = peer.left.saturating_add(1);
            }
            if peer.behind() && !peer.refilling && peer.in_flight.len() < REFILL {
                due.push(node.clone());
            }
        }
        due
    }

    /// Dispatches on their way for too long, peer by peer: asked about once, then once again after as long.
    fn silent(&self) -> Vec<(NodeId, Vec<DispatchId>)> {
        let now = Instant::now();
        let mut silent = Vec::new();
        for (node, peer) in lock(&self.peers).iter_mut() {
            let mut ids = Vec::new();
            for (id, flight) in &mut peer.in_flight {
                if now.saturating_duration_since(flight.since) > SILENCE {
                    flight.since = now;
                    ids.push(*id);
                }
            }
            if !ids.is_empty() {
                silent.push((node.clone(), ids));
            }
        }
        silent
    }
}

impl Node {
    /// A dispatch that was just stored: goes out over every link that it should take.
    pub(crate) fn offer(&self, header: &Header, id: DispatchId, bytes: &bytes::Bytes) {
        let inner = &self.inner;
        let mut relays = BTreeSet::new();
        for destination in &header.destinations {
            if destination.node == inner.config.node || destination.node == header.origin {
                continue;
            }
            let direct = inner.courier.is_connected(&destination.node);
            if direct {
                inner
                    .courier
                    .offer(&destination.node, id, header.lane, bytes);
            }
            if (!direct || header.lane == Lane::Flash)
                && let Some(relay) = self.relay_for(&destination.node)
            {
                relays.insert(relay);
            }
        }
        // What is held here for others is passed on directly only: a relay does not feed a relay.
        if header.origin == inner.config.node {
            for relay in relays {
                inner.courier.offer(&relay, id, header.lane, bytes);
            }
        }
    }

    /// The first configured relay whose link is up, other than the destination itself.
    fn relay_for(&self, destination: &NodeId) -> Option<NodeId> {
        self.inner
            .config
            .relays
            .iter()
            .find(|relay| *relay != destination && self.inner.courier.is_connected(relay))
            .cloned()
    }

    /// Reads the store for that peer until it has enough on its way or nothing waits.
    pub(crate) async fn refill(&self, peer: &NodeId) {
        let inner = &self.inner;
        loop {
            let Some((mark, limit)) = inner.courier.begin_refill(peer) else {
                return;
            };
            let to_the_end = match self.refill_once(peer, limit).await {
                Ok(to_the_end) => to_the_end,
                Err(error) => {
                    tracing::error!(%peer, "the outbox cannot be read: {error}");
                    false
                }
            };
            if !inner.courier.end_refill(peer, mark, to_the_end) || !to_the_end {
                return;
            }
        }
    }

    async fn refill_once(&self, peer: &NodeId, limit: u32) -> Result<bool, store::StoreError> {
        let inner = &self.inner;
        let now = inner.now();
        let mut items = inner.store.outbox(peer, limit).await?;
        let mut to_the_end = items.len() < usize::try_from(limit).unwrap_or(usize::MAX);
        if inner.config.relays.contains(peer) {
            to_the_end &= self.add_relayed(peer, limit, &mut items).await?;
        }
        items.retain(|item| item.expires > now);
        let count = items.len();
        let (send, ask) = inner.courier.sort(peer, items);
        if !ask.is_empty() {
            inner.courier.push(peer, Frame::ReceiptWant { ids: ask });
        }
        let lanes: BTreeMap<DispatchId, Lane> =
            send.iter().map(|item| (item.dispatch, item.lane)).collect();
        let ids: Vec<DispatchId> = send.iter().map(|item| item.dispatch).collect();
        for some in ids.chunks(64) {
            let found = inner
                .store
                .dispatch_bytes(some)
                .await?
                .into_iter()
                .map(|(id, bytes)| (lanes.get(&id).copied().unwrap_or(Lane::Routine), id, bytes))
                .collect();
            inner.courier.launch(peer, found);
        }
        tracing::debug!(%peer, count, "outbox read");
        Ok(to_the_end)
    }

    /// For a relay: what waits for nodes that have no link now and is not with a relay yet.
    async fn add_relayed(
        &self,
        relay: &NodeId,
        limit: u32,
        items: &mut Vec<OutboxItem>,
    ) -> Result<bool, store::StoreError> {
        let inner = &self.inner;
        let mut to_the_end = true;
        let mut known: BTreeSet<DispatchId> = items.iter().map(|item| item.dispatch).collect();
        for (node, _) in inner.store.waiting().await? {
            if node == *relay || inner.courier.is_connected(&node) {
                continue;
            }
            let waiting = inner.store.outbox(&node, limit).await?;
            to_the_end &= waiting.len() < usize::try_from(limit).unwrap_or(usize::MAX);
            items.extend(
                waiting
                    .into_iter()
                    .filter(|item| !item.relayed && !item.custody && known.insert(item.dispatch)),
            );
        }
        Ok(to_the_end)
    }
}

/// Looks every half second at what time alone changes.
pub(crate) async fn watch(node: Node) {
    let inner = &node.inner;
    loop {
        tokio::select! {
            () = inner.cancel.cancelled() => return,
            () = tokio::time::sleep(WATCH) => {}
        }
        node.expire(inner.now()).await;
        for peer in inner.courier.due() {
            let node = node.clone();
            inner.spawn(async move { node.refill(&peer).await });
        }
        for (peer, ids) in inner.courier.silent() {
            inner.courier.push(&peer, Frame::ReceiptWant { ids });
        }
        node.want_attachments().await;
    }
}
