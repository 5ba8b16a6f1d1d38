//! How much may be on its way: unacknowledged bytes stay below rate × (RTT + queue) and a piece.
//!
//! Socket buffers alone would take seconds' worth of bulk on a slow link, and a FLASH behind them waits.
//! So the sender asks here before each write. The rate is measured from acknowledgements as BBR does it
//! (bytes delivered between the sending of a byte and its acknowledgement, best of the last few seconds);
//! the RTT is the lowest of the connection, so that a standing queue cannot pass for a long way.
//!
//! Time is the time since the link came up, from a clock that never goes back.

use std::collections::VecDeque;
use std::time::Duration;

/// The queue allowed on the link in ordinary times. A packet that is lost comes again behind the queue, and a
/// FLASH waits for both: so it is short.
pub const QUEUE: Duration = Duration::from_millis(350);

/// The queue allowed while a FLASH is waiting or on its way.
pub const QUEUE_FLASH: Duration = Duration::from_millis(200);

/// Acknowledgements that stay out longer than this are held up by a lost packet: TCP gives nothing out of
/// turn, while the link itself goes on.
const STALLED: Duration = Duration::from_millis(250);

/// The window before anything is measured: 2 s of a 64 kbit/s line, and doubled within a round trip on a
/// fast one.
const INITIAL: u64 = 16 << 10;

/// The least: some small frames, so that the slowest line still moves.
const LEAST: u64 = 2 << 10;

/// The most: bounds what a peer may have to take in at once.
const MOST: u64 = 4 << 20;

/// Strict lanes may go over the window by as much again, and by this at least: a FLASH does not wait for
/// the acknowledgement of bulk.
const STRICT_EXTRA: u64 = 32 << 10;

/// A piece is sent within so many seconds' fraction: 1/8 s.
const PIECES_A_SECOND: u64 = 8;

/// The shortest piece, so that heads stay a small part.
const PIECE_LEAST: usize = 512;

/// A piece that fills a packet of 1,500 bytes with its prefix, TLS record and headers: losses are by packet.
/// Taken where it lasts no longer than 1/4 s.
const PIECE_PACKET: usize = 1_400;

/// The longest: a frame whole.
const PIECE_MOST: usize = crate::frame::MAX_FRAME;

/// The piece before anything is measured.
const PIECE_INITIAL: usize = 4 << 10;

/// The best rate of so many spans counts.
const SPANS: usize = 8;

/// A span lasts a round trip, and so long at least.
const SPAN: Duration = Duration::from_millis(500);

/// Shorter measurements say more about the clock than about the link.
const SHORTEST: Duration = Duration::from_micros(200);

/// Writes closer together than this are one for the measurement.
const TOGETHER: Duration = Duration::from_micros(500);

/// Writes remembered at most; beyond that the newest are taken as one.
const FLIGHTS: usize = 4_096;

/// An acknowledgement of bytes that were never sent: the peer is broken or hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{acked} bytes acknowledged of {sent} sent")]
pub struct BadAck {
    /// Bytes sent.
    pub sent: u64,
    /// Bytes that the peer says it has.
    pub acked: u64,
}

#[derive(Debug, Clone, Copy)]
struct Flight {
    /// The count of bytes sent, with this write.
    end: u64,
    at: Duration,
    /// Bytes acknowledged when this went out, and since when.
    delivered: u64,
    delivered_at: Duration,
    /// Nothing more was waiting: what is measured is the sender, not the link.
    limited: bool,
}

/// Counts what is on its way, and says what may follow.
#[derive(Debug, Clone)]
pub struct CreditWindow {
    sent: u64,
    acked: u64,
    acked_at: Duration,
    flights: VecDeque<Flight>,
    rtt_least: Option<Duration>,
    rtt_last: Option<Duration>,
    /// The best rate of each span in bytes per second, newest last.
    spans: VecDeque<u64>,
    span_began: Duration,
    rate_last: u64,
}

impl CreditWindow {
    /// A window for a new link; `rate` in bytes per second, if one was measured to that peer before.
    pub fn new(rate: Option<u64>) -> Self {
        Self {
            sent: 0,
            acked: 0,
            acked_at: Duration::ZERO,
            flights: VecDeque::new(),
            rtt_least: None,
            rtt_last: None,
            spans: rate.into_iter().filter(|rate| *rate > 0).collect(),
            span_began: Duration::ZERO,
            rate_last: rate.unwrap_or_default(),
        }
    }

    /// Notes a write. `more` says that the sender has more waiting.
    pub fn on_sent(&mut self, bytes: usize, more: bool, now: Duration) {
        if bytes == 0 {
            return;
        }
        if self.unacked() == 0 {
            self.acked_at = now;
        }
        self.sent = self.sent.saturating_add(to_u64(bytes));
        let full = self.flights.len() >= FLIGHTS;
        if let Some(last) = self.flights.back_mut()
            && (full || now.saturating_sub(last.at) < TOGETHER)
        {
            last.end = self.sent;
            last.limited = last.limited && !more;
            return;
        }
        self.flights.push_back(Flight {
            end: self.sent,
            at: now,
            delivered: self.acked,
            delivered_at: self.acked_at,
            limited: !more,
        });
    }

    /// Notes that the peer has taken so many bytes, the last of them `held` before it said so.
    pub fn on_ack(&mut self, acked: u64, held: Duration, now: Duration) -> Result<(), BadAck> {
        if acked > self.sent {
            return Err(BadAck {
                sent: self.sent,
                acked,
            });
        }
        if acked <= self.acked {
            return Ok(());
        }
        let before = self.acked_at;
        self.acked = acked;
        self.acked_at = now;
        let mut landed = None;
        while let Some(flight) = self.flights.front()
            && flight.end <= acked
        {
            landed = self.flights.pop_front();
        }
        let Some(flight) = landed else {
            return Ok(());
        };
        self.on_rtt(now.saturating_sub(flight.at).saturating_sub(held));
        // What arrives in a burst after a stall was on its way during the stall: measure from the last
        // acknowledgement before, never over less than a round trip's least.
        let least = self.rtt_least.unwrap_or_default().max(SHORTEST);
        let elapsed = now
            .saturating_sub(flight.delivered_at)
            .max(now.saturating_sub(before))
            .max(least);
        self.on_rate(
            per_second(acked.saturating_sub(flight.delivered), elapsed),
            flight.limited,
            now,
        );
        Ok(())
    }

    /// Notes a round trip measured otherwise, by a ping on the idle link.
    pub fn on_rtt(&mut self, rtt: Duration) {
        self.rtt_last = Some(rtt);
        self.rtt_least = Some(self.rtt_least.map_or(rtt, |least| least.min(rtt)));
    }

    fn on_rate(&mut self, rate: u64, limited: bool, now: Duration) {
        // A sender with little to send shows less than the link can do; more it cannot show.
        if limited && rate <= self.rate() {
            return;
        }
        self.rate_last = rate;
        let span = SPAN.max(self.rtt_least.unwrap_or_default());
        if self.spans.is_empty() || now.saturating_sub(self.span_began) >= span {
            self.span_began = now;
            self.spans.push_back(rate);
            if self.spans.len() > SPANS {
                self.spans.pop_front();
            }
        } else if let Some(best) = self.spans.back_mut() {
            *best = rate.max(*best);
        }
    }

    /// Bytes sent since the link began.
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    /// Bytes on their way.
    pub const fn unacked(&self) -> u64 {
        self.sent.saturating_sub(self.acked)
    }

    /// When the oldest byte on its way was sent.
    pub fn waiting_since(&self) -> Option<Duration> {
        self.flights.front().map(|flight| flight.at)
    }

    /// Bytes per second that the link carries, 0 if unknown. At low traffic: that it carries at least.
    pub fn rate(&self) -> u64 {
        self.spans.iter().copied().max().unwrap_or(0)
    }

    /// The shortest round trip of this connection.
    pub const fn rtt(&self) -> Option<Duration> {
        self.rtt_least
    }

    /// Bytes that may be on their way.
    pub fn window(&self, flash: bool) -> u64 {
        let best = self.rate();
        if best == 0 {
            return INITIAL;
        }
        let queue = if flash { QUEUE_FLASH } else { QUEUE };
        let rtt = self.rtt_least.unwrap_or_default();
        // A queue much longer than was aimed at: the link has become slower than its best.
        let late = self
            .rtt_last
            .is_some_and(|last| last > rtt.saturating_add(QUEUE.saturating_mul(2)));
        let rate = if late { self.rate_last.min(best) } else { best };
        // One piece more: what waits at the peer to be acknowledged is on no link. Without it a window that
        // was once too small would measure no more than itself, and stay so.
        within(rate, rtt.saturating_add(queue))
            .saturating_add(to_u64(self.piece()))
            .clamp(LEAST, MOST)
    }

    /// Bytes that the lower lanes may send now.
    ///
    /// While a lost packet holds acknowledgements up, what the link carries meanwhile is counted at its rate,
    /// for a window at most: a link that is really cut takes no more than that.
    pub fn room(&self, flash: bool, now: Duration) -> usize {
        let window = self.window(flash);
        let stalled = now.saturating_sub(self.acked_at).saturating_sub(STALLED);
        let rtt = self.rtt_least.unwrap_or_default();
        let since_first = self
            .waiting_since()
            .map_or(Duration::ZERO, |since| now.saturating_sub(since));
        let carried = if since_first > rtt {
            within(self.rate(), stalled).min(window)
        } else {
            0
        };
        to_usize(
            window
                .saturating_add(carried)
                .saturating_sub(self.unacked()),
        )
    }

    /// Bytes that Control and FLASH may send now.
    pub fn room_strict(&self) -> usize {
        let window = self.window(false);
        let most = window.saturating_add(window.max(STRICT_EXTRA));
        to_usize(most.saturating_sub(self.unacked()))
    }

    /// How much of a long frame to send at once: about 1/8 s of the link.
    pub fn piece(&self) -> usize {
        match self.rate() {
            0 => PIECE_INITIAL,
            rate => {
                let eighth = to_usize(rate.wrapping_div(PIECES_A_SECOND));
                let packet = PIECE_PACKET.min(eighth.saturating_mul(2));
                eighth.max(packet).clamp(PIECE_LEAST, PIECE_MOST)
            }
        }
    }
}

fn per_second(bytes: u64, elapsed: Duration) -> u64 {
    u128::from(bytes)
        .saturating_mul(1_000_000)
        .checked_div(elapsed.as_micros())
        .and_then(|rate| u64::try_from(rate).ok())
        .unwrap_or(u64::MAX)
}

fn within(rate: u64, time: Duration) -> u64 {
    let bytes = u128::from(rate)
        .saturating_mul(time.as_micros())
        .wrapping_div(1_000_000);
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn to_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn to_usize(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
