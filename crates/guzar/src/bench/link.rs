//! `guzar bench link`: two nodes over a link that is slow, far, lossy and cut, with a file under way.
//!
//! Each node runs in a network namespace of its own; this program carries the packets between them. Latency
//! is from the call at the sender to the signed receipt in the sender's store.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use badlink::BadLink;
use badlink::options::Options;
use badlink::side::Side;
use model::ids::DispatchId;
use node::api::{AttachmentLine, Event, Name, Request, Response};
use node::control::{Client, Watcher};
use serde::Serialize;

use crate::bench::load::{linked, number, percentile};
use crate::bench::network::{Network, flash, two_kib, with_file};
use crate::local::child::Server;

/// What is measured, and how long.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) link: Options,
    /// Bytes of the file under way.
    pub(crate) file_bytes: usize,
    /// FLASH dispatches while the file is under way.
    pub(crate) flashes: u32,
    pub(crate) outage: Duration,
    /// Dispatches queued while the link is cut.
    pub(crate) queued: u32,
}

/// The results; documented in docs/performance.md.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) bench: &'static str,
    pub(crate) rate_kbit_s: u32,
    pub(crate) delay_ms: u64,
    pub(crate) loss_percent: f64,
    pub(crate) flashes: u32,
    pub(crate) flash_p50_ms: f64,
    pub(crate) flash_p99_ms: f64,
    pub(crate) flash_max_ms: f64,
    /// Share of the time from the first FLASH to the last receipt in which the link sent.
    pub(crate) link_use: f64,
    pub(crate) outage_s: f64,
    pub(crate) queued: u32,
    /// From the link's return to the FLASH at the other side.
    pub(crate) first_flash_ms: f64,
    /// From the link's return until all that was queued is receipted.
    pub(crate) drained_s: f64,
    /// Bytes that had to come again: on their way when the link was cut, or not durable when the receiver
    /// was killed after it.
    pub(crate) resume_lost_bytes: u64,
    pub(crate) resumed_at_bytes: u64,
}

/// Makes the link and the nodes, and measures.
pub(crate) async fn run(
    dir: &Path,
    plan: &Plan,
    progress: impl Fn(u64, u64) + Send + Sync,
) -> anyhow::Result<Report> {
    let link = BadLink::create(&plan.link)?;
    let address = |side: Side| side.address().to_string();
    let network = Network::make(dir, &address(Side::A), &address(Side::B)).await?;
    let program = std::env::current_exe().context("this program's own path is unknown")?;
    let a = Server::start_by(link.command(Side::A, &program), &network.a).await?;
    let b = Server::start_by(link.command(Side::B, &program), &network.b).await?;
    linked(a.home(), Duration::from_mins(1)).await?;
    let steps = u64::from(plan.flashes).saturating_add(3);
    let file = send_file(dir, &a, plan.file_bytes).await?;
    let mut arrivals = Client::connect(b.home()).await?.watch().await?;
    under_way(&mut arrivals, file).await?;
    let busy = flashes(&link, &a, plan.flashes, |done| progress(done, steps)).await?;

    link.cut();
    let cut_at = Instant::now();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let in_flight = in_flight(&a, &b).await?;
    let kept_before = have(&b, file).await?;
    b.kill()?;
    queue(&a, plan.queued).await?;
    progress(u64::from(plan.flashes).saturating_add(1), steps);
    let b = Server::start_by(link.command(Side::B, &program), &network.b).await?;
    let kept_after = have(&b, file).await?;
    tokio::time::sleep(plan.outage.saturating_sub(cut_at.elapsed())).await;
    let outage_s = cut_at.elapsed().as_secs_f64();
    let returned = back(&link, &a, &b, plan.queued).await?;
    progress(steps, steps);
    Ok(Report {
        bench: "link",
        rate_kbit_s: plan.link.rate_kbit_s.get(),
        delay_ms: u64::try_from(plan.link.delay.as_millis()).unwrap_or(u64::MAX),
        loss_percent: plan.link.loss.share() * 100.0,
        flashes: plan.flashes,
        flash_p50_ms: percentile(&busy.receipted_ms, 0.50),
        flash_p99_ms: percentile(&busy.receipted_ms, 0.99),
        flash_max_ms: percentile(&busy.receipted_ms, 1.0),
        link_use: busy.link_use,
        outage_s,
        queued: plan.queued,
        first_flash_ms: returned.first_flash_ms,
        drained_s: returned.drained_s,
        resume_lost_bytes: in_flight.saturating_add(kept_before.saturating_sub(kept_after)),
        resumed_at_bytes: kept_after,
    })
}

/// Sends a dispatch with a file.
async fn send_file(dir: &Path, a: &Server, bytes: usize) -> anyhow::Result<DispatchId> {
    let file = dir.join("file.bench");
    let content: Vec<u8> = (0..bytes)
        .scan(1_u64, |state, _| {
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state.to_be_bytes().first().copied()
        })
        .collect();
    tokio::fs::write(&file, content).await?;
    let mut client = Client::connect(a.home()).await?;
    let request = Request::Send {
        draft: Box::new(with_file(&file)?),
        token: None,
    };
    match client.ask(&request).await? {
        Response::Sent(sent) => Ok(sent.id),
        other => bail!("unexpected answer: {other:?}"),
    }
}

/// Waits until the file's announcement is there and bytes of it arrive.
async fn under_way(arrivals: &mut Watcher, announced: DispatchId) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        let event = tokio::time::timeout_at(deadline.into(), arrivals.event())
            .await
            .context("the file is not under way after two minutes")??;
        match event {
            Event::Attachment { have, .. } if have > 0 => return Ok(()),
            Event::Received { id, .. } if id == announced => {
                tracing::debug!("the file is announced");
            }
            _ => {}
        }
    }
}

struct Busy {
    receipted_ms: Vec<f64>,
    link_use: f64,
}

/// One FLASH after the other at uneven times, while the file is under way.
async fn flashes(
    link: &BadLink,
    a: &Server,
    count: u32,
    progress: impl Fn(u64),
) -> anyhow::Result<Busy> {
    let mut sender = Client::connect(a.home()).await?;
    let mut receipts = Client::connect(a.home()).await?.watch().await?;
    let before = link.counters();
    let start = Instant::now();
    let mut receipted_ms = Vec::new();
    for turn in 0..count {
        let begun = Instant::now();
        let id = send(&mut sender, flash()?).await?;
        wait_receipt(&mut receipts, id, Duration::from_mins(1)).await?;
        receipted_ms.push(begun.elapsed().as_secs_f64() * 1e3);
        progress(u64::from(turn).saturating_add(1));
        // Never in step with the pieces of the file.
        let pause = 900_u64.saturating_add(u64::from(turn.wrapping_mul(7_919) % 1_400));
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    let used = link.counters().since(&before).a_to_b;
    receipted_ms.sort_by(f64::total_cmp);
    Ok(Busy {
        receipted_ms,
        link_use: used.busy_share(start.elapsed()),
    })
}

async fn send(client: &mut Client, draft: model::draft::Draft) -> anyhow::Result<DispatchId> {
    let request = Request::Send {
        draft: Box::new(draft),
        token: None,
    };
    match client.ask(&request).await? {
        Response::Sent(sent) => Ok(sent.id),
        other => bail!("unexpected answer: {other:?}"),
    }
}

async fn wait_receipt(
    receipts: &mut Watcher,
    wanted: DispatchId,
    patience: Duration,
) -> anyhow::Result<()> {
    let deadline = Instant::now() + patience;
    loop {
        let event = tokio::time::timeout_at(deadline.into(), receipts.event())
            .await
            .with_context(|| format!("no receipt for {wanted} in {patience:?}"))??;
        if let Event::Receipted { id, verdict, .. } = event
            && id == wanted
            && verdict == "stored"
        {
            return Ok(());
        }
    }
}

/// How much of the file a node holds.
async fn have(server: &Server, announced: DispatchId) -> anyhow::Result<u64> {
    let file = attachment(server, announced).await?;
    if file.have == file.sealed_size {
        bail!("the file is across already: it was too short for this link");
    }
    Ok(file.have)
}

async fn attachment(server: &Server, announced: DispatchId) -> anyhow::Result<AttachmentLine> {
    let mut client = Client::connect(server.home()).await?;
    let show = Request::Show {
        name: Name(announced.to_string()),
        officer: None,
        reason: None,
    };
    match client.ask(&show).await? {
        Response::Item(item) => item
            .attachments
            .into_iter()
            .next()
            .context("the file is not announced"),
        other => bail!("unexpected answer: {other:?}"),
    }
}

/// Bytes that have left A's socket and not come out of B's.
async fn in_flight(a: &Server, b: &Server) -> anyhow::Result<u64> {
    let (sent, _) = counted(a).await?;
    let (_, received) = counted(b).await?;
    Ok(sent.saturating_sub(received))
}

/// Bytes sent and received over all links.
async fn counted(server: &Server) -> anyhow::Result<(u64, u64)> {
    match Client::connect(server.home())
        .await?
        .ask(&Request::Links)
        .await?
    {
        Response::Links { links } => Ok((
            links.iter().map(|link| link.sent_bytes).sum(),
            links.iter().map(|link| link.received_bytes).sum(),
        )),
        other => bail!("unexpected answer: {other:?}"),
    }
}

/// What an office writes while its link is down.
async fn queue(a: &Server, count: u32) -> anyhow::Result<()> {
    let mut client = Client::connect(a.home()).await?;
    for _ in 0..count {
        send(&mut client, two_kib()?).await?;
    }
    Ok(())
}

struct Returned {
    first_flash_ms: f64,
    drained_s: f64,
}

/// A FLASH is written just before the link returns: how soon it is across, and all else after it.
async fn back(link: &BadLink, a: &Server, b: &Server, queued: u32) -> anyhow::Result<Returned> {
    let mut client = Client::connect(a.home()).await?;
    let mut receipts = Client::connect(a.home()).await?.watch().await?;
    let mut arrivals = Client::connect(b.home()).await?.watch().await?;
    let wanted = send(&mut client, flash()?).await?;
    link.restore();
    let returned = Instant::now();
    let deadline = returned + Duration::from_mins(2);
    let first_flash_ms = loop {
        let event = tokio::time::timeout_at(deadline.into(), arrivals.event())
            .await
            .context("the FLASH is not across after two minutes")??;
        if matches!(event, Event::Received { id, .. } if id == wanted) {
            break returned.elapsed().as_secs_f64() * 1e3;
        }
    };
    let mut left = queued.saturating_add(1);
    let patience = Duration::from_hours(1);
    while left > 0 {
        let event = tokio::time::timeout(patience, receipts.event())
            .await
            .context("what was queued is not receipted after an hour")??;
        if matches!(event, Event::Receipted { verdict, .. } if verdict == "stored") {
            left = left.saturating_sub(1);
        }
    }
    Ok(Returned {
        first_flash_ms,
        drained_s: number(u64::try_from(returned.elapsed().as_millis())?) / 1e3,
    })
}
