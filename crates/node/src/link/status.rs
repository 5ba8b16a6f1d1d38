//! How a link stands, for status, doctor and measurements.

use model::ids::NodeId;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How frames travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// HTTPS requests.
    Batch,
    /// One long-lived connection.
    Stream,
}

/// One peer's link. Counts go on over reconnections, from the start of the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkStatus {
    pub peer: NodeId,
    pub up: bool,
    /// Up or down since then; `None` where there never was a link.
    pub since: Option<Timestamp>,
    /// When the last byte came.
    pub heard: Option<Timestamp>,
    pub carrier: Carrier,
    /// This node dialled.
    pub dialled: bool,
    /// How far the peer's clock is ahead of ours.
    pub clock_offset_ms: Option<i64>,
    /// The shortest round trip of this connection.
    pub rtt_ms: Option<u64>,
    /// Bytes per second that the link carries at least; 0 if unknown.
    pub rate_bytes_s: u64,
    /// Bytes of frames that wait in memory.
    pub queued_bytes: u64,
    /// On the socket, TLS included.
    pub sent_bytes: u64,
    pub received_bytes: u64,
    /// Why the last link ended: a stable code.
    pub ended: Option<String>,
}
