//! The list of changes that make up a write.

use model::address::Address;
use model::delivery::DeliveryState;
use model::ids::{AttachmentId, DispatchId, NodeId};
use model::time::Timestamp;
use zeroize::Zeroizing;

use crate::act::ActRow;
use crate::attachment::{AttachmentRow, AttachmentState};
use crate::audit::AuditRow;
use crate::custody::CustodyRow;
use crate::delivery::DeliveryRow;
use crate::dispatch::DispatchRow;
use crate::progress::ProgressRow;
use crate::quarantine::QuarantineRow;
use crate::receipt::ReceiptRow;

/// A named list of changes: committed whole, or not at all. The name goes to logs and measurements.
#[derive(Debug)]
pub struct Write {
    pub name: &'static str,
    pub changes: Vec<Change>,
}

/// One change. They are applied in the order of the list.
#[derive(Debug)]
pub enum Change {
    /// A new act of the register at the next position; an act that is kept already changes nothing.
    AddAct(ActRow),
    AddAudit(AuditRow),
    /// Refused with [`crate::WriteError::KnownDispatch`] where the id is kept already.
    AddDispatch(Box<DispatchRow>),
    AddDelivery(DeliveryRow),
    /// Moves a delivery that stands in one of `from`; one that does not stays as it is.
    MoveDelivery {
        dispatch: DispatchId,
        office: Address,
        from: Vec<DeliveryState>,
        to: DeliveryState,
        at: Timestamp,
        detail: Option<String>,
    },
    /// The step is kept once for each (of, office, step, by).
    AddProgress(ProgressRow),
    /// The first receipt of a node with this verdict for this dispatch stays; a second changes nothing.
    AddReceipt(ReceiptRow),
    AddQuarantine(QuarantineRow),
    AddCustody(CustodyRow),
    /// Ends custody of a dispatch for one node. The bytes go when nobody waits for them any more.
    EndCustody {
        dispatch: DispatchId,
        node: NodeId,
        at: Timestamp,
        forwarded: bool,
    },
    /// A new attachment; one that is kept already changes nothing.
    AddAttachment(AttachmentRow),
    /// How much of an attachment is durable, and its state.
    MoveAttachment {
        attachment: AttachmentId,
        have: u64,
        state: AttachmentState,
        at: Timestamp,
    },
    /// A counter never goes back: the greater value stays.
    RaiseCounter {
        name: String,
        value: u64,
    },
    /// A sequence number that was given and will never be used: the other side need not wait for it.
    AddVoid {
        node: NodeId,
        seq: u64,
    },
    /// Refused with [`crate::WriteError::KnownSubmission`] where the token was used before.
    AddSubmission {
        token: String,
        dispatch: DispatchId,
    },
    /// A secret, encrypted by the store under its root key. An older value of that name is overwritten.
    PutSecret {
        name: String,
        value: Zeroizing<Vec<u8>>,
    },
    DropSecret {
        name: String,
    },
}
