//! One time for all stations, and what each station's clock makes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use model::time::Timestamp;
use node::clock::Clock;

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 24 * HOUR;

/// 2026-03-02T06:00:00Z.
const BEGIN_US: i64 = 1_772_431_200_000_000;

const SECOND_US: i64 = 1_000_000;

/// The true time, moved by hand. Clones are the same hand.
#[derive(Debug, Clone)]
pub struct Hand(Arc<AtomicI64>);

impl Default for Hand {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(BEGIN_US)))
    }
}

impl Hand {
    pub fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn advance_us(&self, us: i64) {
        self.0.fetch_add(us, Ordering::SeqCst);
    }
}

/// A station's clock: the true time and an error.
#[derive(Debug)]
pub(crate) struct StationClock {
    hand: Hand,
    error_us: AtomicI64,
}

impl StationClock {
    pub(crate) const fn new(hand: Hand) -> Self {
        Self {
            hand,
            error_us: AtomicI64::new(0),
        }
    }

    /// The clock jumps; time goes on from there.
    pub(crate) fn jump(&self, seconds: i64) {
        let us = seconds.saturating_mul(SECOND_US);
        self.error_us.fetch_add(us, Ordering::SeqCst);
    }

    pub(crate) fn set_right(&self) {
        self.error_us.store(0, Ordering::SeqCst);
    }
}

impl Clock for StationClock {
    fn now(&self) -> Timestamp {
        let error = self.error_us.load(Ordering::SeqCst);
        Timestamp::from_micros(self.hand.now().as_micros().saturating_add(error))
    }
}
