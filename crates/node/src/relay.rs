//! Custody: a relay keeps sealed bytes for nodes that it cannot reach now, and hands them on.

use bytes::Bytes;
use envelope::open::Parsed;
use envelope::receipt::{RefuseReason, Verdict};
use exchange::frame::{DeferReason, Frame};
use model::ids::NodeId;
use model::time::Timestamp;
use store::custody::CustodyRow;
use store::dispatch::{Direction, DispatchLine, DispatchRow};
use store::{Change, WriteError};

use crate::audit::{Actor, on_dispatch};
use crate::inbox::{Taken, Trouble, cannot_write};
use crate::node::Node;
use crate::transfer;

const DAY: i64 = 86_400;
const MIB: u64 = 1 << 20;

/// How many rows of overdue custody or deliveries are settled at once.
const AT_ONCE: u32 = 256;

impl Node {
    /// Takes custody of a dispatch for all its destinations that are not this node.
    pub(crate) async fn take_custody(
        &self,
        parsed: &Parsed<'_>,
        bytes: &Bytes,
        peer: Option<&NodeId>,
        now: Timestamp,
    ) -> Result<Taken, Trouble> {
        let inner = &self.inner;
        let header = &parsed.header;
        let Some(relay) = &inner.config.relay else {
            return Err(RefuseReason::NotForUs.into());
        };
        let from = peer.unwrap_or(&header.origin);
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let held = inner.store.custody_bytes(from).await.map_err(|error| {
            tracing::error!("custody cannot be counted: {error}");
            Trouble::Defer(DeferReason::Busy)
        })?;
        if held.saturating_add(size) > relay.quota_mib.saturating_mul(MIB) {
            return Err(DeferReason::QuotaFull.into());
        }
        let until = header
            .expires
            .min(now.plus_seconds(i64::from(relay.days).saturating_mul(DAY)));
        let receipt = self.sign_receipt(parsed, Vec::new(), Verdict::Custody { until }, now);
        let mut changes = vec![
            Change::AddDispatch(Box::new(DispatchRow {
                line: DispatchLine {
                    id: parsed.id,
                    direction: Direction::Relay,
                    origin: header.origin.clone(),
                    seq: None,
                    lane: header.lane,
                    expires: until,
                    stored: now,
                    size,
                    read: None,
                },
                parents: Vec::new(),
                content_key: None,
                bytes: bytes.to_vec(),
            })),
            self.receipt_change(parsed.id, "custody", now, &receipt),
            on_dispatch(now, Actor::Node(from), "custody", parsed.id, None, None),
        ];
        changes.extend(self.custody_rows(parsed, from, until, size, now));
        let wanted = transfer::want_for_others(&header.origin, parsed.id, &header.attachments, now);
        changes.extend(wanted.iter().cloned().map(Change::AddAttachment));
        match self.write("custody", changes).await {
            Ok(()) => {}
            Err(WriteError::KnownDispatch(_)) => return self.repeat(parsed.id).await,
            Err(error) => return Err(cannot_write(&error).into()),
        }
        self.offer(header, parsed.id, bytes);
        if !wanted.is_empty() {
            self.want_rows(wanted).await;
        }
        Ok(Taken::Stored { receipt })
    }

    /// A relay that is itself a recipient holds the dispatch for the others too.
    pub(crate) async fn offer_onward(
        &self,
        parsed: &Parsed<'_>,
        bytes: &Bytes,
        peer: Option<&NodeId>,
        now: Timestamp,
    ) {
        let inner = &self.inner;
        let header = &parsed.header;
        let Some(relay) = &inner.config.relay else {
            return;
        };
        if !header.is_for(&inner.config.node) || header.destinations.len() < 2 {
            return;
        }
        let until = header
            .expires
            .min(now.plus_seconds(i64::from(relay.days).saturating_mul(DAY)));
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let from = peer.unwrap_or(&header.origin);
        let changes = self.custody_rows(parsed, from, until, size, now);
        // The sender's own deliveries stay queued until each node's receipt: custody here is an extra.
        match self.write("custody", changes).await {
            Ok(()) => self.offer(header, parsed.id, bytes),
            Err(error) => tracing::warn!(id = %parsed.id, "not held for the others: {error}"),
        }
    }

    fn custody_rows(
        &self,
        parsed: &Parsed<'_>,
        from: &NodeId,
        until: Timestamp,
        size: u64,
        now: Timestamp,
    ) -> Vec<Change> {
        let header = &parsed.header;
        header
            .destinations
            .iter()
            .filter(|destination| {
                destination.node != self.inner.config.node && destination.node != header.origin
            })
            .map(|destination| {
                Change::AddCustody(CustodyRow {
                    dispatch: parsed.id,
                    node: destination.node.clone(),
                    seq: destination.seq,
                    from: from.clone(),
                    since: now,
                    expires: until,
                    size,
                })
            })
            .collect()
    }

    /// Ends what has run out: custody, and own deliveries that nobody took in time.
    pub(crate) async fn expire(&self, now: Timestamp) {
        if let Err(error) = self.try_expire(now).await {
            tracing::error!("expiry cannot be settled: {error}");
        }
    }

    async fn try_expire(&self, now: Timestamp) -> Result<(), WriteError> {
        let store = &self.inner.store;
        let mut changes = Vec::new();
        for row in store.custody_overdue(now, AT_ONCE).await? {
            changes.push(on_dispatch(
                now,
                Actor::Machine,
                "custody_expired",
                row.dispatch,
                None,
                None,
            ));
            changes.push(Change::EndCustody {
                dispatch: row.dispatch,
                node: row.node,
                at: now,
                forwarded: false,
            });
        }
        for row in store.overdue(now, AT_ONCE).await? {
            for peer in self.inner.courier.connected_peers() {
                self.inner.courier.land(&peer, &row.dispatch);
            }
            changes.push(on_dispatch(
                now,
                Actor::Machine,
                "expired",
                row.dispatch,
                Some(row.node.to_string()),
                None,
            ));
            changes.push(Change::MoveDelivery {
                dispatch: row.dispatch,
                office: row.office,
                from: exchange::delivery::predecessors(model::delivery::DeliveryState::Expired)
                    .to_vec(),
                to: model::delivery::DeliveryState::Expired,
                at: now,
                detail: None,
            });
        }
        if changes.is_empty() {
            return Ok(());
        }
        self.write("expire", changes).await
    }

    /// Receipts for what relays hold for us: asked for when a relay's link comes up.
    pub(crate) async fn ask_relay(&self, relay: &NodeId) {
        let mut ids = Vec::new();
        let waiting = match self.inner.store.waiting().await {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::error!("what waits cannot be read: {error}");
                return;
            }
        };
        for (node, _) in waiting {
            match self.inner.store.outbox(&node, 1_000).await {
                Ok(items) => ids.extend(
                    items
                        .iter()
                        .filter(|item| item.relayed)
                        .map(|item| item.dispatch),
                ),
                Err(error) => tracing::error!(%node, "the outbox cannot be read: {error}"),
            }
        }
        ids.sort();
        ids.dedup();
        for some in ids.chunks(256) {
            self.inner
                .courier
                .push(relay, Frame::ReceiptWant { ids: some.to_vec() });
        }
    }
}
