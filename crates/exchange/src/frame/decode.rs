//! Bytes to frames, strictly: one encoding for each frame, nothing behind it.

use bytes::Bytes;
use model::dispatch::Checkpoint;
use model::ids::{AttachmentId, DispatchId, NetworkId};
use model::lane::Lane;
use model::time::Timestamp;
use thiserror::Error;

use super::{
    ByeReason, DeferReason, FIRST_SKIPPABLE, Frame, GoneReason, HaveEntry, Hello, MAX_DATA,
};
use crate::cbor::{BadCbor, Reader};

/// The keys of a [`Hello`] that must be there.
const HELLO_KEYS: u64 = 6;

/// Why bytes are not a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Not the one deterministic encoding of a frame that this version knows.
    #[error("the bytes are not a frame")]
    Malformed,
    /// A frame that must not be skipped, of a later version.
    #[error("frame kind {0} is not known here and must not be skipped")]
    Critical(u64),
}

impl From<BadCbor> for DecodeError {
    fn from(BadCbor: BadCbor) -> Self {
        Self::Malformed
    }
}

impl Frame {
    /// Reads one frame. Long parts are slices of `frame`, not copies.
    pub fn decode(frame: &Bytes) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(frame);
        let fields = reader.array()?.checked_sub(1).ok_or(BadCbor)?;
        let kind = reader.uint()?;
        if kind >= FIRST_SKIPPABLE {
            (0..fields).try_for_each(|_| reader.skip())?;
            return finish(&reader, Self::Unknown { kind });
        }
        let expected = match kind {
            7 => 0,
            0 | 1 | 3 | 4 | 6 | 8 | 13 | 15 => 1,
            2 | 11 | 12 | 14 => 2,
            5 | 9 | 10 => 3,
            _ => return Err(DecodeError::Critical(kind)),
        };
        if fields != expected {
            return Err(DecodeError::Malformed);
        }
        let decoded = fields_of(kind, &mut reader, frame)?;
        finish(&reader, decoded)
    }
}

fn finish(reader: &Reader<'_>, frame: Frame) -> Result<Frame, DecodeError> {
    if reader.is_empty() {
        Ok(frame)
    } else {
        Err(DecodeError::Malformed)
    }
}

fn fields_of(kind: u64, reader: &mut Reader<'_>, frame: &Bytes) -> Result<Frame, DecodeError> {
    Ok(match kind {
        0 => Frame::Hello(Box::new(hello(reader)?)),
        1 => Frame::Have {
            entries: list(reader, have_entry)?,
        },
        2 => Frame::Dispatch {
            lane: lane(reader.uint()?).ok_or(BadCbor)?,
            bytes: frame.slice_ref(reader.bytes()?),
        },
        3 => Frame::Receipt {
            bytes: frame.slice_ref(reader.bytes()?),
        },
        4 => Frame::ReceiptWant {
            ids: list(reader, |reader| reader.fixed().map(DispatchId::new))?,
        },
        5 => Frame::Defer {
            id: DispatchId::new(reader.fixed()?),
            reason: DeferReason::from_number(reader.uint()?),
            retry_after_s: reader.small()?,
        },
        6 => Frame::Void {
            seqs: list(reader, Reader::uint)?,
        },
        7 => Frame::ActsWant {},
        8 => Frame::Acts {
            acts: list(reader, |reader| reader.bytes().map(<[u8]>::to_vec))?,
        },
        9 => Frame::AttachmentWant {
            id: AttachmentId::new(reader.fixed()?),
            offset: reader.uint()?,
            len: reader.uint()?,
        },
        10 => attachment_data(reader, frame)?,
        11 => Frame::AttachmentGone {
            id: AttachmentId::new(reader.fixed()?),
            reason: GoneReason::from_number(reader.uint()?),
        },
        12 => Frame::Ack {
            bytes: reader.uint()?,
            held_us: reader.small()?,
        },
        13 => Frame::Ping { n: reader.uint()? },
        14 => Frame::Pong {
            n: reader.uint()?,
            clock: Timestamp::from_micros(reader.int()?),
        },
        15 => Frame::Bye {
            reason: ByeReason::from_number(reader.uint()?),
        },
        _ => return Err(DecodeError::Critical(kind)),
    })
}

fn attachment_data(reader: &mut Reader<'_>, frame: &Bytes) -> Result<Frame, DecodeError> {
    let id = AttachmentId::new(reader.fixed()?);
    let offset = reader.uint()?;
    let bytes = reader.bytes()?;
    if bytes.len() > MAX_DATA {
        return Err(DecodeError::Malformed);
    }
    Ok(Frame::AttachmentData {
        id,
        offset,
        bytes: frame.slice_ref(bytes),
    })
}

fn list<'a, T>(
    reader: &mut Reader<'a>,
    item: impl Fn(&mut Reader<'a>) -> Result<T, BadCbor>,
) -> Result<Vec<T>, BadCbor> {
    let len = reader.array()?;
    (0..len).map(|_| item(reader)).collect()
}

pub(super) const fn lane(number: u64) -> Option<Lane> {
    Some(match number {
        0 => Lane::Control,
        1 => Lane::Flash,
        2 => Lane::Priority,
        3 => Lane::Routine,
        4 => Lane::Bulk,
        _ => return None,
    })
}

/// Keys ascend and are unique; those of later versions are skipped.
fn hello(reader: &mut Reader<'_>) -> Result<Hello, DecodeError> {
    let len = u64::try_from(reader.map()?).ok().ok_or(BadCbor)?;
    let further = len.checked_sub(HELLO_KEYS).ok_or(BadCbor)?;
    key(reader, 0)?;
    let version = u16::try_from(reader.uint()?).ok().ok_or(BadCbor)?;
    key(reader, 1)?;
    let node = reader.text()?.parse().ok().ok_or(BadCbor)?;
    key(reader, 2)?;
    let network = NetworkId::new(reader.fixed()?);
    key(reader, 3)?;
    if reader.array()? != 2 {
        return Err(DecodeError::Malformed);
    }
    let register = Checkpoint {
        count: reader.uint()?,
        root: reader.fixed::<32>()?.into(),
    };
    key(reader, 4)?;
    let clock = Timestamp::from_micros(reader.int()?);
    key(reader, 5)?;
    let features = list(reader, Reader::uint)?;
    let mut last = HELLO_KEYS.saturating_sub(1);
    for _ in 0..further {
        let key = reader.uint()?;
        if key <= last {
            return Err(DecodeError::Malformed);
        }
        last = key;
        reader.skip()?;
    }
    Ok(Hello {
        version,
        node,
        network,
        register,
        clock,
        features,
    })
}

fn key(reader: &mut Reader<'_>, wanted: u64) -> Result<(), BadCbor> {
    if reader.uint()? == wanted {
        Ok(())
    } else {
        Err(BadCbor)
    }
}

/// Ranges ascend and lie apart: there is one way to write a set.
fn have_entry(reader: &mut Reader<'_>) -> Result<HaveEntry, BadCbor> {
    if reader.array()? != 2 {
        return Err(BadCbor);
    }
    let origin = reader.text()?.parse().ok().ok_or(BadCbor)?;
    let numbers = reader.array()?;
    if !numbers.is_multiple_of(2) {
        return Err(BadCbor);
    }
    let mut ranges = Vec::with_capacity(numbers.wrapping_shr(1));
    let mut lowest = 0;
    for _ in 0..numbers.wrapping_shr(1) {
        let (first, last) = (reader.uint()?, reader.uint()?);
        if first < lowest || last < first {
            return Err(BadCbor);
        }
        // Two further: with only one between, both ranges would be one.
        lowest = last.saturating_add(2);
        ranges.push((first, last));
    }
    Ok(HaveEntry { origin, ranges })
}
