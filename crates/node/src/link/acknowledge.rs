//! What to acknowledge, and when: at once where something goes out anyway or much has come, else a little
//! later, so that acknowledgements stay a small part of a slow link.

use std::sync::Mutex;
use std::time::Duration;

use exchange::frame::Frame;

use crate::sequence::lock;

/// So many bytes are acknowledged at once.
const AT_ONCE: u64 = 64 << 10;

/// The longest wait on a fast link.
const WAIT: Duration = Duration::from_millis(20);

/// The longest wait on a slow one: an acknowledgement costs about 80 bytes with its packet.
const WAIT_SLOW: Duration = Duration::from_millis(100);

/// Below this rate a link is slow, in bytes per second.
const SLOW: u64 = 64 << 10;

/// Bytes that came from the peer and were handed to the host.
#[derive(Debug, Default)]
pub(super) struct Acknowledge {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: u64,
    told: u64,
    /// When the last frame that wants an answer came. Acknowledgements want none, or two idle peers would
    /// answer each other for ever.
    wanted: Option<Duration>,
    /// When the last of the bytes came: the round trip that the peer measures begins with them.
    last: Duration,
}

impl Acknowledge {
    /// The host has `taken` bytes. Says whether the writer has something to do soon.
    pub(super) fn took(&self, taken: u64, wants: bool, now: Duration) -> bool {
        let mut state = lock(&self.state);
        if taken > state.taken {
            state.last = now;
        }
        state.taken = taken;
        if wants && state.wanted.is_none() {
            state.wanted = Some(now);
        }
        wants
    }

    /// How long the writer may sleep before it must acknowledge; `None` if there is nothing.
    pub(super) fn due_in(&self, rate: u64, now: Duration) -> Option<Duration> {
        let state = lock(&self.state);
        let since = state.wanted?;
        if state.taken.saturating_sub(state.told) >= AT_ONCE {
            return Some(Duration::ZERO);
        }
        let wait = if rate > 0 && rate < SLOW {
            WAIT_SLOW
        } else {
            WAIT
        };
        Some(wait.saturating_sub(now.saturating_sub(since)))
    }

    /// The frame that says it, if something new has come.
    pub(super) fn frame(&self, now: Duration) -> Option<Frame> {
        let mut state = lock(&self.state);
        if state.taken == state.told {
            return None;
        }
        state.told = state.taken;
        state.wanted = None;
        let held = now.saturating_sub(state.last);
        Some(Frame::Ack {
            bytes: state.taken,
            held_us: u32::try_from(held.as_micros()).unwrap_or(u32::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn acknowledgements_are_not_acknowledged() {
        let acknowledge = Acknowledge::default();

        assert!(!acknowledge.took(30, false, ms(1)));
        assert_eq!(acknowledge.due_in(0, ms(5)), None);
        assert!(acknowledge.frame(ms(5)).is_some());
    }

    #[test]
    fn much_is_acknowledged_at_once_and_little_soon() {
        let acknowledge = Acknowledge::default();
        acknowledge.took(100, true, ms(10));
        assert_eq!(acknowledge.due_in(0, ms(15)), Some(ms(15)));
        assert_eq!(acknowledge.due_in(8_000, ms(15)), Some(ms(95)));

        acknowledge.took(100_000, true, ms(16));
        assert_eq!(acknowledge.due_in(0, ms(16)), Some(ms(0)));
        let frame = acknowledge.frame(ms(30));
        assert_eq!(
            frame,
            Some(Frame::Ack {
                bytes: 100_000,
                held_us: 14_000
            })
        );
        assert_eq!(acknowledge.frame(ms(31)), None);
    }
}
