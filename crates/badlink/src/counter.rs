//! What the link did, in packets and bytes.

use std::time::Duration;

/// Both ways, since the link was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// From side A to side B.
    pub a_to_b: Way,
    /// From side B to side A.
    pub b_to_a: Way,
}

impl Counters {
    /// What was counted after `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            a_to_b: self.a_to_b.since(&earlier.a_to_b),
            b_to_a: self.b_to_a.since(&earlier.b_to_a),
        }
    }
}

/// One direction. What was offered and is in none of the other four is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Way {
    /// Given to the link by the sender's kernel.
    pub offered: Traffic,
    /// Dropped because the queue was full.
    pub full: Traffic,
    /// Sent, and lost by chance.
    pub lost: Traffic,
    /// Lost in an outage.
    pub cut: Traffic,
    /// Given to the receiver's kernel.
    pub delivered: Traffic,
    /// How long the sender's end was sending: [`Way::busy_share`] makes it the use of the link.
    pub busy: Duration,
}

impl Way {
    /// What was counted after `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            offered: self.offered.since(earlier.offered),
            full: self.full.since(earlier.full),
            lost: self.lost.since(earlier.lost),
            cut: self.cut.since(earlier.cut),
            delivered: self.delivered.since(earlier.delivered),
            busy: self.busy.saturating_sub(earlier.busy),
        }
    }

    /// The part of `elapsed` in which this direction was sending, from 0 to 1. Packets that were then lost count: the
    /// sender did use the link.
    pub fn busy_share(&self, elapsed: Duration) -> f64 {
        if elapsed.is_zero() {
            0.0
        } else {
            self.busy.as_secs_f64() / elapsed.as_secs_f64()
        }
    }
}

/// Packets, and their bytes with the IP header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many packets.
    pub packets: u64,
    /// How many bytes in them.
    pub bytes: u64,
}

impl Traffic {
    pub(crate) fn add(&mut self, length: usize) {
        self.packets += 1;
        self.bytes += u64::try_from(length).unwrap_or(u64::MAX);
    }

    fn since(self, earlier: Self) -> Self {
        Self {
            packets: self.packets.saturating_sub(earlier.packets),
            bytes: self.bytes.saturating_sub(earlier.bytes),
        }
    }
}
