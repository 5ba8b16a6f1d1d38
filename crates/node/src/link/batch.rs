//! The fall-back: the same frames in the bodies of HTTPS requests, for a path that does not hold a stream.
//!
//! The first body of a session begins with [`Frame::Hello`], and so does its answer. The dialler keeps one
//! request waiting for what the other side has, and makes another one for whatever it has itself. A request
//! that fails ends the session; the next one begins with what both sides hold, so a lost answer costs a
//! repeat and nothing else.

mod client;
mod server;

pub(super) use client::poll;
pub(super) use server::{Served, serve};

use std::time::Duration;

use bytes::BytesMut;
use exchange::frame::{Frame, FrameError, FrameReader};
use exchange::lane::Budget;

use super::outbox::Outbox;

/// Where requests go.
const PATH: &str = "/guzar/1";

/// How long a request without frames is kept waiting.
const HOLD: Duration = Duration::from_secs(20);

/// The longest body: some frames of the longest kind.
const BODY_MAX: usize = 4 << 20;

/// Frames are put into a body until it is so long.
const BODY_FULL: usize = 512 << 10;

/// What waits, as one body.
fn body(outbox: &Outbox, out: &mut BytesMut) {
    outbox.take(out, Budget::ALL, BODY_FULL);
}

/// All frames of a body.
fn frames(body: &[u8]) -> Result<Vec<Frame>, FrameError> {
    let mut reader = FrameReader::default();
    reader.push(body);
    let mut frames = Vec::new();
    while let Some(frame) = reader.next()? {
        frames.push(frame);
    }
    Ok(frames)
}
