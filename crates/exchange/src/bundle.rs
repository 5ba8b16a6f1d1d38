//! Bundle files: the frames of a link, carried by hand.
//!
//! ```text
//! file  = "GUZARBDL" version(1 byte = 1) entry(origin) entry* entry(end)
//! entry = length(u32 BE) frame digest(32)
//! ```
//! `digest` is the SHA-256 over everything in the file before it, digests left out, so that a damaged or
//! reordered entry is found where it stands. The first entry's frame is `[0, origin node id]`, the last
//! one's `[1, number of frames between]`; those between are frames as on a link. A file that is cut is read up to
//! its last whole entry. The digest guards against a bad stick, not against people: what a bundle holds
//! is signed and sealed like everything else.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use bytes::{Buf as _, Bytes, BytesMut};
use model::ids::NodeId;
use thiserror::Error;

use crate::cbor::{Reader, put_array, put_text, put_uint};
use crate::frame::{Frame, MAX_FRAME};

const MAGIC: &[u8; 8] = b"GUZARBDL";
const VERSION: u8 = 1;

/// Bytes before the first entry.
const HEAD: usize = 9;

/// Bytes of an entry's length.
const LENGTH: usize = 4;

const FIRST: u64 = 0;
const LAST: u64 = 1;

/// SHA-256 over what has been in the file so far.
struct Running(Context);

impl Running {
    fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn so_far(&self) -> impl AsRef<[u8]> {
        self.0.clone().finish()
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running(..)")
    }
}

/// Writes a bundle, piece by piece, into buffers that the caller saves.
#[derive(Debug)]
pub struct BundleWriter {
    origin: NodeId,
    digest: Running,
    count: u64,
}

impl BundleWriter {
    /// A bundle written by that node.
    pub fn new(origin: &NodeId) -> Self {
        Self {
            origin: origin.clone(),
            digest: Running::new(),
            count: 0,
        }
    }

    /// Appends the beginning of the file.
    pub fn begin(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend(MAGIC);
        out.push(VERSION);
        self.digest.update(out.get(start..).unwrap_or_default());
        let mut frame = Vec::new();
        put_array(&mut frame, 2);
        put_uint(&mut frame, FIRST);
        put_text(&mut frame, self.origin.as_str());
        self.entry(&frame, out);
    }

    /// Appends a frame.
    pub fn add(&mut self, frame: &Frame, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        frame.encode_body(&mut body);
        self.count = self.count.saturating_add(1);
        self.entry(&body, out);
    }

    /// Appends the end of the file: without it a reader says that the file was cut.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let mut frame = Vec::new();
        put_array(&mut frame, 2);
        put_uint(&mut frame, LAST);
        put_uint(&mut frame, self.count);
        self.entry(&frame, out);
    }

    fn entry(&mut self, frame: &[u8], out: &mut Vec<u8>) {
        let len = u32::try_from(frame.len()).unwrap_or(u32::MAX).to_be_bytes();
        self.digest.update(&len);
        self.digest.update(frame);
        out.extend(len);
        out.extend(frame);
        out.extend(self.digest.so_far().as_ref());
    }
}

/// Where a bundle stops being one, and why. What came before is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("at byte {at}: {what}")]
pub struct BundleError {
    /// Offset in the file of the entry that is wrong.
    pub at: u64,
    /// What is wrong with it.
    pub what: BundleFault,
}

/// What is wrong with a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BundleFault {
    /// Not a bundle file.
    #[error("not a bundle file")]
    Magic,
    /// A bundle file of a later version.
    #[error("bundle version {0} is not known here")]
    Version(u8),
    /// An entry longer than a frame can be.
    #[error("an entry of {0} bytes is too long")]
    TooLong(usize),
    /// An entry whose digest is wrong: the file is damaged.
    #[error("the digest is wrong: the file is damaged here")]
    Digest,
    /// Not a frame, although its digest is right.
    #[error("not a frame")]
    Frame,
    /// The count in the last entry is wrong, or something follows it.
    #[error("the end does not match what came before")]
    End,
}

impl BundleError {
    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self.what {
            BundleFault::Magic => "not_a_bundle",
            BundleFault::Version(_) => "bundle_version",
            BundleFault::TooLong(_) => "entry_too_long",
            BundleFault::Digest => "bundle_damaged",
            BundleFault::Frame => "bad_frame",
            BundleFault::End => "bundle_end",
        }
    }
}

/// Takes the file's bytes as they come and gives its frames.
#[derive(Debug)]
pub struct BundleReader {
    buffer: BytesMut,
    digest: Running,
    position: u64,
    origin: Option<NodeId>,
    begun: bool,
    count: u64,
    finished: bool,
    failed: Option<BundleError>,
}

/// What was taken from the file.
enum Step {
    /// A frame for the caller.
    Frame(Frame),
    /// The head, the origin or the end.
    Mark,
    /// Nothing: not all of it is there yet.
    Wait,
}

impl Default for BundleReader {
    fn default() -> Self {
        Self::new()
    }
}

impl BundleReader {
    /// A reader at the beginning of a file.
    pub fn new() -> Self {
        Self {
            buffer: BytesMut::new(),
            digest: Running::new(),
            position: 0,
            origin: None,
            begun: false,
            count: 0,
            finished: false,
            failed: None,
        }
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Offset behind the last whole entry.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Who says to have written it; known before the first frame. Not proved: frames are.
    pub const fn origin(&self) -> Option<&NodeId> {
        self.origin.as_ref()
    }

    /// Frames given so far.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Says whether the file's end was seen; if its bytes are all pushed and this is false, it was cut at
    /// [`Self::position`].
    pub fn is_finished(&self) -> bool {
        self.finished && self.buffer.is_empty()
    }

    /// The next frame, if its entry is whole. After an error always that error.
    #[expect(
        clippy::should_implement_trait,
        reason = "None means `not yet`, which an iterator cannot say"
    )]
    pub fn next(&mut self) -> Result<Option<Frame>, BundleError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        loop {
            let start = self.position;
            match self.advance() {
                Ok(Step::Frame(frame)) => return Ok(Some(frame)),
                Ok(Step::Mark) => {}
                Ok(Step::Wait) => return Ok(None),
                Err(what) => return Err(self.fail(start, what)),
            }
        }
    }

    /// An entry that was whole and is wrong all the same does not count as taken.
    const fn fail(&mut self, at: u64, what: BundleFault) -> BundleError {
        let error = BundleError { at, what };
        self.position = at;
        self.failed = Some(error);
        error
    }

    /// Takes the head or one entry.
    fn advance(&mut self) -> Result<Step, BundleFault> {
        if !self.begun {
            return Ok(if self.begin()? {
                Step::Mark
            } else {
                Step::Wait
            });
        }
        if self.finished && !self.buffer.is_empty() {
            return Err(BundleFault::End);
        }
        let Some(body) = self.entry()? else {
            return Ok(Step::Wait);
        };
        if self.origin.is_none() {
            self.origin = Some(origin(&body).ok_or(BundleFault::Frame)?);
        } else if let Some(count) = end(&body) {
            if count != self.count {
                return Err(BundleFault::End);
            }
            self.finished = true;
        } else {
            let frame = Frame::decode(&body).ok().ok_or(BundleFault::Frame)?;
            self.count = self.count.saturating_add(1);
            return Ok(Step::Frame(frame));
        }
        Ok(Step::Mark)
    }

    /// Says whether the head was there.
    fn begin(&mut self) -> Result<bool, BundleFault> {
        let alien = self
            .buffer
            .iter()
            .zip(MAGIC)
            .any(|(got, wanted)| got != wanted);
        if alien {
            return Err(BundleFault::Magic);
        }
        match self.buffer.get(MAGIC.len()) {
            None => return Ok(false),
            Some(&VERSION) => {}
            Some(version) => return Err(BundleFault::Version(*version)),
        }
        let head = self.buffer.split_to(HEAD);
        self.digest.update(&head);
        self.forward(HEAD);
        self.begun = true;
        Ok(true)
    }

    fn entry(&mut self) -> Result<Option<Bytes>, BundleFault> {
        let Some((length, rest)) = self.buffer.split_first_chunk::<LENGTH>() else {
            return Ok(None);
        };
        let length = *length;
        let len = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if len > MAX_FRAME {
            return Err(BundleFault::TooLong(len));
        }
        let Some((body, rest)) = rest.split_at_checked(len) else {
            return Ok(None);
        };
        let Some((digest, _)) = rest.split_first_chunk::<SHA256_OUTPUT_LEN>() else {
            return Ok(None);
        };
        self.digest.update(&length);
        self.digest.update(body);
        if self.digest.so_far().as_ref() != digest {
            return Err(BundleFault::Digest);
        }
        self.buffer.advance(LENGTH);
        let body = self.buffer.split_to(len).freeze();
        self.buffer.advance(SHA256_OUTPUT_LEN);
        self.forward(len.saturating_add(LENGTH).saturating_add(SHA256_OUTPUT_LEN));
        Ok(Some(body))
    }

    fn forward(&mut self, len: usize) {
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        self.position = self.position.saturating_add(len);
    }
}

fn origin(body: &[u8]) -> Option<NodeId> {
    let mut reader = Reader::new(body);
    let origin = (reader.array() == Ok(2) && reader.uint() == Ok(FIRST))
        .then(|| reader.text().ok()?.parse().ok())?;
    if reader.is_empty() { origin } else { None }
}

/// The count in an end entry. Frame kind 1 has an array as its field, an end entry has a number.
fn end(body: &[u8]) -> Option<u64> {
    let mut reader = Reader::new(body);
    let count =
        (reader.array() == Ok(2) && reader.uint() == Ok(LAST)).then(|| reader.uint().ok())?;
    if reader.is_empty() { count } else { None }
}
