//! Frames out of a stream of bytes, cut anywhere.

use bytes::{Buf as _, Bytes, BytesMut};
use model::lane::Lane;
use thiserror::Error;

use super::decode::{self, DecodeError};
use super::{Frame, MAX_FRAME};

/// Bytes of the prefix.
const PREFIX: usize = 4;

/// Room made for each read: the largest TLS record twice, so that a busy link is read in few calls.
const READ: usize = 64 << 10;

/// Where and why a stream stops being one of frames. Nothing after it can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("at byte {at}: {what}")]
pub struct FrameError {
    /// Bytes of whole frames before it.
    pub at: u64,
    /// What is wrong there.
    pub what: FrameFault,
}

/// What is wrong with a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameFault {
    /// Not a prefix: its reserved bits are set, it names no lane, or nothing follows.
    #[error("not the beginning of a frame")]
    Prefix,
    /// Longer than allowed at this point.
    #[error("a frame of {0} bytes is too long")]
    TooLong(usize),
    /// Not a frame.
    #[error(transparent)]
    Decode(DecodeError),
}

impl FrameError {
    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self.what {
            FrameFault::Prefix => "bad_prefix",
            FrameFault::TooLong(_) => "frame_too_long",
            FrameFault::Decode(DecodeError::Malformed) => "bad_frame",
            FrameFault::Decode(DecodeError::Critical(_)) => "unknown_frame",
        }
    }
}

/// Takes bytes as they come and gives frames.
///
/// In front of each frame, or piece of one, stand four bytes: bit 31 says that more pieces follow in the
/// same lane, bits 24 to 26 the lane, bits 0 to 23 the length; the others are zero. Pieces of frames in
/// different lanes may alternate: so a long dispatch never holds up a FLASH on a slow link.
#[derive(Debug)]
pub struct FrameReader {
    buffer: BytesMut,
    /// Pieces that came, lane by lane.
    pieces: [BytesMut; 5],
    limit: usize,
    taken: u64,
    failed: Option<FrameError>,
}

impl Default for FrameReader {
    fn default() -> Self {
        Self::new(MAX_FRAME)
    }
}

impl FrameReader {
    /// A reader that takes frames up to `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            buffer: BytesMut::new(),
            pieces: Default::default(),
            limit,
            taken: 0,
            failed: None,
        }
    }

    /// Changes the limit, for the frames not yet given.
    pub const fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Where to read into: appended bytes count as pushed.
    pub fn buffer(&mut self) -> &mut BytesMut {
        self.buffer.reserve(READ);
        &mut self.buffer
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Bytes of the frames and pieces taken so far, prefixes included.
    pub const fn taken(&self) -> u64 {
        self.taken
    }

    /// Bytes that came and are not a whole frame yet.
    pub fn pending(&self) -> usize {
        self.pieces
            .iter()
            .map(BytesMut::len)
            .fold(self.buffer.len(), usize::saturating_add)
    }

    /// Says whether pieces of a frame have been taken whose end is still to come.
    pub fn is_amid(&self) -> bool {
        self.pieces.iter().any(|pieces| !pieces.is_empty())
    }

    /// The next whole frame, if it is there. After an error always that error.
    #[expect(
        clippy::should_implement_trait,
        reason = "None means `not yet`, which an iterator cannot say"
    )]
    pub fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        loop {
            match self.piece() {
                Ok(Some((frame, len))) => {
                    let frame = self.decode(frame)?;
                    self.count(len);
                    if frame.is_some() {
                        return Ok(frame);
                    }
                }
                Ok(None) => return Ok(None),
                Err(what) => return Err(self.fail(what)),
            }
        }
    }

    fn decode(&mut self, frame: Option<Bytes>) -> Result<Option<Frame>, FrameError> {
        let Some(frame) = frame else {
            return Ok(None);
        };
        Frame::decode(&frame)
            .map(Some)
            .map_err(|error| self.fail(FrameFault::Decode(error)))
    }

    fn count(&mut self, len: usize) {
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        self.taken = self.taken.saturating_add(len);
    }

    const fn fail(&mut self, what: FrameFault) -> FrameError {
        let error = FrameError {
            at: self.taken,
            what,
        };
        self.failed = Some(error);
        error
    }

    /// Takes one piece: the frame, if that was its last, and the bytes taken from the stream.
    fn piece(&mut self) -> Result<Option<(Option<Bytes>, usize)>, FrameFault> {
        let Some((more, lane, len)) = self.prefix()? else {
            return Ok(None);
        };
        let pieces = self
            .pieces
            .get_mut(lane.index())
            .ok_or(FrameFault::Prefix)?;
        let whole = pieces.len().saturating_add(len);
        if whole > self.limit {
            return Err(FrameFault::TooLong(whole));
        }
        let needed = len.saturating_add(PREFIX);
        if self.buffer.len() < needed {
            self.buffer
                .reserve(needed.saturating_sub(self.buffer.len()));
            return Ok(None);
        }
        self.buffer.advance(PREFIX);
        let piece = self.buffer.split_to(len);
        let frame = if more {
            pieces.extend_from_slice(&piece);
            None
        } else if pieces.is_empty() {
            Some(piece.freeze())
        } else {
            pieces.extend_from_slice(&piece);
            Some(std::mem::take(pieces).freeze())
        };
        Ok(Some((frame, needed)))
    }

    fn prefix(&self) -> Result<Option<(bool, Lane, usize)>, FrameFault> {
        let Some((first, rest)) = self.buffer.split_first_chunk::<1>() else {
            return Ok(None);
        };
        let [first] = *first;
        if first & 0x78 != 0 {
            return Err(FrameFault::Prefix);
        }
        let lane = decode::lane(u64::from(first & 7)).ok_or(FrameFault::Prefix)?;
        let Some((length, _)) = rest.split_first_chunk::<3>() else {
            return Ok(None);
        };
        let [high, middle, low] = *length;
        let len = u32::from_be_bytes([0, high, middle, low]);
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        if len == 0 {
            return Err(FrameFault::Prefix);
        }
        Ok(Some((first & 0x80 != 0, lane, len)))
    }
}
