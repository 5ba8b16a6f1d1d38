//! Frames to bytes.

use model::lane::Lane;

use super::{Frame, HaveEntry, Hello};
use crate::cbor::{put_array, put_bytes, put_int, put_map, put_text, put_uint};

/// Writes the four bytes in front of a frame, or of a piece of one.
///
/// Bit 31: more pieces of this frame follow in the same lane. Bits 24 to 26: the lane. Bits 0 to 23: how many bytes follow.
pub fn put_prefix(out: &mut Vec<u8>, lane: Lane, len: usize, more: bool) {
    out.extend(prefix(lane, len, more));
}

fn prefix(lane: Lane, len: usize, more: bool) -> [u8; 4] {
    let [_, high, middle, low] = u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes();
    let more = if more { 0x80 } else { 0 };
    [more | lane_bits(lane), high, middle, low]
}

pub(super) const fn lane_bits(lane: Lane) -> u8 {
    match lane {
        Lane::Control => 0,
        Lane::Flash => 1,
        Lane::Priority => 2,
        Lane::Routine => 3,
        Lane::Bulk => 4,
    }
}

impl Frame {
    /// Appends the frame with its prefix, ready for a stream.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        put_prefix(out, self.lane(), 0, false);
        let body = out.len();
        self.encode_body(out);
        let len = out.len().saturating_sub(body);
        if let Some(place) = out.get_mut(start..body) {
            place.copy_from_slice(&prefix(self.lane(), len, false));
        }
    }

    /// Appends the frame alone.
    pub fn encode_body(&self, out: &mut Vec<u8>) {
        match self {
            Self::Hello(hello) => put_hello(out, hello),
            Self::Have { entries } => put_have(out, entries),
            Self::Dispatch { lane, bytes } => {
                open(out, 2, 2);
                put_uint(out, u64::from(lane_bits(*lane)));
                put_bytes(out, bytes);
            }
            Self::Receipt { bytes } => {
                open(out, 3, 1);
                put_bytes(out, bytes);
            }
            Self::ReceiptWant { ids } => {
                open(out, 4, 1);
                put_array(out, ids.len());
                for id in ids {
                    put_bytes(out, id.as_bytes());
                }
            }
            Self::Defer {
                id,
                reason,
                retry_after_s,
            } => {
                open(out, 5, 3);
                put_bytes(out, id.as_bytes());
                put_uint(out, reason.number());
                put_uint(out, u64::from(*retry_after_s));
            }
            Self::Void { seqs } => {
                open(out, 6, 1);
                put_array(out, seqs.len());
                for seq in seqs {
                    put_uint(out, *seq);
                }
            }
            Self::ActsWant {} => open(out, 7, 0),
            Self::Acts { acts } => {
                open(out, 8, 1);
                put_array(out, acts.len());
                for act in acts {
                    put_bytes(out, act);
                }
            }
            Self::AttachmentWant { .. }
            | Self::AttachmentData { .. }
            | Self::AttachmentGone { .. } => self.encode_attachment(out),
            Self::Ack { .. } | Self::Ping { .. } | Self::Pong { .. } | Self::Bye { .. } => {
                self.encode_link(out);
            }
            Self::Unknown { kind } => open(out, *kind, 0),
        }
    }

    fn encode_attachment(&self, out: &mut Vec<u8>) {
        if let Self::AttachmentWant { id, offset, len } = self {
            open(out, 9, 3);
            put_bytes(out, id.as_bytes());
            put_uint(out, *offset);
            put_uint(out, *len);
        } else if let Self::AttachmentData { id, offset, bytes } = self {
            open(out, 10, 3);
            put_bytes(out, id.as_bytes());
            put_uint(out, *offset);
            put_bytes(out, bytes);
        } else if let Self::AttachmentGone { id, reason } = self {
            open(out, 11, 2);
            put_bytes(out, id.as_bytes());
            put_uint(out, reason.number());
        }
    }

    fn encode_link(&self, out: &mut Vec<u8>) {
        if let Self::Ack { bytes, held_us } = self {
            open(out, 12, 2);
            put_uint(out, *bytes);
            put_uint(out, u64::from(*held_us));
        } else if let Self::Ping { n } = self {
            open(out, 13, 1);
            put_uint(out, *n);
        } else if let Self::Pong { n, clock } = self {
            open(out, 14, 2);
            put_uint(out, *n);
            put_int(out, clock.as_micros());
        } else if let Self::Bye { reason } = self {
            open(out, 15, 1);
            put_uint(out, reason.number());
        }
    }
}

fn open(out: &mut Vec<u8>, kind: u64, fields: usize) {
    put_array(out, fields.saturating_add(1));
    put_uint(out, kind);
}

/// A map, so that later versions can say more to those who listen.
fn put_hello(out: &mut Vec<u8>, hello: &Hello) {
    open(out, 0, 1);
    put_map(out, 6);
    put_uint(out, 0);
    put_uint(out, u64::from(hello.version));
    put_uint(out, 1);
    put_text(out, hello.node.as_str());
    put_uint(out, 2);
    put_bytes(out, hello.network.as_bytes());
    put_uint(out, 3);
    put_array(out, 2);
    put_uint(out, hello.register.count);
    put_bytes(out, hello.register.root.as_slice());
    put_uint(out, 4);
    put_int(out, hello.clock.as_micros());
    put_uint(out, 5);
    put_array(out, hello.features.len());
    for feature in &hello.features {
        put_uint(out, *feature);
    }
}

fn put_have(out: &mut Vec<u8>, entries: &[HaveEntry]) {
    open(out, 1, 1);
    put_array(out, entries.len());
    for entry in entries {
        put_array(out, 2);
        put_text(out, entry.origin.as_str());
        put_array(out, entry.ranges.len().saturating_mul(2));
        for (first, last) in &entry.ranges {
            put_uint(out, *first);
            put_uint(out, *last);
        }
    }
}
