//! What a node can be asked, and how it answers: the one door for the command line, over the control
//! socket or in process. Serialised as JSON; `guzar … --json` prints these answers as they are.

use std::collections::BTreeMap;
use std::path::PathBuf;

use model::address::{Address, StateCode};
use model::content::Content;
use model::delivery::DeliveryState;
use model::dispatch::{CaseRef, Reference, Statement};
use model::draft::Draft;
use model::ids::{AttachmentId, DispatchId, NodeId, OfficerId};
use model::kind::DispatchKind;
use model::lane::Lane;
use model::step::StepKind;
use model::time::Timestamp;
use register::names::Names;
use register::office::OfficeKind;
use serde::{Deserialize, Serialize};

use crate::link::status::LinkStatus;

/// One question to a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Seals a draft and queues it. With a token, a repeat answers with the first dispatch.
    Send {
        draft: Box<Draft>,
        token: Option<String>,
    },
    /// A step on a dispatch that was received: opened, accepted, declined, credited, ...
    Step {
        of: Name,
        step: StepKind,
        officer: Option<OfficerId>,
        note: Option<String>,
    },
    Inbox(ListQuery),
    Outbox(ListQuery),
    /// The whole of one dispatch. Reading is audited with the reason.
    Show {
        name: Name,
        officer: Option<OfficerId>,
        reason: Option<String>,
    },
    Links,
    Status,
    /// Checks of the store, keys, clock, links and register.
    Doctor,
    /// Writes what waits for these nodes (all, if none is named) to a bundle file.
    BundleExport {
        file: PathBuf,
        nodes: Vec<NodeId>,
    },
    BundleImport {
        file: PathBuf,
    },
    /// Opens a complete attachment and saves the plain file.
    AttachmentSave {
        id: AttachmentId,
        file: PathBuf,
        officer: Option<OfficerId>,
        reason: Option<String>,
    },
    EvidenceExport {
        name: Name,
        file: PathBuf,
        officer: Option<OfficerId>,
        reason: String,
    },
    Backup {
        file: PathBuf,
        passphrase: Secret,
    },
    /// Signed acts from a file: checked, applied, and passed on to the peers.
    ActsApply {
        file: PathBuf,
    },
    Acts,
    /// Every office, as it stands now.
    Offices,
    /// Every coupling, as it stands now.
    Couplings,
    /// From here on the connection carries [`Event`]s, one JSON object a line.
    Watch,
    Stop,
}

/// A dispatch named by a person: its reference, its id, or at least 6 first digits of its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(pub String);

/// A passphrase: never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuery {
    pub kind: Option<DispatchKind>,
    pub case: Option<CaseRef>,
    pub before: Option<Timestamp>,
    /// 50 where it is not given, 1000 at most.
    pub limit: Option<u32>,
}

/// One answer. The JSON has the key `answer` with the name of the variant.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Response {
    Sent(Sent),
    List {
        items: Vec<Line>,
    },
    Item(Box<Item>),
    Links {
        links: Vec<LinkStatus>,
    },
    Status(Box<Status>),
    Doctor {
        checks: Vec<Check>,
    },
    Bundle(BundleDone),
    Saved {
        file: PathBuf,
        bytes: u64,
    },
    Acts {
        acts: Vec<ActLine>,
    },
    Offices {
        offices: Vec<OfficeLine>,
    },
    Couplings {
        couplings: Vec<CouplingLine>,
    },
    Applied {
        applied: u64,
        known: u64,
        waiting: u64,
    },
    Watching,
    Stopping,
    Failed(Failure),
}

/// A dispatch that is sealed, stored durably, and on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub id: DispatchId,
    pub reference: Reference,
    /// Sealed bytes.
    pub size: u64,
    pub deliveries: Vec<DeliveryLine>,
    /// True where the token had been used: nothing new was sent.
    pub repeated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryLine {
    pub office: Address,
    pub node: NodeId,
    pub state: DeliveryState,
    pub since: Timestamp,
    pub detail: Option<String>,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: DispatchId,
    pub reference: Reference,
    pub kind: DispatchKind,
    pub lane: Lane,
    pub author: Address,
    pub case: Option<CaseRef>,
    pub created: Timestamp,
    pub stored: Timestamp,
    pub reply_by: Option<Timestamp>,
    pub exercise: bool,
    pub size: u64,
    /// Sent ones: the deliveries. Received ones: none.
    pub deliveries: Vec<DeliveryLine>,
    pub progress: Vec<ProgressLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressLine {
    pub office: Address,
    pub step: String,
    pub at: Timestamp,
    pub by: DispatchId,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    pub line: Line,
    /// Without the bytes of the body: that is `content`.
    pub statement: Statement,
    pub content: Content,
    pub receipts: Vec<ReceiptLine>,
    pub children: Vec<DispatchId>,
    pub attachments: Vec<AttachmentLine>,
    /// How far the author's clock was from ours when it arrived, if that is known.
    pub clock_offset_ms: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLine {
    pub node: NodeId,
    pub verdict: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentLine {
    pub id: AttachmentId,
    pub name: String,
    pub media_type: String,
    pub size: u64,
    pub sealed_size: u64,
    pub have: u64,
    /// `wanted`, `complete` or `failed`.
    pub state: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub node: NodeId,
    pub version: String,
    pub network: String,
    pub exercise_network: bool,
    pub offices: Vec<Address>,
    pub relay: bool,
    pub listening: Vec<String>,
    pub acts: u64,
    pub dispatches: u64,
    pub waiting: BTreeMap<NodeId, u64>,
    pub quarantine: u64,
    pub disk_bytes: u64,
    pub rss_bytes: Option<u64>,
    /// CPU time of the process since its start.
    pub cpu_us: Option<u64>,
}

/// One finding of `doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// A stable code such as `store.integrity`.
    pub check: String,
    pub ok: bool,
    /// Ids, sizes and codes, never content.
    pub detail: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleDone {
    pub file: PathBuf,
    pub dispatches: u64,
    pub receipts: u64,
    pub acts: u64,
    pub attachment_bytes: u64,
    pub bytes: u64,
    /// Import: known before, and taken in without effect.
    pub repeated: u64,
    /// Import: refused or kept for later; the reasons' codes with their counts.
    pub refused: BTreeMap<String, u64>,
    /// Import: the file ends early or is altered at this byte; what was whole before it is kept.
    pub broken_at: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActLine {
    pub position: u64,
    pub id: model::ids::ActId,
    pub kind: String,
    pub summary: String,
}

/// An office of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeLine {
    pub address: Address,
    pub kind: OfficeKind,
    pub names: Names,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    /// Where its mail goes.
    pub node: Option<NodeId>,
    pub open: bool,
    /// Open, hosted by a node, and with a sealing key in force.
    pub reachable: bool,
}

/// A coupling of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouplingLine {
    pub first: Address,
    pub second: Address,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    /// Who gets copies, of one direction or the other.
    pub copies: Vec<Address>,
    pub in_force: bool,
    pub suspended_by: Option<StateCode>,
}

/// Why nothing, or not all, was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub class: FailureClass,
    pub problems: Vec<Problem>,
    /// A code for what was kept: `nothing`, `draft`, `earlier_items`.
    pub kept: String,
}

/// Decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// What was typed is wrong.
    Input,
    /// The register does not allow it.
    NotAllowed,
    NotFound,
    /// It may work later: disk full, store busy.
    Later,
    /// The node is broken: see `doctor`.
    Broken,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field, with dots and indices, such as `content.seizure.substances[1].quantity`.
    pub field: Option<String>,
    /// A stable code; the binary has its sentence in each language.
    pub code: String,
    /// Values for the sentence's gaps.
    pub args: BTreeMap<String, String>,
}

/// Something that happened, for those who watch. Ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A dispatch from another node was opened, verified and stored.
    Received {
        id: DispatchId,
        at: Timestamp,
        kind: DispatchKind,
        lane: Lane,
    },
    /// A signed receipt for a dispatch of ours was stored.
    Receipted {
        id: DispatchId,
        at: Timestamp,
        node: NodeId,
        verdict: String,
    },
    Progress {
        of: DispatchId,
        at: Timestamp,
        office: Address,
        step: String,
    },
    Link {
        node: NodeId,
        at: Timestamp,
        up: bool,
    },
    Attachment {
        id: AttachmentId,
        at: Timestamp,
        have: u64,
        size: u64,
        state: String,
    },
    /// The watcher was too slow; so many events were left out.
    Missed { count: u64 },
}
