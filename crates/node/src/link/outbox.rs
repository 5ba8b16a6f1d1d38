//! What waits for one link: frames in lanes, taken by the link's writer as its window allows.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};
use exchange::frame::{Frame, MAX_DATA, put_prefix};
use exchange::lane::{Budget, LaneQueue};
use model::lane::Lane;
use tokio::sync::Notify;

use crate::sequence::lock;

/// More than this in memory for one peer: it takes nothing, or is hostile. The courier bounds dispatches
/// to 8 MiB; the rest is receipts and answers.
const OVERRUN_BYTES: usize = 64 << 20;

/// Attachment data that waits in memory: two frames, so that the link never runs dry.
const BULK_AHEAD: usize = 2 * MAX_DATA;

/// The least of an attachment that is read at once.
const DATA_LEAST: u32 = 1 << 10;

/// Room for a data frame's head, so that a whole one fits into one piece.
const DATA_HEAD: usize = 64;

/// Frames for one peer. Clones are the same outbox; after the link's end pushes go nowhere.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    queue: Mutex<LaneQueue<Waiting>>,
    /// The writer sleeps on this.
    work: Notify,
    /// Whoever waits to push bulk sleeps on this.
    room: Notify,
    closed: AtomicBool,
    overrun: AtomicBool,
    /// Bytes of an attachment worth reading at once.
    data: AtomicU32,
}

#[derive(Debug)]
enum Waiting {
    Whole(Frame),
    /// What is left of a frame whose first pieces went out.
    Rest(Bytes),
}

/// What one turn of the writer took.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Taken {
    /// A FLASH, or the last piece of one, is among it.
    pub(super) flash: bool,
    /// More waits than the window let through.
    pub(super) more: bool,
}

impl Outbox {
    pub(crate) fn push(&self, frame: Frame) {
        if self.inner.closed.load(Ordering::Acquire) {
            return;
        }
        let size = frame.size_hint();
        let bytes = {
            let mut queue = lock(&self.inner.queue);
            queue.push(frame.lane(), size, Waiting::Whole(frame));
            queue.bytes()
        };
        if bytes > OVERRUN_BYTES {
            self.inner.overrun.store(true, Ordering::Release);
        }
        self.inner.work.notify_one();
    }

    /// Waits until little bulk is queued, then pushes; false if the link ended.
    pub(crate) async fn push_bulk(&self, frame: Frame) -> bool {
        loop {
            let room = self.inner.room.notified();
            if self.inner.closed.load(Ordering::Acquire) {
                return false;
            }
            if lock(&self.inner.queue).bytes_of(Lane::Bulk) < BULK_AHEAD {
                break;
            }
            room.await;
        }
        self.push(frame);
        true
    }

    /// How many bytes of an attachment to read for the next frame: what the link sends in about 1/8 s.
    pub(crate) fn data_hint(&self) -> u32 {
        let most = u32::try_from(MAX_DATA).unwrap_or(u32::MAX);
        self.inner
            .data
            .load(Ordering::Relaxed)
            .clamp(DATA_LEAST, most)
    }

    pub(super) fn set_piece(&self, piece: usize) {
        let data = u32::try_from(piece.saturating_sub(DATA_HEAD)).unwrap_or(u32::MAX);
        self.inner.data.store(data, Ordering::Relaxed);
    }

    pub(super) fn bytes(&self) -> usize {
        lock(&self.inner.queue).bytes()
    }

    pub(super) fn has_flash(&self) -> bool {
        lock(&self.inner.queue).has_flash()
    }

    pub(super) fn is_overrun(&self) -> bool {
        self.inner.overrun.load(Ordering::Acquire)
    }

    /// Resolves when something was pushed since the last call.
    pub(super) async fn work(&self) {
        self.inner.work.notified().await;
    }

    /// Wakes the writer without a frame: there is something to acknowledge.
    pub(super) fn nudge(&self) {
        self.inner.work.notify_one();
    }

    pub(super) fn close(&self) {
        self.inner.closed.store(true, Ordering::Release);
        *lock(&self.inner.queue) = LaneQueue::new();
        self.inner.room.notify_waiters();
        self.inner.work.notify_one();
    }

    /// Appends what may go now, up to `most` bytes, with prefixes; long frames in pieces.
    pub(super) fn take(&self, out: &mut BytesMut, mut budget: Budget, most: usize) -> Taken {
        let mut taken = Taken::default();
        let mut scratch = Vec::new();
        let mut queue = lock(&self.inner.queue);
        while out.len() < most {
            let Some((lane, waiting)) = queue.pop(budget) else {
                taken.more = !queue.is_empty();
                break;
            };
            taken.flash |= lane == Lane::Flash;
            let before = out.len();
            let body = match waiting {
                Waiting::Whole(frame) => {
                    let mut body = Vec::with_capacity(frame.size_hint());
                    frame.encode_body(&mut body);
                    Bytes::from(body)
                }
                Waiting::Rest(rest) => rest,
            };
            let whole = lane == Lane::Control || body.len() <= budget.piece;
            let piece = if whole { body.len() } else { budget.piece };
            scratch.clear();
            put_prefix(&mut scratch, lane, piece, !whole);
            out.extend_from_slice(&scratch);
            let (now, rest) = body.split_at_checked(piece).unwrap_or((&body, &[]));
            out.extend_from_slice(now);
            if !rest.is_empty() {
                let rest = body.slice_ref(rest);
                queue.push_front(lane, rest.len(), Waiting::Rest(rest));
            }
            let sent = out.len().saturating_sub(before);
            budget.strict = budget.strict.saturating_sub(sent);
            budget.lower = budget.lower.saturating_sub(sent);
        }
        taken.more |= out.len() >= most && !queue.is_empty();
        if queue.bytes_of(Lane::Bulk) < BULK_AHEAD {
            self.inner.room.notify_waiters();
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use exchange::frame::FrameReader;

    use super::*;

    fn frames(bytes: &[u8]) -> Vec<Frame> {
        let mut reader = FrameReader::default();
        reader.push(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = reader.next().unwrap() {
            frames.push(frame);
        }
        assert_eq!(reader.pending(), 0);
        frames
    }

    fn dispatch(lane: Lane, len: usize) -> Frame {
        Frame::Dispatch {
            lane,
            bytes: vec![7; len].into(),
        }
    }

    #[test]
    fn a_flash_goes_between_the_pieces_of_a_long_frame() {
        let outbox = Outbox::default();
        let long = dispatch(Lane::Routine, 5_000);
        let flash = dispatch(Lane::Flash, 100);
        outbox.push(long.clone());
        let budget = Budget {
            piece: 1_000,
            ..Budget::ALL
        };
        let mut out = BytesMut::new();
        outbox.take(&mut out, budget, 1_000);
        outbox.push(flash.clone());

        outbox.take(&mut out, budget, usize::MAX);

        assert_eq!(frames(&out), [flash, long]);
    }

    #[test]
    fn nothing_is_taken_beyond_the_window() {
        let outbox = Outbox::default();
        outbox.push(dispatch(Lane::Routine, 5_000));
        let mut out = BytesMut::new();
        let budget = Budget {
            strict: 10_000,
            lower: 900,
            piece: 1_000,
        };

        let taken = outbox.take(&mut out, budget, usize::MAX);

        assert!(out.is_empty() && taken.more);
    }

    #[tokio::test]
    async fn bulk_waits_for_room_and_ends_with_the_link() {
        let outbox = Outbox::default();
        let data = || Frame::AttachmentData {
            id: model::ids::AttachmentId::new([1; 32]),
            offset: 0,
            bytes: vec![0; MAX_DATA].into(),
        };
        assert!(outbox.push_bulk(data()).await);
        assert!(outbox.push_bulk(data()).await);
        let waiting = tokio_util::task::TaskTracker::new().spawn({
            let outbox = outbox.clone();
            async move { outbox.push_bulk(data()).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());

        outbox.close();

        assert!(!waiting.await.unwrap());
    }
}
