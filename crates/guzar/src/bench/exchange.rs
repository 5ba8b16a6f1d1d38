//! `guzar bench exchange`: two nodes on this machine, and how much they pass on, how fast, at what cost.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::bench::limits::{self, Limits};
use crate::bench::load::{
    Load, Seen, closed_loop, linked, number, open_loop, percentile, rate, status,
};
use crate::bench::network::{Network, flash, two_kib};
use crate::local::child::Server;

/// Sends under way at once in the closed loop.
const WINDOW: u64 = 256;

/// Dispatches that wait while the other side is down.
const BACKLOG: u64 = 10_000;

/// Limits, 20 a second, all that goes, half of it, an outage.
const PARTS: u64 = 5;

/// The results; documented in docs/performance.md.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) bench: &'static str,
    pub(crate) limits: Limits,
    pub(crate) bound_per_s: f64,
    pub(crate) sustained_per_s: f64,
    pub(crate) of_bound: f64,
    pub(crate) low_p50_ms: f64,
    pub(crate) low_p99_ms: f64,
    pub(crate) low_receipt_p50_ms: f64,
    pub(crate) low_receipt_p99_ms: f64,
    pub(crate) half_per_s: f64,
    pub(crate) half_p50_ms: f64,
    pub(crate) half_p99_ms: f64,
    pub(crate) wire_bytes: f64,
    pub(crate) flash_wire_bytes: u64,
    pub(crate) disk_bytes_sender: f64,
    pub(crate) disk_bytes_receiver: f64,
    pub(crate) disk_of_wire: f64,
    pub(crate) rss_idle_bytes: u64,
    pub(crate) rss_loaded_bytes: u64,
    pub(crate) cpu_us_per_dispatch: f64,
    pub(crate) accepted_down_per_s: f64,
    pub(crate) first_after_return_ms: f64,
    pub(crate) drain_s: f64,
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
}

/// How long each part runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lengths {
    pub(crate) warm_up: Duration,
    pub(crate) sustained: Duration,
    pub(crate) latency: Duration,
}

pub(crate) async fn run(
    dir: &Path,
    lengths: Lengths,
    progress: impl Fn(u64, u64) + Send + Sync,
) -> anyhow::Result<Report> {
    progress(0, PARTS);
    let limits = limits::measure(dir)?;
    progress(1, PARTS);
    let network = Network::make(dir, "127.0.0.1", "127.0.0.1").await?;
    let a = Server::start(&network.a).await?;
    let b = Server::start(&network.b).await?;
    linked(a.home(), Duration::from_secs(10)).await?;
    let rss_idle = rss(&a, &b).await?;

    let flash_wire_bytes = flash_on_wire(&a, &b).await?;
    let mut load = Load::connect(a.home(), Some(b.home()), two_kib()?).await?;
    let low = open_loop(&mut load, 20.0, lengths.latency).await?;

    progress(2, PARTS);
    let before = usage(&a, &b).await?;
    let sustained = closed_loop(&mut load, WINDOW, lengths.warm_up, lengths.sustained).await?;
    let after = usage(&a, &b).await?;
    let rss_loaded = rss(&a, &b).await?;
    let done = number(sustained.total);

    progress(3, PARTS);
    let half_per_s = sustained.per_s / 2.0;
    let half = open_loop(&mut load, half_per_s, lengths.latency / 2).await?;
    drop(load);
    progress(4, PARTS);
    let outage = outage(&a, b, &network.b).await?;
    progress(PARTS, PARTS);

    Ok(Report {
        bench: "exchange",
        bound_per_s: limits.bound_per_s,
        of_bound: sustained.per_s / limits.bound_per_s,
        limits,
        sustained_per_s: sustained.per_s,
        low_p50_ms: percentile(&low.received_ms, 0.50),
        low_p99_ms: percentile(&low.received_ms, 0.99),
        low_receipt_p50_ms: percentile(&low.receipted_ms, 0.50),
        low_receipt_p99_ms: percentile(&low.receipted_ms, 0.99),
        half_per_s,
        half_p50_ms: percentile(&half.received_ms, 0.50),
        half_p99_ms: percentile(&half.received_ms, 0.99),
        wire_bytes: number(after.wire.saturating_sub(before.wire)) / done,
        flash_wire_bytes,
        disk_bytes_sender: number(after.disk_a.saturating_sub(before.disk_a)) / done,
        disk_bytes_receiver: number(after.disk_b.saturating_sub(before.disk_b)) / done,
        disk_of_wire: number(
            after
                .disk_a
                .saturating_sub(before.disk_a)
                .max(after.disk_b.saturating_sub(before.disk_b)),
        ) / number(after.wire.saturating_sub(before.wire)),
        rss_idle_bytes: rss_idle,
        rss_loaded_bytes: rss_loaded,
        cpu_us_per_dispatch: number(after.cpu_us.saturating_sub(before.cpu_us)) / done,
        accepted_down_per_s: outage.accepted_per_s,
        first_after_return_ms: outage.first_ms,
        drain_s: outage.drain_s,
        lost: outage.lost,
        doubled: outage.doubled,
    })
}

struct Usage {
    cpu_us: u64,
    disk_a: u64,
    disk_b: u64,
    wire: u64,
}

async fn usage(a: &Server, b: &Server) -> anyhow::Result<Usage> {
    let (status_a, status_b) = (status(a.home()).await?, status(b.home()).await?);
    Ok(Usage {
        cpu_us: status_a
            .cpu_us
            .unwrap_or(0)
            .saturating_add(status_b.cpu_us.unwrap_or(0)),
        disk_a: status_a.disk_bytes,
        disk_b: status_b.disk_bytes,
        wire: sent(a).await?,
    })
}

/// The greater of the two.
async fn rss(a: &Server, b: &Server) -> anyhow::Result<u64> {
    let (a, b) = (status(a.home()).await?, status(b.home()).await?);
    a.rss_bytes
        .max(b.rss_bytes)
        .context("this machine does not say how much memory a process has")
}

/// Bytes that a node has sent over its links, TLS records included.
async fn sent(server: &Server) -> anyhow::Result<u64> {
    use node::api::{Request, Response};
    use node::control::Client;

    match Client::connect(server.home())
        .await?
        .ask(&Request::Links)
        .await?
    {
        Response::Links { links } => Ok(links.iter().map(|link| link.sent_bytes).sum()),
        other => bail!("unexpected answer: {other:?}"),
    }
}

/// One FLASH with a text of 500 bytes to one recipient: all bytes from A to B that it costs.
async fn flash_on_wire(a: &Server, b: &Server) -> anyhow::Result<u64> {
    let mut load = Load::connect(a.home(), Some(b.home()), flash()?).await?;
    let mut best = u64::MAX;
    // A ping or a key update may fall into one of them; the smallest is the dispatch alone.
    for _ in 0..5 {
        let before = sent(a).await?;
        load.post().await?;
        loop {
            if let Seen::Receipted { .. } = load.seen().await? {
                break;
            }
        }
        best = best.min(sent(a).await?.saturating_sub(before));
    }
    Ok(best)
}

struct Outage {
    accepted_per_s: f64,
    first_ms: f64,
    drain_s: f64,
    lost: u64,
    doubled: u64,
}

/// B goes down, a backlog builds up at A, B comes back.
async fn outage(a: &Server, b: Server, home_b: &Path) -> anyhow::Result<Outage> {
    let before = status(b.home()).await?.dispatches;
    b.stop().await?;
    let mut load = Load::connect(a.home(), None, two_kib()?).await?;
    let start = Instant::now();
    let mut posted: u64 = 0;
    let mut accepted: u64 = 0;
    while accepted < BACKLOG {
        while posted < BACKLOG && posted.saturating_sub(accepted) < WINDOW {
            load.post().await?;
            posted = posted.saturating_add(1);
        }
        if let Seen::Accepted { .. } = load.seen().await? {
            accepted = accepted.saturating_add(1);
        }
    }
    let accepted_per_s = rate(accepted, start.elapsed());

    let b = Server::start(home_b).await?;
    let back = Instant::now();
    let mut first_ms = None;
    let mut receipts = std::collections::BTreeMap::new();
    while number(u64::try_from(receipts.len()).unwrap_or(0)) < number(BACKLOG) {
        if let Seen::Receipted { id, at } = load.seen().await? {
            first_ms.get_or_insert_with(|| at.duration_since(back).as_secs_f64() * 1e3);
            let times: &mut u64 = receipts.entry(id).or_default();
            *times = times.saturating_add(1);
        }
    }
    let drain_s = back.elapsed().as_secs_f64();
    let kept = status(b.home()).await?.dispatches.saturating_sub(before);
    Ok(Outage {
        accepted_per_s,
        first_ms: first_ms.unwrap_or(f64::NAN),
        drain_s,
        lost: BACKLOG.saturating_sub(kept),
        doubled: kept.saturating_sub(BACKLOG),
    })
}
