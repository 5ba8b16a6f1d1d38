//! Rows as they could be, from a number.

use model::address::Address;
use model::delivery::DeliveryState;
use model::ids::{ActId, AttachmentId, DispatchId, NodeId};
use model::kind::DispatchKind;
use model::lane::Lane;
use model::time::Timestamp;
use zeroize::Zeroizing;

use crate::act::ActRow;
use crate::attachment::{AttachmentRow, AttachmentState};
use crate::audit::AuditRow;
use crate::custody::CustodyRow;
use crate::delivery::DeliveryRow;
use crate::dispatch::{Direction, DispatchLine, DispatchRow, ReadLine};
use crate::progress::ProgressRow;
use crate::quarantine::QuarantineRow;
use crate::receipt::ReceiptRow;
use crate::{Change, Store, Write, WriteError};

pub const OYBEK: &str = "UZ/CUSTOMS/OYBEK";
pub const FOTEHOBOD: &str = "TJ/CUSTOMS/FOTEHOBOD";
pub const DUSHANBE: &str = "TJ/DCA/DUSHANBE";

/// Three in the afternoon of 12 May 2026, and so many seconds.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_778_596_800_000_123).plus_seconds(seconds)
}

/// Bytes that look random, always the same for a number.
pub fn noise(number: u64, len: usize) -> Vec<u8> {
    let mut state = number;
    let mut bytes = Vec::with_capacity(len.saturating_add(8));
    while bytes.len() < len {
        // SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

fn hash(number: u64) -> [u8; 32] {
    noise(number, 32).try_into().unwrap()
}

pub fn id(number: u64) -> DispatchId {
    DispatchId::new(hash(number))
}

pub fn attachment_id(number: u64) -> AttachmentId {
    AttachmentId::new(hash(number))
}

pub fn node(name: &str) -> NodeId {
    name.parse().unwrap()
}

pub fn office(name: &str) -> Address {
    name.parse().unwrap()
}

fn line(number: u64, direction: Direction, size: usize) -> DispatchLine {
    DispatchLine {
        id: id(number),
        direction,
        origin: node("uz-oybek"),
        seq: None,
        lane: Lane::Routine,
        expires: at(2_592_000),
        stored: at(i64::try_from(number).unwrap()),
        size: u64::try_from(size).unwrap(),
        read: None,
    }
}

fn read(number: u64) -> ReadLine {
    ReadLine {
        kind: DispatchKind::Alert,
        reference: format!("UZ-OYBEK-2026-{number:06}").parse().unwrap(),
        author: office(OYBEK),
        case: None,
        created: at(-7),
        reply_by: Some(at(3_600)),
        exercise: false,
    }
}

/// Sealed here, of a size.
pub fn out_of(number: u64, size: usize) -> DispatchRow {
    DispatchRow {
        line: DispatchLine {
            read: Some(read(number)),
            ..line(number, Direction::Out, size)
        },
        parents: Vec::new(),
        content_key: Some(Zeroizing::new(hash(number ^ 0xffff_ffff))),
        bytes: noise(number, size),
    }
}

/// Sealed here.
pub fn out(number: u64) -> DispatchRow {
    out_of(number, 700)
}

/// Received with that number.
pub fn incoming(number: u64, seq: u64) -> DispatchRow {
    let mut row = out(number);
    row.line.direction = Direction::In;
    row.line.seq = Some(seq);
    row
}

/// Held for others.
pub fn relay(number: u64) -> DispatchRow {
    DispatchRow {
        line: line(number, Direction::Relay, 700),
        parents: Vec::new(),
        content_key: None,
        bytes: noise(number, 700),
    }
}

pub fn delivery(number: u64, to: &str, by: &str, seq: u64) -> DeliveryRow {
    DeliveryRow {
        dispatch: id(number),
        office: office(to),
        node: node(by),
        seq,
        state: DeliveryState::Queued,
        since: at(0),
        detail: None,
    }
}

pub fn move_to(number: u64, to: &str, from: &[DeliveryState], state: DeliveryState) -> Change {
    Change::MoveDelivery {
        dispatch: id(number),
        office: office(to),
        from: from.to_vec(),
        to: state,
        at: at(60),
        detail: None,
    }
}

pub fn custody(number: u64, to: &str, from: &str) -> CustodyRow {
    CustodyRow {
        dispatch: id(number),
        node: node(to),
        seq: number,
        from: node(from),
        since: at(0),
        expires: at(1_000),
        size: 700,
    }
}

pub fn audit(object: &str) -> AuditRow {
    AuditRow {
        at: at(1),
        actor: "officer:A1".to_owned(),
        action: "submit".to_owned(),
        object: object.to_owned(),
        reason: Some("smuggling".to_owned()),
        case: None,
    }
}

pub fn receipt(number: u64, signer: &str, verdict: &str) -> ReceiptRow {
    ReceiptRow {
        dispatch: id(number),
        node: node(signer),
        verdict: verdict.to_owned(),
        at: at(2),
        bytes: noise(number ^ 0xeeee, 180),
    }
}

pub fn progress(of: u64, by: u64, step: &str) -> ProgressRow {
    ProgressRow {
        of: id(of),
        office: office(FOTEHOBOD),
        step: step.to_owned(),
        at: at(i64::try_from(by).unwrap()),
        by: id(by),
    }
}

pub fn act(number: u64) -> ActRow {
    ActRow {
        id: ActId::new(hash(number)),
        received: at(3),
        bytes: noise(number, 400),
    }
}

pub fn quarantine(number: u64, size: usize) -> QuarantineRow {
    QuarantineRow {
        peer: Some(node("tj-fotehobod")),
        received: at(i64::try_from(number).unwrap()),
        reason: "malformed".to_owned(),
        bytes: noise(number, size),
    }
}

pub fn attachment(number: u64, of: u64) -> AttachmentRow {
    AttachmentRow {
        id: attachment_id(number),
        dispatch: id(of),
        size: 100_000,
        have: 0,
        state: AttachmentState::Wanted,
        source: node("uz-oybek"),
        custody: false,
        since: at(i64::try_from(number).unwrap()),
    }
}

/// Writes these changes.
pub async fn write(store: &dyn Store, changes: Vec<Change>) -> Result<(), WriteError> {
    let name = "conformance";
    store.write(Write { name, changes }).await
}

pub fn add(row: DispatchRow) -> Change {
    Change::AddDispatch(Box::new(row))
}
