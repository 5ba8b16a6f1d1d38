//! Load on a running node: posts sends over its control socket, and watches what comes of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use model::draft::Draft;
use model::ids::DispatchId;
use node::api::{Event, Request, Response, Status};
use node::control::{Answers, Client, Poster};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Nothing heard for so long: the measurement has failed, and says so.
const PATIENCE: Duration = Duration::from_mins(1);

/// Something that the load waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A node took it: the answer to a send.
    Accepted { n: u64, id: DispatchId, at: Instant },
    /// It was opened, verified and stored at the other side.
    Received { id: DispatchId, at: Instant },
    /// The signed receipt was stored at the sender.
    Receipted { id: DispatchId, at: Instant },
}

/// One node to send from, one to receive at.
#[derive(Debug)]
pub(crate) struct Load {
    poster: Poster,
    draft: Draft,
    next: u64,
    seen: mpsc::UnboundedReceiver<anyhow::Result<Seen>>,
    /// End with it.
    readers: JoinSet<()>,
}

impl Load {
    /// Connects to both; `receiver` may be down for now.
    pub(crate) async fn connect(
        sender: &Path,
        receiver: Option<&Path>,
        draft: Draft,
    ) -> anyhow::Result<Self> {
        let (tell, seen) = mpsc::unbounded_channel();
        let (poster, answers) = Client::connect(sender).await?.split();
        let mut readers = JoinSet::new();
        readers.spawn(read_answers(answers, tell.clone()));
        let mut load = Self {
            poster,
            draft,
            next: 0,
            seen,
            readers,
        };
        load.watch(sender, tell.clone()).await?;
        if let Some(receiver) = receiver {
            load.watch(receiver, tell).await?;
        }
        Ok(load)
    }

    async fn watch(
        &mut self,
        home: &Path,
        tell: mpsc::UnboundedSender<anyhow::Result<Seen>>,
    ) -> anyhow::Result<()> {
        let mut watcher = Client::connect(home).await?.watch().await?;
        self.readers.spawn(async move {
            loop {
                let seen = match watcher.event().await {
                    Ok(Event::Received { id, .. }) => Seen::Received {
                        id,
                        at: Instant::now(),
                    },
                    Ok(Event::Receipted { id, verdict, .. }) if verdict == "stored" => {
                        Seen::Receipted {
                            id,
                            at: Instant::now(),
                        }
                    }
                    Ok(Event::Missed { count }) => {
                        drop(tell.send(Err(anyhow::anyhow!("{count} events were missed"))));
                        return;
                    }
                    Ok(_) => continue,
                    // The node was stopped: whoever stopped it knows.
                    Err(_) => return,
                };
                if tell.send(Ok(seen)).is_err() {
                    return;
                }
            }
        });
        Ok(())
    }

    /// Posts one send; its number.
    pub(crate) async fn post(&mut self) -> anyhow::Result<u64> {
        self.next = self.next.saturating_add(1);
        let request = Request::Send {
            draft: Box::new(self.draft.clone()),
            token: None,
        };
        self.poster.post(self.next, &request).await?;
        Ok(self.next)
    }

    /// The next thing that happens.
    pub(crate) async fn seen(&mut self) -> anyhow::Result<Seen> {
        timeout(PATIENCE, self.seen.recv())
            .await
            .context("nothing was heard from the nodes for a minute")?
            .context("the nodes are gone")?
    }

    /// The next thing, if it happens before that instant.
    pub(crate) async fn seen_before(&mut self, end: Instant) -> anyhow::Result<Option<Seen>> {
        match tokio::time::timeout_at(end.into(), self.seen.recv()).await {
            Err(_) => Ok(None),
            Ok(None) => bail!("the nodes are gone"),
            Ok(Some(seen)) => seen.map(Some),
        }
    }
}

async fn read_answers(mut answers: Answers, tell: mpsc::UnboundedSender<anyhow::Result<Seen>>) {
    loop {
        let seen = match answers.answer().await {
            Ok(answer) => match (answer.n, answer.body) {
                (Some(n), Response::Sent(sent)) => Ok(Seen::Accepted {
                    n,
                    id: sent.id,
                    at: Instant::now(),
                }),
                (_, Response::Failed(failure)) => {
                    Err(anyhow::anyhow!("a send failed: {:?}", failure.problems))
                }
                (_, other) => Err(anyhow::anyhow!("unexpected answer: {other:?}")),
            },
            Err(_) => return,
        };
        if tell.send(seen).is_err() {
            return;
        }
    }
}

/// Keeps `window` sends under way for a time. Gives receipts per second after the warm-up.
pub(crate) async fn closed_loop(
    load: &mut Load,
    window: u64,
    warm_up: Duration,
    length: Duration,
) -> anyhow::Result<Sustained> {
    let start = Instant::now();
    let measured_from = start + warm_up;
    let end = measured_from + length;
    for _ in 0..window {
        load.post().await?;
    }
    let mut receipted: u64 = 0;
    let mut all: u64 = 0;
    while let Some(seen) = load.seen_before(end).await? {
        if let Seen::Receipted { at, .. } = seen {
            all = all.saturating_add(1);
            if at >= measured_from {
                receipted = receipted.saturating_add(1);
            }
            load.post().await?;
        }
    }
    settle(load, window).await?;
    Ok(Sustained {
        per_s: rate(receipted, length),
        total: all.saturating_add(window),
    })
}

/// What a closed loop reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sustained {
    pub(crate) per_s: f64,
    pub(crate) total: u64,
}

/// Waits for what is still under way after a loop ended.
async fn settle(load: &mut Load, under_way: u64) -> anyhow::Result<()> {
    let mut left = under_way;
    while left > 0 {
        if let Seen::Receipted { .. } = load.seen().await? {
            left = left.saturating_sub(1);
        }
    }
    Ok(())
}

/// Latencies of an open loop: sends at a fixed rate, whatever comes back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latencies {
    /// From the call to the other side's store, in milliseconds, ascending.
    pub(crate) received_ms: Vec<f64>,
    /// From the call to the receipt in the sender's store.
    pub(crate) receipted_ms: Vec<f64>,
}

pub(crate) async fn open_loop(
    load: &mut Load,
    per_s: f64,
    length: Duration,
) -> anyhow::Result<Latencies> {
    let start = Instant::now();
    let end = start + length;
    let step = Duration::from_secs_f64(1.0 / per_s);
    let mut sent_at: BTreeMap<u64, Instant> = BTreeMap::new();
    let mut numbers: BTreeMap<DispatchId, u64> = BTreeMap::new();
    let mut received: BTreeMap<DispatchId, Instant> = BTreeMap::new();
    let mut receipted: BTreeMap<DispatchId, Instant> = BTreeMap::new();
    let mut next = start;
    let mut left: u64 = 0;
    loop {
        while next < end && Instant::now() >= next {
            let before = Instant::now();
            let n = load.post().await?;
            // From when it was due: a load that comes late does not hide that it did.
            sent_at.insert(n, before.min(next.max(before)));
            left = left.saturating_add(1);
            next += step;
        }
        let until = if next < end { next } else { end + PATIENCE };
        let seen = load.seen_before(until).await?;
        match seen {
            Some(Seen::Accepted { n, id, .. }) => {
                numbers.insert(id, n);
            }
            Some(Seen::Received { id, at }) => {
                received.insert(id, at);
            }
            Some(Seen::Receipted { id, at }) => {
                receipted.insert(id, at);
                left = left.saturating_sub(1);
            }
            None if next < end => {}
            None => bail!("{left} dispatches were not receipted"),
        }
        if next >= end && left == 0 && numbers.len() == sent_at.len() {
            break;
        }
    }
    let since = |seen: &BTreeMap<DispatchId, Instant>| {
        let mut ms: Vec<f64> = seen
            .iter()
            .filter_map(|(id, at)| {
                let sent = sent_at.get(numbers.get(id)?)?;
                Some(at.duration_since(*sent).as_secs_f64() * 1e3)
            })
            .collect();
        ms.sort_by(f64::total_cmp);
        ms
    };
    Ok(Latencies {
        received_ms: since(&received),
        receipted_ms: since(&receipted),
    })
}

/// The value below which that share of an ascending list lies.
pub(crate) fn percentile(ascending: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "an index into a list that is far smaller than 2^52"
    )]
    let index = ((ascending.len() as f64 * share).ceil() as usize).saturating_sub(1);
    ascending
        .get(index.min(ascending.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f64::NAN)
}

/// So many in so long, a second.
pub(crate) fn rate(count: u64, length: Duration) -> f64 {
    number(count) / length.as_secs_f64()
}

/// A count as a floating-point number: exact below 2^53.
pub(crate) fn number(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^53")]
    let number = count as f64;
    number
}

/// How a node stands.
pub(crate) async fn status(home: &Path) -> anyhow::Result<Status> {
    match Client::connect(home).await?.ask(&Request::Status).await? {
        Response::Status(status) => Ok(*status),
        other => bail!("unexpected answer: {other:?}"),
    }
}

/// Waits until the link between two nodes is up, as the first sees it.
pub(crate) async fn linked(home: &Path, patience: Duration) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let mut client = Client::connect(home).await?;
    loop {
        if let Response::Links { links } = client.ask(&Request::Links).await?
            && links.iter().any(|link| link.up)
        {
            return Ok(start.elapsed());
        }
        if start.elapsed() > patience {
            bail!("no link came up in {patience:?}");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
