//! How much may be on its way: unacknowledged bytes stay below rate × (RTT + queue).
//!
//! Socket buffers alone would take seconds' worth of bulk on a slow link, and a FLASH behind them waits.
//! So the sender asks here before each write. The rate is measured from acknowledgements as BBR does it
//! (bytes delivered between the sending of a byte and its acknowledgement, best of the last few seconds);
//! the RTT is the lowest of the connection, so that a standing queue cannot pass for a long way.
//!
//! Time is the time since the link came up, from a clock that never goes back.

use std::collections::VecDeque;
use std::time::Duration;

/// The queue allowed on the link in ordinary times.
pub const QUEUE: Duration = Duration::from_millis(900);

/// The queue allowed while a FLASH is waiting or on its way.
pub const QUEUE_FLASH: Duration = Duration::from_millis(400);

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
        within(rate, rtt.saturating_add(queue)).clamp(LEAST, MOST)
    }

    /// Bytes that the lower lanes may send now.
    pub fn room(&self, flash: bool) -> usize {
        to_usize(self.window(flash).saturating_sub(self.unacked()))
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
            rate => to_usize(rate.wrapping_div(PIECES_A_SECOND)).clamp(PIECE_LEAST, PIECE_MOST),
        }
    }
}

fn per_second(bytes: u64, elapsed: Duration) -> u64 {
    let micros = elapsed.as_micros().max(1);
    let rate = u128::from(bytes)
        .saturating_mul(1_000_000)
        .wrapping_div(micros);
    u64::try_from(rate).unwrap_or(u64::MAX)
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// A link of a fixed rate and delay, the sender always with more to send. Gives for each round the
    /// time that a byte sent then waits on the link before it moves.
    fn run(rate: u64, one_way: Duration, seconds: u64, flash: bool) -> (CreditWindow, Duration, u64) {
        let mut window = CreditWindow::new(None);
        window.on_rtt(one_way * 2);
        let mut free_at = Duration::ZERO;
        let mut acks: VecDeque<(Duration, u64)> = VecDeque::new();
        let mut sent = 0;
        let mut queue_most = Duration::ZERO;
        let mut now = Duration::ZERO;
        while now < Duration::from_secs(seconds) {
            while acks.front().is_some_and(|(at, _)| *at <= now) {
                let (at, bytes) = acks.pop_front().unwrap();
                window.on_ack(bytes, Duration::ZERO, at).unwrap();
            }
            while window.room(flash) >= window.piece().min(16 << 10) {
                let bytes = window.piece().min(16 << 10);
                window.on_sent(bytes, true, now);
                sent += bytes as u64;
                free_at = free_at.max(now) + Duration::from_secs_f64(bytes as f64 / rate as f64);
                if now > ms(10_000) {
                    queue_most = queue_most.max(free_at - now);
                }
                acks.push_back((free_at + one_way * 2, sent));
            }
            now += ms(5);
        }
        let acked = window.acked;
        (window, queue_most, acked)
    }

    #[test]
    fn a_slow_line_is_used_and_its_queue_stays_short() {
        let (window, queue, acked) = run(8_000, ms(300), 60, false);

        assert!(queue < ms(1_300), "{queue:?}");
        assert!(acked > 8_000 * 60 * 85 / 100, "{acked}");
        assert!((7_000..9_500).contains(&window.rate()), "{}", window.rate());
        assert_eq!(window.piece(), usize::try_from(window.rate() / 8).unwrap());
    }

    #[test]
    fn flash_shortens_the_queue() {
        let (_, queue, acked) = run(8_000, ms(300), 60, true);

        assert!(queue < ms(700), "{queue:?}");
        assert!(acked > 8_000 * 60 * 75 / 100, "{acked}");
    }

    #[test]
    fn a_fast_line_opens_within_a_few_round_trips() {
        let mut window = CreditWindow::new(None);
        let mut now = Duration::ZERO;
        for _ in 0..8 {
            let bytes = window.room(false);
            window.on_sent(bytes, true, now);
            now += Duration::from_micros(300);
            window.on_ack(window.sent, Duration::ZERO, now).unwrap();
        }
        assert_eq!(window.window(false), MOST);
        assert!(window.rate() > 20 << 20);
    }

    #[test]
    fn a_line_that_slows_down_is_noticed() {
        let mut window = CreditWindow::new(Some(1_000_000));
        let mut now = Duration::ZERO;
        window.on_rtt(ms(50));
        for _ in 0..40 {
            let bytes = window.room(false).max(1_000);
            window.on_sent(bytes, true, now);
            now += Duration::from_secs_f64(bytes as f64 / 8_000.0).max(ms(50));
            window.on_ack(window.sent, Duration::ZERO, now).unwrap();
        }
        assert!(window.window(false) < 12_000, "{}", window.window(false));
    }

    #[test]
    fn a_talker_with_little_to_say_does_not_slow_the_link() {
        let mut window = CreditWindow::new(Some(500_000));
        for second in 0..100 {
            let now = Duration::from_secs(second);
            window.on_sent(100, false, now);
            window.on_ack(window.sent, Duration::ZERO, now + ms(40)).unwrap();
        }
        assert_eq!(window.rate(), 500_000);
    }

    #[test]
    fn an_acknowledgement_of_the_future_is_refused() {
        let mut window = CreditWindow::new(None);
        window.on_sent(10, false, Duration::ZERO);

        let answer = window.on_ack(11, Duration::ZERO, ms(1));

        assert_eq!(answer, Err(BadAck { sent: 10, acked: 11 }));
    }

    proptest! {
        #[test]
        fn bounds_hold_whatever_happens(
            steps in proptest::collection::vec((0_usize..100_000, 0_u64..2_000_000, any::<bool>(), 0_u64..5_000_000), 0..200),
        ) {
            let mut window = CreditWindow::new(None);
            let mut now = Duration::ZERO;
            for (bytes, ack, more, micros) in steps {
                let room = window.room(more);
                let before = window.unacked();
                window.on_sent(bytes.min(room), more, now);
                prop_assert!(window.unacked() <= before.max(window.window(more).max(INITIAL)) + bytes as u64);
                now += Duration::from_micros(micros);
                let acked = window.acked.saturating_add(ack).min(window.sent);
                window.on_ack(acked, Duration::from_micros(micros / 2), now).unwrap();
                prop_assert!((LEAST..=MOST).contains(&window.window(true)));
                prop_assert!(window.window(true) <= window.window(false));
                prop_assert!((PIECE_LEAST..=PIECE_MOST).contains(&window.piece()));
                prop_assert!(window.room_strict() >= window.room(false));
                prop_assert_eq!(window.flights.is_empty(), window.unacked() == 0);
            }
        }
    }
}
