//! Receipts that come back: verified, then delivery by delivery up the ladder.

use envelope::receipt::{Receipt, Verdict};
use exchange::delivery::predecessors;
use exchange::frame::Frame;
use model::address::Address;
use model::delivery::DeliveryState;
use model::ids::{DispatchId, NodeId};
use model::time::Timestamp;
use store::Change;
use store::dispatch::Direction;
use store::receipt::ReceiptRow;

use crate::api::Event;
use crate::node::Node;

impl Node {
    /// Takes one receipt in, whoever carried it: its signature says whose it is.
    /// Returns whether it was one that this node could use.
    pub(crate) async fn take_receipt(&self, peer: Option<&NodeId>, bytes: &[u8]) -> bool {
        let Some(receipt) = self.read_receipt(bytes) else {
            return false;
        };
        let id = receipt.dispatch;
        let line = match self.inner.store.dispatch_line(id).await {
            Ok(Some(line)) => line,
            Ok(None) => {
                self.landed(peer, &receipt.node, &id);
                return false;
            }
            Err(error) => {
                tracing::error!(%id, "receipt cannot be matched: {error}");
                return false;
            }
        };
        let now = self.inner.now();
        let mut changes = vec![Change::AddReceipt(ReceiptRow {
            dispatch: id,
            node: receipt.node.clone(),
            verdict: verdict_code(&receipt.verdict).to_owned(),
            at: receipt.received,
            bytes: bytes.to_vec(),
        })];
        match line.direction {
            Direction::Out => match self.moves(&receipt, now).await {
                Ok(moves) => changes.extend(moves),
                Err(error) => {
                    tracing::error!(%id, "deliveries cannot be read: {error}");
                    return false;
                }
            },
            // A relay that was addressed itself holds what it got for the others too.
            Direction::Relay | Direction::In => changes.extend(end_of_custody(&receipt, now)),
        }
        if let Err(error) = self.write("receipt", changes).await {
            tracing::error!(%id, "receipt was not kept: {error}");
            return false;
        }
        self.landed(peer, &receipt.node, &id);
        match line.direction {
            Direction::Out => self.inner.tell(Event::Receipted {
                id,
                at: now,
                node: receipt.node.clone(),
                verdict: verdict_code(&receipt.verdict).to_owned(),
            }),
            // Passed on at once if the sender's link is up; otherwise it asks when it comes.
            Direction::Relay | Direction::In => {
                if line.origin != self.inner.config.node {
                    self.inner.courier.push(
                        &line.origin,
                        Frame::Receipt {
                            bytes: bytes.to_vec().into(),
                        },
                    );
                }
            }
        }
        true
    }

    fn read_receipt(&self, bytes: &[u8]) -> Option<Receipt> {
        let unverified = match envelope::receipt::read(bytes) {
            Ok(unverified) => unverified,
            Err(error) => {
                tracing::warn!(code = error.code(), "not a receipt");
                return None;
            }
        };
        let key = self.inner.register().node_key(unverified.node())?;
        if let Ok(receipt) = unverified.verify(&key) {
            Some(receipt)
        } else {
            tracing::warn!("a receipt with a wrong signature was dropped");
            None
        }
    }

    /// Room for the next dispatch on the way that this one took.
    fn landed(&self, peer: Option<&NodeId>, signer: &NodeId, id: &DispatchId) {
        let courier = &self.inner.courier;
        let mut due = Vec::new();
        if courier.land(signer, id) {
            due.push(signer.clone());
        }
        if let Some(peer) = peer
            && peer != signer
            && courier.land(peer, id)
        {
            due.push(peer.clone());
        }
        for peer in due {
            let node = self.clone();
            self.inner.spawn(async move { node.refill(&peer).await });
        }
    }

    async fn moves(
        &self,
        receipt: &Receipt,
        now: Timestamp,
    ) -> Result<Vec<Change>, store::StoreError> {
        let (to, detail) = match &receipt.verdict {
            Verdict::Stored => (DeliveryState::Delivered, None),
            Verdict::Custody { .. } => (DeliveryState::Relayed, Some(receipt.node.to_string())),
            Verdict::Refused { reason } => (DeliveryState::Refused, Some(reason.code().to_owned())),
        };
        let offices: Vec<Address> = match &receipt.verdict {
            Verdict::Stored => receipt.offices.clone(),
            Verdict::Custody { .. } => self.offices_elsewhere(receipt).await?,
            Verdict::Refused { .. } => self.offices_of(receipt).await?,
        };
        Ok(offices
            .into_iter()
            .map(|office| Change::MoveDelivery {
                dispatch: receipt.dispatch,
                office,
                from: predecessors(to).to_vec(),
                to,
                at: now,
                detail: detail.clone(),
            })
            .collect())
    }

    /// A relay answers for all nodes but itself.
    async fn offices_elsewhere(
        &self,
        receipt: &Receipt,
    ) -> Result<Vec<Address>, store::StoreError> {
        let rows = self.inner.store.deliveries(receipt.dispatch).await?;
        Ok(rows
            .into_iter()
            .filter(|row| row.node != receipt.node)
            .map(|row| row.office)
            .collect())
    }

    async fn offices_of(&self, receipt: &Receipt) -> Result<Vec<Address>, store::StoreError> {
        let rows = self.inner.store.deliveries(receipt.dispatch).await?;
        Ok(rows
            .into_iter()
            .filter(|row| row.node == receipt.node)
            .map(|row| row.office)
            .collect())
    }

    /// Receipts that a peer asks for: own ones, and for a relay all that it knows.
    pub(crate) async fn give_receipts(&self, peer: &NodeId, ids: Vec<DispatchId>) {
        for id in ids {
            match self.inner.store.receipts(id).await {
                Ok(rows) => {
                    for row in rows {
                        self.inner.courier.push(
                            peer,
                            Frame::Receipt {
                                bytes: row.bytes.into(),
                            },
                        );
                    }
                }
                Err(error) => tracing::error!(%id, "receipts cannot be read: {error}"),
            }
        }
    }
}

fn end_of_custody(receipt: &Receipt, now: Timestamp) -> Option<Change> {
    match receipt.verdict {
        Verdict::Stored | Verdict::Refused { .. } => Some(Change::EndCustody {
            dispatch: receipt.dispatch,
            node: receipt.node.clone(),
            at: now,
            forwarded: true,
        }),
        Verdict::Custody { .. } => None,
    }
}

pub(crate) const fn verdict_code(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Stored => "stored",
        Verdict::Custody { .. } => "custody",
        Verdict::Refused { .. } => "refused",
    }
}
