//! One connection's life: reader and writer side by side until one of them ends.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use exchange::credit::CreditWindow;
use exchange::frame::{ByeReason, Frame, FrameReader};
use exchange::lane::Budget;
use model::ids::NodeId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::time::Instant;
use tokio_rustls::TlsStream;

use super::Shared;
use super::acknowledge::Acknowledge;
use super::hello::{self, Greeted, say_bye};
use super::meter::Metered;
use super::status::Carrier;
use super::table::{Entry, Figures, Seat};
use crate::sequence::lock;

type Stream = TlsStream<Metered>;

/// Bytes of frames written in one turn: four TLS records.
const TURN: usize = 64 << 10;

/// An idle link is asked for a sign of life so often: below what most stateful firewalls forget.
const PING: Duration = Duration::from_secs(20);

/// A peer that owes an answer for so long is gone. On the worst link measured (64 kbit/s, 600 ms, 3 % loss)
/// an answer takes under 8 s.
const DEAD: Duration = Duration::from_secs(15);

/// A peer that did not answer what was sent is asked after so long.
const PING_OWED: Duration = Duration::from_secs(5);

/// How often a full window is looked at again: while acknowledgements stay out, time opens it.
const CREDIT: Duration = Duration::from_millis(40);

/// How a link ended: a stable code for status and logs.
type Ended = &'static str;

/// What one turn of the writer found.
#[derive(Debug, Clone, Copy)]
struct Filled {
    /// Something among it has to be answered by the peer.
    wants: bool,
    /// More waits than the window lets through.
    blocked: bool,
}

struct Session {
    shared: Arc<Shared>,
    entry: Arc<Entry>,
    seat: Seat,
    peer: NodeId,
    began: Instant,
    credit: Mutex<CreditWindow>,
    acknowledge: Acknowledge,
    /// Microseconds since `began`.
    heard: AtomicU64,
    /// Offset behind the last FLASH that was sent.
    flash_end: AtomicU64,
    figures: Mutex<Figures>,
}

/// Greets, takes the link, and carries frames until the connection ends.
pub(super) async fn run(shared: Arc<Shared>, mut stream: Stream, peer: NodeId, dialled: bool) {
    let entry = shared.table.entry(&peer);
    stream.get_mut().0.count_for(Arc::clone(&entry.meter));
    let greeted = match hello::exchange(shared.host.as_ref(), &mut stream, &peer).await {
        Ok(greeted) => greeted,
        Err(error) => {
            tracing::debug!(%peer, "no link: {error}");
            return;
        }
    };
    let own = shared.host.hello().node;
    let cancel = shared.cancel.child_token();
    let seat = match entry.sit(&own, Carrier::Stream, dialled, cancel) {
        Ok(seat) => seat,
        Err(reason) => {
            say_bye(&mut stream, reason).await;
            return;
        }
    };
    let turn = Arc::clone(&entry.turn).lock_owned().await;
    let began = Instant::now();
    let session = Session::new(&shared, &entry, &seat, &greeted, began);
    let Greeted { hello, reader, .. } = greeted;
    entry.up(shared.host.now());
    shared
        .host
        .connected(&peer, hello, seat.outbox.clone())
        .await;
    tracing::info!(%peer, dialled, "link up");
    let (read, write) = tokio::io::split(stream);
    let (ended, bye) = session.carry(reader, read, write).await;
    seat.outbox.close();
    shared.host.disconnected(&peer).await;
    tracing::info!(%peer, code = ended, "link down");
    entry.leave(&seat, ended, shared.host.now());
    drop(turn);
    if let Some((mut stream, reason)) = bye {
        say_bye(&mut stream, reason).await;
    }
}

impl Session {
    fn new(
        shared: &Arc<Shared>,
        entry: &Arc<Entry>,
        seat: &Seat,
        greeted: &Greeted,
        began: Instant,
    ) -> Self {
        let figures = entry.figures();
        let mut credit = CreditWindow::new((figures.rate > 0).then_some(figures.rate));
        credit.on_sent(greeted.sent, false, Duration::ZERO);
        let ahead = greeted.hello.clock.millis_since(shared.host.now());
        Self {
            shared: Arc::clone(shared),
            entry: Arc::clone(entry),
            seat: seat.clone(),
            peer: entry.peer.clone(),
            began,
            credit: Mutex::new(credit),
            acknowledge: Acknowledge::default(),
            heard: AtomicU64::new(0),
            flash_end: AtomicU64::new(0),
            figures: Mutex::new(Figures {
                clock_offset_ms: Some(ahead),
                ..figures
            }),
        }
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Runs both halves; gives why it ended, and the writing half if the peer should be told.
    async fn carry(
        &self,
        reader: FrameReader,
        mut read: ReadHalf<Stream>,
        mut write: WriteHalf<Stream>,
    ) -> (Ended, Option<(WriteHalf<Stream>, ByeReason)>) {
        let cancelled = self.seat.cancel.cancelled();
        let ended = tokio::select! {
            ended = self.read(reader, &mut read) => ended,
            ended = self.write(&mut write) => ended,
            () = cancelled => {
                if self.shared.cancel.is_cancelled() {
                    ByeReason::Stopping.code()
                } else {
                    ByeReason::Replaced.code()
                }
            }
        };
        let reason = ByeReason::ALL
            .iter()
            .copied()
            .find(|reason| reason.code() == ended && *reason != ByeReason::Silent);
        (ended, reason.map(|reason| (write, reason)))
    }

    async fn read(&self, mut reader: FrameReader, read: &mut ReadHalf<Stream>) -> Ended {
        loop {
            let mut frames = Vec::new();
            let mut wants = false;
            let before = reader.taken();
            loop {
                match reader.next() {
                    Ok(Some(frame)) => {
                        wants |= wants_answer(&frame);
                        match self.own_frame(frame) {
                            Ok(Some(frame)) => frames.push(frame),
                            Ok(None) => {}
                            Err(ended) => return ended,
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(peer = %self.peer, code = error.code(), "no frame: {error}");
                        return ByeReason::BadFrame.code();
                    }
                }
            }
            let arrived = self.now();
            if !frames.is_empty() {
                self.shared.host.receive(&self.peer, frames).await;
            }
            // A frame longer than the peer's window comes only as fast as its pieces are acknowledged.
            wants |= reader.is_amid() && reader.taken() > before;
            if self.acknowledge.took(reader.taken(), wants, arrived) {
                self.seat.outbox.nudge();
            }
            match read.read_buf(reader.buffer()).await {
                Ok(0) => return "closed",
                Ok(_) => self.heard.store(micros(self.now()), Ordering::Relaxed),
                Err(error) => {
                    tracing::debug!(peer = %self.peer, "link: {error}");
                    return "broken";
                }
            }
        }
    }

    /// Frames of the link itself are answered here; all others are the host's.
    fn own_frame(&self, frame: Frame) -> Result<Option<Frame>, Ended> {
        match frame {
            Frame::Ack { bytes, held_us } => {
                let held = Duration::from_micros(u64::from(held_us));
                let mut credit = lock(&self.credit);
                if let Err(error) = credit.on_ack(bytes, held, self.now()) {
                    tracing::warn!(peer = %self.peer, "{error}");
                    return Err(ByeReason::BadFrame.code());
                }
                self.measured(&credit);
                drop(credit);
                self.seat.outbox.nudge();
            }
            Frame::Ping { n } => self.seat.outbox.push(Frame::Pong {
                n,
                clock: self.shared.host.now(),
            }),
            Frame::Pong { n, clock } => self.pong(n, clock),
            Frame::Bye { reason } => {
                tracing::debug!(peer = %self.peer, code = reason.code(), "the peer closes");
                return Err("closed");
            }
            Frame::Hello(_) => return Err(ByeReason::BadFrame.code()),
            Frame::Unknown { kind } => {
                tracing::debug!(peer = %self.peer, kind, "a frame of a later version was skipped");
            }
            other => return Ok(Some(other)),
        }
        Ok(None)
    }

    /// The ping carried our own time since the link began.
    fn pong(&self, n: u64, clock: model::time::Timestamp) {
        let Some(rtt) = self.now().checked_sub(Duration::from_micros(n)) else {
            return;
        };
        let half = i64::try_from(rtt.as_millis() / 2).unwrap_or(0);
        let ahead = clock
            .millis_since(self.shared.host.now())
            .saturating_add(half);
        lock(&self.figures).clock_offset_ms = Some(ahead);
        let mut credit = lock(&self.credit);
        credit.on_rtt(rtt);
        self.measured(&credit);
    }

    fn measured(&self, credit: &CreditWindow) {
        let mut figures = lock(&self.figures);
        figures.rtt = credit.rtt();
        figures.rate = credit.rate();
        let figures = *figures;
        self.seat.outbox.set_piece(credit.piece());
        self.entry.set_figures(figures, self.shared.host.now());
    }

    async fn write(&self, write: &mut WriteHalf<Stream>) -> Ended {
        let mut out = BytesMut::with_capacity(TURN);
        let mut pinged = Duration::ZERO;
        // Since when the peer owes a sign of life for something that was sent.
        let mut asked: Option<Duration> = None;
        loop {
            if self.seat.outbox.is_overrun() {
                tracing::warn!(peer = %self.peer, "more is queued than may be kept in memory");
                return ByeReason::Overrun.code();
            }
            out.clear();
            let filled = self.fill(&mut out);
            if !out.is_empty() {
                if filled.wants {
                    asked.get_or_insert_with(|| self.now());
                }
                if let Err(error) = async {
                    write.write_all(&out).await?;
                    write.flush().await
                }
                .await
                {
                    tracing::debug!(peer = %self.peer, "link: {error}");
                    return "broken";
                }
                continue;
            }
            let now = self.now();
            asked = asked.filter(|asked| *asked > self.heard());
            let quiet = asked.map_or(PING, |_| PING_OWED);
            let since = asked.unwrap_or_else(|| self.heard());
            if now.saturating_sub(since.max(pinged)) >= quiet && pinged <= self.heard() {
                pinged = now;
                self.seat.outbox.push(Frame::Ping { n: micros(now) });
                continue;
            }
            if self.is_dead(pinged, now) {
                return ByeReason::Silent.code();
            }
            let mut sleep = self.sleep(now, since.max(pinged).saturating_add(quiet));
            if filled.blocked {
                sleep = sleep.min(CREDIT);
            }
            tokio::select! {
                () = self.seat.outbox.work() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// Takes what the window allows, an acknowledgement first, and counts it as sent.
    fn fill(&self, out: &mut BytesMut) -> Filled {
        let now = self.now();
        let mut credit = lock(&self.credit);
        let flash = self.seat.outbox.has_flash() || self.flash_unacked(&credit);
        let budget = Budget {
            strict: credit.room_strict(),
            lower: credit.room(flash, now),
            piece: credit.piece(),
        };
        let taken = self.seat.outbox.take(out, budget, TURN);
        let wants = !out.is_empty();
        let due = self.acknowledge.due_in(credit.rate(), now) == Some(Duration::ZERO);
        if (due || !out.is_empty())
            && let Some(frame) = self.acknowledge.frame(now)
        {
            let mut head = Vec::new();
            frame.encode(&mut head);
            let rest = out.split();
            out.extend_from_slice(&head);
            out.extend_from_slice(&rest);
        }
        let filled = Filled {
            wants,
            blocked: taken.more,
        };
        if out.is_empty() {
            return filled;
        }
        credit.on_sent(out.len(), taken.more, now);
        if taken.flash {
            self.flash_end.store(credit.sent(), Ordering::Relaxed);
        }
        filled
    }

    /// A FLASH is on its way: bulk keeps its distance until it is acknowledged.
    fn flash_unacked(&self, credit: &CreditWindow) -> bool {
        self.flash_end.load(Ordering::Relaxed) > credit.sent().saturating_sub(credit.unacked())
    }

    /// Says whether a ping was not answered for too long.
    fn is_dead(&self, pinged: Duration, now: Duration) -> bool {
        pinged > self.heard() && now.saturating_sub(pinged) >= DEAD
    }

    fn heard(&self) -> Duration {
        Duration::from_micros(self.heard.load(Ordering::Relaxed))
    }

    /// Until the next thing that time alone brings: an acknowledgement, a ping, the end of patience.
    fn sleep(&self, now: Duration, ping_at: Duration) -> Duration {
        let rate = lock(&self.credit).rate();
        let ping = match ping_at.saturating_sub(now) {
            Duration::ZERO => Duration::from_secs(1),
            left => left,
        };
        self.acknowledge
            .due_in(rate, now)
            .map_or(ping, |due| due.min(ping))
            .max(Duration::from_millis(1))
    }
}

/// Acknowledgements alone are not answered.
const fn wants_answer(frame: &Frame) -> bool {
    !matches!(
        frame,
        Frame::Ack { .. } | Frame::Pong { .. } | Frame::Bye { .. }
    )
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
