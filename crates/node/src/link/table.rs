//! One link a peer: who has it, how it stands, and which of two connections stays.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use exchange::frame::ByeReason;
use model::ids::NodeId;
use model::time::Timestamp;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::meter::Meter;
use super::outbox::Outbox;
use super::status::{Carrier, LinkStatus};
use crate::sequence::lock;

/// Of two connections within this time, both sides keep the one that the smaller node dialled. Later the
/// newer one stays: the peer would not dial if the old one were alive.
const YOUNG: Duration = Duration::from_secs(10);

/// All peers that were ever linked or dialled.
#[derive(Debug, Default)]
pub(super) struct Table {
    peers: Mutex<BTreeMap<NodeId, Arc<Entry>>>,
}

/// One peer.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) peer: NodeId,
    pub(super) meter: Arc<Meter>,
    /// The dialler sleeps on this.
    pub(super) changed: Notify,
    /// Held from `connected` to `disconnected`: the host sees one link after the other.
    pub(super) turn: Arc<tokio::sync::Mutex<()>>,
    /// Held while a dialled connection shakes hands.
    pub(super) handshake: tokio::sync::Mutex<()>,
    /// The peer's batches, where it sends some.
    pub(super) batch: tokio::sync::Mutex<Option<super::batch::Served>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    seat: Option<Seat>,
    since: Option<Timestamp>,
    heard: Option<Timestamp>,
    ended: Option<&'static str>,
    urgent: bool,
    streams_failed: u32,
    figures: Figures,
    /// Counts connections that had the link.
    seats: u64,
}

/// What a link measured; the rate is remembered for the next one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    pub(super) clock_offset_ms: Option<i64>,
    pub(super) rtt: Option<Duration>,
    /// Bytes per second.
    pub(super) rate: u64,
}

/// A connection that has the link.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) outbox: Outbox,
    pub(super) cancel: CancellationToken,
    pub(super) carrier: Carrier,
    pub(super) dialled: bool,
    began: Instant,
    number: u64,
}

impl Seat {
    /// Says whether both are the same connection.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Table {
    pub(super) fn entry(&self, peer: &NodeId) -> Arc<Entry> {
        let mut peers = lock(&self.peers);
        let entry = peers.entry(peer.clone()).or_insert_with(|| {
            Arc::new(Entry {
                peer: peer.clone(),
                meter: Arc::default(),
                changed: Notify::new(),
                turn: Arc::default(),
                handshake: tokio::sync::Mutex::new(()),
                batch: tokio::sync::Mutex::new(None),
                state: Mutex::default(),
            })
        });
        Arc::clone(entry)
    }

    pub(super) fn wake(&self, peer: &NodeId) {
        let entry = self.entry(peer);
        lock(&entry.state).urgent = true;
        entry.changed.notify_one();
    }

    pub(super) fn status(&self) -> Vec<LinkStatus> {
        let entries: Vec<Arc<Entry>> = lock(&self.peers).values().cloned().collect();
        entries.iter().map(|entry| entry.status()).collect()
    }
}

impl Entry {
    /// Asks for the link. `Err` if the other connection stays.
    pub(super) fn sit(
        &self,
        own: &NodeId,
        carrier: Carrier,
        dialled: bool,
        cancel: CancellationToken,
    ) -> Result<Seat, ByeReason> {
        let mut state = lock(&self.state);
        let preferred = |dialled: bool| dialled == (*own < self.peer);
        if let Some(old) = &state.seat {
            let young = old.began.elapsed() < YOUNG && !old.cancel.is_cancelled();
            if young && (preferred(old.dialled) || !preferred(dialled)) {
                return Err(ByeReason::Replaced);
            }
            old.cancel.cancel();
        }
        state.seats = state.seats.saturating_add(1);
        let seat = Seat {
            outbox: Outbox::default(),
            cancel,
            carrier,
            dialled,
            began: Instant::now(),
            number: state.seats,
        };
        state.seat = Some(seat.clone());
        state.urgent = false;
        Ok(seat)
    }

    /// The link is up: the host was told.
    pub(super) fn up(&self, now: Timestamp) {
        let mut state = lock(&self.state);
        state.since = Some(now);
        state.heard = Some(now);
        drop(state);
        self.changed.notify_one();
    }

    /// Gives the link back, unless another connection has taken it.
    pub(super) fn leave(&self, seat: &Seat, ended: &'static str, now: Timestamp) {
        let mut state = lock(&self.state);
        state.ended = Some(ended);
        if state.seat.as_ref().is_some_and(|current| current.is(seat)) {
            state.seat = None;
            state.since = Some(now);
        }
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn is_up(&self) -> bool {
        lock(&self.state).seat.is_some()
    }

    /// Says once whether something urgent came up since the last link.
    pub(super) fn take_urgent(&self) -> bool {
        std::mem::take(&mut lock(&self.state).urgent)
    }

    /// Notes how long a dialled stream was up: one that ends at once counts as failed.
    pub(super) fn stream_lasted(&self, time: Duration) {
        let mut state = lock(&self.state);
        state.streams_failed = if time < YOUNG {
            state.streams_failed.saturating_add(1)
        } else {
            0
        };
    }

    pub(super) fn streams_failed(&self) -> u32 {
        lock(&self.state).streams_failed
    }

    /// Batches were used for a while: a stream may be tried again.
    pub(super) fn try_streams(&self) {
        lock(&self.state).streams_failed = 0;
    }

    pub(super) fn figures(&self) -> Figures {
        lock(&self.state).figures
    }

    pub(super) fn set_figures(&self, figures: Figures, heard: Timestamp) {
        let mut state = lock(&self.state);
        state.figures = figures;
        state.heard = Some(heard);
    }

    fn status(&self) -> LinkStatus {
        let state = lock(&self.state);
        let seat = state.seat.as_ref();
        LinkStatus {
            peer: self.peer.clone(),
            up: seat.is_some(),
            since: state.since,
            heard: state.heard,
            carrier: seat.map_or(Carrier::Stream, |seat| seat.carrier),
            dialled: seat.is_some_and(|seat| seat.dialled),
            clock_offset_ms: state.figures.clock_offset_ms,
            rtt_ms: state
                .figures
                .rtt
                .map(|rtt| u64::try_from(rtt.as_millis()).unwrap_or(u64::MAX)),
            rate_bytes_s: state.figures.rate,
            queued_bytes: seat.map_or(0, |seat| {
                u64::try_from(seat.outbox.bytes()).unwrap_or(u64::MAX)
            }),
            sent_bytes: self.meter.sent(),
            received_bytes: self.meter.received(),
            ended: state.ended.map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The connection that stays, by who dialled it, of two that came in this order.
    fn kept(own: &str, peer: &str, order: [bool; 2]) -> bool {
        let entry = Table::default().entry(&peer.parse().unwrap());
        let own = own.parse().unwrap();
        for dialled in order {
            let cancel = CancellationToken::new();
            drop(entry.sit(&own, Carrier::Stream, dialled, cancel));
        }
        entry.status().dialled
    }

    #[test]
    fn both_sides_keep_what_the_smaller_node_dialled() {
        for order in [[true, false], [false, true]] {
            assert!(kept("tj-fotehobod", "uz-oybek", order));
            assert!(!kept("uz-oybek", "tj-fotehobod", order));
        }
    }

    #[test]
    fn who_was_replaced_does_not_end_the_new_link() {
        let entry = Table::default().entry(&"uz-oybek".parse().unwrap());
        let own = "tj-fotehobod".parse().unwrap();
        let sit = |dialled| entry.sit(&own, Carrier::Stream, dialled, CancellationToken::new());
        let old = sit(false).unwrap();
        let new = sit(true).unwrap();
        assert!(old.cancel.is_cancelled());

        entry.leave(&old, "replaced", Timestamp::from_micros(1));
        assert!(entry.is_up());
        entry.leave(&new, "closed", Timestamp::from_micros(2));
        assert!(!entry.is_up());
    }
}
