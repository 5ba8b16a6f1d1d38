//! One direction of the link, decided without I/O: packets and the time go in, packets come out when they are due.
//!
//! Time is the time since the link was made.

use std::collections::VecDeque;
use std::time::Duration;

use crate::counter::Way;
use crate::noise::Noise;
use crate::options::Options;

/// A queue, a rate, chance and a delay.
#[derive(Debug)]
pub(crate) struct Pipe {
    options: Options,
    noise: Noise,
    up: bool,
    /// When the last bit of the last packet taken so far is sent.
    free_at: Duration,
    /// In the order of their arrival.
    under_way: VecDeque<UnderWay>,
    counted: Way,
}

#[derive(Debug)]
struct UnderWay {
    arrives_at: Duration,
    packet: Vec<u8>,
}

impl Pipe {
    pub(crate) fn new(options: &Options, noise: Noise) -> Self {
        Self {
            options: options.clone(),
            noise,
            up: true,
            free_at: Duration::ZERO,
            under_way: VecDeque::new(),
            counted: Way::default(),
        }
    }

    /// Takes a packet from the sender.
    pub(crate) fn offer(&mut self, packet: &[u8], now: Duration) {
        self.counted.offered.add(packet.len());
        if !self.up {
            self.counted.cut.add(packet.len());
            return;
        }
        let begins_at = self.free_at.max(now);
        if begins_at.saturating_sub(now) > self.options.queue {
            self.counted.full.add(packet.len());
            return;
        }
        let sending = self.sending_time(packet.len());
        self.free_at = begins_at + sending;
        self.counted.busy += sending;
        if self.noise.happens(self.options.loss.share()) {
            self.counted.lost.add(packet.len());
            return;
        }
        self.under_way.push_back(UnderWay {
            arrives_at: self.free_at + self.options.delay,
            packet: packet.to_vec(),
        });
    }

    /// The next packet that has arrived, if one has.
    pub(crate) fn take(&mut self, now: Duration) -> Option<Vec<u8>> {
        let arrived = self
            .under_way
            .pop_front_if(|first| first.arrives_at <= now)?;
        self.counted.delivered.add(arrived.packet.len());
        Some(arrived.packet)
    }

    /// Loses what is under way, and all that comes until [`Pipe::restore`].
    pub(crate) fn cut(&mut self, now: Duration) {
        self.up = false;
        for lost in self.under_way.drain(..) {
            self.counted.cut.add(lost.packet.len());
        }
        self.counted.busy = self.busy(now);
        self.free_at = self.free_at.min(now);
    }

    /// Carries again.
    pub(crate) fn restore(&mut self, _now: Duration) {
        self.up = true;
    }

    /// When [`Pipe::take`] has something to give, if nothing changes until then.
    pub(crate) fn due_at(&self) -> Option<Duration> {
        self.under_way.front().map(|first| first.arrives_at)
    }

    pub(crate) fn counters(&self, now: Duration) -> Way {
        Way {
            busy: self.busy(now),
            ..self.counted
        }
    }

    /// Sending goes on without a gap from now until `free_at`, and that part is still to come.
    fn busy(&self, now: Duration) -> Duration {
        self.counted
            .busy
            .saturating_sub(self.free_at.saturating_sub(now))
    }

    fn sending_time(&self, length: usize) -> Duration {
        let bits = u64::try_from(length).unwrap_or(u64::MAX).saturating_mul(8);
        // One kbit/s is one bit in a million nanoseconds.
        Duration::from_nanos(
            bits.saturating_mul(1_000_000) / u64::from(self.options.rate_kbit_s.get()),
        )
    }
}

#[cfg(test)]
mod tests;
