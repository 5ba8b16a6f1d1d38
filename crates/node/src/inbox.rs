//! What arrives: from bytes to a stored dispatch and a signed receipt. The same way for a link, a batch
//! and a bundle file. One that is refused never stops the next.

use bytes::Bytes;
use envelope::open::{Opened, Parsed, Verified, parse};
use envelope::receipt::{Receipt, RefuseReason, Verdict as ReceiptVerdict};
use exchange::frame::{DeferReason, Frame};
use model::address::Address;
use model::content::Content;
use model::dispatch::Statement;
use model::ids::{DispatchId, NodeId};
use model::time::Timestamp;
use register::SendQuery;
use store::dispatch::{Direction, DispatchLine, DispatchRow, ReadLine};
use store::quarantine::QuarantineRow;
use store::receipt::ReceiptRow;
use store::{Change, Write, WriteError};
use zeroize::Zeroizing;

use crate::api::Event;
use crate::audit::{Actor, on_dispatch};
use crate::effect;
use crate::node::Node;
use crate::transfer;

/// How long a peer is asked to wait when this node cannot take something in just now, in seconds.
const LATER_S: u32 = 15;

/// How much of what cannot be read is kept for the administrator.
const QUARANTINE_BYTES: usize = 64 << 10;

/// What became of one dispatch that arrived.
#[derive(Debug)]
pub(crate) enum Taken {
    /// In the store now; the signed receipt.
    Stored { receipt: Vec<u8> },
    /// Was in the store; the receipt that was given then.
    Repeated { receipts: Vec<Vec<u8>> },
    /// Final; the signed refusal.
    Refused {
        reason: RefuseReason,
        receipt: Vec<u8>,
    },
    /// May be offered again.
    Deferred { id: DispatchId, reason: DeferReason },
    /// Not a dispatch: nothing that could be answered for.
    Malformed { code: &'static str },
}

impl Taken {
    /// What the peer is told.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        match self {
            Self::Stored { receipt } | Self::Refused { receipt, .. } => {
                vec![Frame::Receipt {
                    bytes: receipt.clone().into(),
                }]
            }
            Self::Repeated { receipts } => receipts
                .iter()
                .map(|bytes| Frame::Receipt {
                    bytes: bytes.clone().into(),
                })
                .collect(),
            Self::Deferred { id, reason } => vec![Frame::Defer {
                id: *id,
                reason: *reason,
                retry_after_s: LATER_S,
            }],
            Self::Malformed { .. } => Vec::new(),
        }
    }
}

/// Why a dispatch cannot be taken in.
#[derive(Debug)]
pub(crate) enum Trouble {
    Refuse(RefuseReason),
    Defer(DeferReason),
}

impl From<RefuseReason> for Trouble {
    fn from(reason: RefuseReason) -> Self {
        Self::Refuse(reason)
    }
}

impl From<DeferReason> for Trouble {
    fn from(reason: DeferReason) -> Self {
        Self::Defer(reason)
    }
}

/// A dispatch that was found to be what it says.
struct Admitted {
    verified: Verified,
    content: Content,
    offices: Vec<Address>,
    acts: String,
}

impl Node {
    /// Takes one dispatch in. Returns after the commit.
    pub(crate) async fn take_in(&self, peer: Option<&NodeId>, bytes: &Bytes) -> Taken {
        let parsed = match parse(bytes) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.quarantine(peer, error.code(), bytes).await;
                return Taken::Malformed { code: error.code() };
            }
        };
        let id = parsed.id;
        let now = self.inner.now();
        let outcome = match self.check_header(&parsed, peer, now) {
            Ok(()) if parsed.header.is_for(&self.inner.config.node) => {
                match self.admit(&parsed, now) {
                    Ok(admitted) => self.keep_in(&parsed, admitted, bytes, peer, now).await,
                    Err(trouble) => Err(trouble),
                }
            }
            Ok(()) => self.take_custody(&parsed, bytes, peer, now).await,
            Err(trouble) => Err(trouble),
        };
        match outcome {
            Ok(taken) => {
                if matches!(taken, Taken::Stored { .. }) {
                    // A node that relays and is addressed itself passes the rest on as well.
                    self.offer_onward(&parsed, bytes, peer, now).await;
                }
                taken
            }
            Err(Trouble::Defer(reason)) => {
                tracing::info!(%id, code = reason.code(), "dispatch put off");
                Taken::Deferred { id, reason }
            }
            Err(Trouble::Refuse(reason)) => self.refuse(&parsed, reason, bytes, peer, now).await,
        }
    }

    /// What every node checks, whether it can read the dispatch or not.
    fn check_header(
        &self,
        parsed: &Parsed<'_>,
        peer: Option<&NodeId>,
        now: Timestamp,
    ) -> Result<(), Trouble> {
        let register = self.inner.register();
        let header = &parsed.header;
        if header.network != register.network() {
            return Err(RefuseReason::OtherNetwork.into());
        }
        // A node that was not there when we last heard from the register may be there now.
        let key = register
            .node_key(&header.origin)
            .ok_or(DeferReason::UnknownNode)?;
        parsed
            .check_node(&key)
            .map_err(|_error| RefuseReason::BadSignature)?;
        if header.expires > now {
            return Ok(());
        }
        match peer {
            // A peer offers nothing that has run out by its own clock: ours may be the wrong one, and what is late
            // still says when it was written.
            Some(_) if header.is_for(&self.inner.config.node) => Ok(()),
            Some(_) => Err(DeferReason::Busy.into()),
            None => Err(RefuseReason::Expired.into()),
        }
    }

    /// Opens, verifies, and asks the register whether the author may send this here.
    fn admit(&self, parsed: &Parsed<'_>, now: Timestamp) -> Result<Admitted, Trouble> {
        let register = self.inner.register();
        let keyring = self.inner.keyring();
        let opened = parsed
            .open(&|key| keyring.sealing(key))
            .map_err(|error| error.reason())?;
        let author = opened.statement.author.clone();
        let key = register
            .signing_key(&author.office, &author.key)
            .ok_or(DeferReason::UnknownKey)?;
        let verified = Opened::verify(opened, &key).map_err(|_error| RefuseReason::BadSignature)?;
        let statement = verified.statement();
        if register.node_of(&author.office) != Some(&parsed.header.origin) {
            return Err(RefuseReason::WrongNode.into());
        }
        let content = Content::decode(statement.kind, &statement.body)
            .map_err(|_error| RefuseReason::BadContent)?;
        let offices: Vec<Address> = statement
            .recipients
            .iter()
            .filter(|recipient| keyring.hosts(&recipient.office))
            .map(|recipient| recipient.office.clone())
            .collect();
        let mut acts = Vec::new();
        for office in &offices {
            let query = SendQuery {
                from: &author.office,
                to: office,
                kind: statement.kind,
                exercise: statement.exercise.is_some(),
                drug_related: content.drug_related(),
                now: statement.created.min(now),
            };
            match register.may_send(&query) {
                Ok(permit) => acts.extend(permit.acts.iter().map(model::ids::ActId::short)),
                Err(missing) if missing.may_mend() => return Err(DeferReason::OldRegister.into()),
                Err(_) => return Err(RefuseReason::NotAllowed.into()),
            }
        }
        acts.sort();
        acts.dedup();
        Ok(Admitted {
            acts: format!(
                "purpose:{} acts:{}",
                statement.handling.purpose,
                acts.join(",")
            ),
            offices,
            content,
            verified,
        })
    }

    /// Dispatch, receipt, effects and audit in one commit.
    async fn keep_in(
        &self,
        parsed: &Parsed<'_>,
        admitted: Admitted,
        bytes: &Bytes,
        peer: Option<&NodeId>,
        now: Timestamp,
    ) -> Result<Taken, Trouble> {
        let inner = &self.inner;
        let id = parsed.id;
        let header = &parsed.header;
        let seq = header.seq_for(&inner.config.node);
        let receipt = self.sign_receipt(
            parsed,
            admitted.offices.clone(),
            ReceiptVerdict::Stored,
            now,
        );
        let statement = admitted.verified.statement();
        let mut changes = vec![
            Change::AddDispatch(Box::new(DispatchRow {
                line: DispatchLine {
                    id,
                    direction: Direction::In,
                    origin: header.origin.clone(),
                    seq,
                    lane: header.lane,
                    expires: header.expires,
                    stored: now,
                    size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
                    read: Some(read_line(statement)),
                },
                parents: statement.parents.clone(),
                content_key: Some(Zeroizing::new(*admitted.verified.content_key().as_bytes())),
                bytes: bytes.to_vec(),
            })),
            self.receipt_change(id, "stored", now, &receipt),
            on_dispatch(
                now,
                Actor::Node(peer.unwrap_or(&header.origin)),
                "receive",
                id,
                Some(admitted.acts),
                statement.case.clone(),
            ),
        ];
        changes.extend(effect::of_received(statement, &admitted.content, id));
        let wanted = transfer::want(&header.origin, id, &statement.attachments, now);
        changes.extend(wanted.iter().cloned().map(Change::AddAttachment));
        let event = Event::Received {
            id,
            at: now,
            kind: statement.kind,
            lane: header.lane,
        };
        let progress = effect::events(statement, &admitted.content, now);
        match self.write("receive", changes).await {
            Ok(()) => {}
            Err(WriteError::KnownDispatch(_)) => return self.repeat(id).await,
            Err(error) => return Err(cannot_write(&error).into()),
        }
        inner.tell(event);
        for event in progress {
            inner.tell(event);
        }
        if !wanted.is_empty() {
            self.want_rows(wanted).await;
        }
        if let Content::RegisterActs(acts) = admitted.content
            && let Err(failure) = self.apply_acts(peer, acts).await
        {
            tracing::error!(%id, "acts were not applied: {:?}", failure.problems);
        }
        Ok(Taken::Stored { receipt })
    }

    /// The dispatch is known: the same receipts again, so that a lost one costs nothing.
    pub(crate) async fn repeat(&self, id: DispatchId) -> Result<Taken, Trouble> {
        match self.inner.store.receipts(id).await {
            Ok(rows) => Ok(Taken::Repeated {
                receipts: rows.into_iter().map(|row| row.bytes).collect(),
            }),
            Err(error) => {
                tracing::error!(%id, "receipts cannot be read: {error}");
                Err(DeferReason::Busy.into())
            }
        }
    }

    async fn refuse(
        &self,
        parsed: &Parsed<'_>,
        reason: RefuseReason,
        bytes: &Bytes,
        peer: Option<&NodeId>,
        now: Timestamp,
    ) -> Taken {
        let id = parsed.id;
        // An answer that was given before stays the answer.
        if let Ok(rows) = self.inner.store.receipts(id).await
            && !rows.is_empty()
        {
            return Taken::Repeated {
                receipts: rows.into_iter().map(|row| row.bytes).collect(),
            };
        }
        tracing::warn!(%id, code = reason.code(), "dispatch refused");
        let receipt =
            self.sign_receipt(parsed, Vec::new(), ReceiptVerdict::Refused { reason }, now);
        let changes = vec![
            self.receipt_change(id, "refused", now, &receipt),
            Change::AddQuarantine(quarantined(peer, reason.code(), bytes, now)),
            on_dispatch(
                now,
                Actor::Node(peer.unwrap_or(&parsed.header.origin)),
                "refuse",
                id,
                Some(reason.code().to_owned()),
                None,
            ),
        ];
        match self.write("refuse", changes).await {
            Ok(()) => Taken::Refused { reason, receipt },
            Err(error) => Taken::Deferred {
                id,
                reason: cannot_write(&error),
            },
        }
    }

    pub(crate) fn sign_receipt(
        &self,
        parsed: &Parsed<'_>,
        offices: Vec<Address>,
        verdict: ReceiptVerdict,
        now: Timestamp,
    ) -> Vec<u8> {
        let node = &self.inner.config.node;
        let receipt = Receipt {
            dispatch: parsed.id,
            node: node.clone(),
            offices,
            verdict,
            received: now,
            seq: parsed.header.seq_for(node),
        };
        envelope::receipt::sign(&receipt, &self.inner.keyring().node)
    }

    pub(crate) fn receipt_change(
        &self,
        dispatch: DispatchId,
        verdict: &str,
        at: Timestamp,
        bytes: &[u8],
    ) -> Change {
        Change::AddReceipt(ReceiptRow {
            dispatch,
            node: self.inner.config.node.clone(),
            verdict: verdict.to_owned(),
            at,
            bytes: bytes.to_vec(),
        })
    }

    pub(crate) async fn write(
        &self,
        name: &'static str,
        changes: Vec<Change>,
    ) -> Result<(), WriteError> {
        self.inner.store.write(Write { name, changes }).await
    }

    async fn quarantine(&self, peer: Option<&NodeId>, code: &'static str, bytes: &[u8]) {
        tracing::warn!(
            peer = peer.map(tracing::field::display),
            code,
            size = bytes.len(),
            "not a dispatch: quarantined"
        );
        let row = quarantined(peer, code, bytes, self.inner.now());
        if let Err(error) = self
            .write("quarantine", vec![Change::AddQuarantine(row)])
            .await
        {
            tracing::error!("quarantine was not kept: {error}");
        }
    }
}

/// Whatever keeps the store from writing may pass: the peer keeps what it has.
pub(crate) fn cannot_write(error: &WriteError) -> DeferReason {
    tracing::error!("the store did not keep it: {error}");
    match error {
        WriteError::Full => DeferReason::DiskFull,
        WriteError::KnownDispatch(_) | WriteError::KnownSubmission(_) | WriteError::Store(_) => {
            DeferReason::Busy
        }
    }
}

/// What lists show of it without opening it again.
pub(crate) fn read_line(statement: &Statement) -> ReadLine {
    ReadLine {
        kind: statement.kind,
        reference: statement.reference.clone(),
        author: statement.author.office.clone(),
        case: statement.case.clone(),
        created: statement.created,
        reply_by: statement.reply_by,
        exercise: statement.exercise.is_some(),
    }
}

fn quarantined(
    peer: Option<&NodeId>,
    code: &str,
    bytes: &[u8],
    received: Timestamp,
) -> QuarantineRow {
    QuarantineRow {
        peer: peer.cloned(),
        received,
        reason: code.to_owned(),
        bytes: bytes.iter().take(QUARANTINE_BYTES).copied().collect(),
    }
}
