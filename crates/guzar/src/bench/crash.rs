//! `guzar bench crash`: kills sender, relay and receiver under load, and compares the books at the end.
//!
//! What was acknowledged to the sender's user must be at the receiver, once, with a receipt at the sender.
//! A send without an answer is repeated with the same token, as a client does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use model::delivery::DeliveryState;
use model::draft::Draft;
use model::ids::DispatchId;
use model::lane::Urgency;
use model::time::Timestamp;
use node::api::{Line, ListQuery, Request, Response};
use node::control::Client;
use serde::Serialize;

use crate::bench::load::status;
use crate::bench::network::{Network, flash, two_kib};
use crate::local::child::Server;

/// Sends posted in one round.
const SENDS: u64 = 40;

/// After the last round everything has to be where it belongs within this time.
const SETTLE: Duration = Duration::from_mins(2);

/// The results; documented in docs/performance.md.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) bench: &'static str,
    pub(crate) rounds: u64,
    pub(crate) kills: BTreeMap<&'static str, u64>,
    pub(crate) acknowledged: u64,
    /// Sends that were cut off and repeated with their token.
    pub(crate) repeated: u64,
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    pub(crate) unreceipted: u64,
    pub(crate) audit_whole: bool,
}

impl Report {
    /// Nothing lost, nothing doubled, all receipts there, the audit trail whole.
    pub(crate) const fn is_clean(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.unreceipted == 0 && self.audit_whole
    }
}

struct Field {
    names: [&'static str; 3],
    homes: [PathBuf; 3],
    servers: [Option<Server>; 3],
}

impl Field {
    async fn start(&mut self, which: usize) -> anyhow::Result<()> {
        let home = self.homes.get(which).context("no such node")?;
        let server = Server::start(home).await?;
        if let Some(place) = self.servers.get_mut(which) {
            *place = Some(server);
        }
        Ok(())
    }

    fn kill(&mut self, which: usize) -> anyhow::Result<()> {
        if let Some(server) = self.servers.get_mut(which).and_then(Option::take) {
            server.kill()?;
        }
        Ok(())
    }
}

/// What is sent: every lane has its share.
#[derive(Debug, Clone)]
struct Drafts {
    flash: Draft,
    priority: Draft,
}

impl Drafts {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            flash: flash()?,
            priority: two_kib()?,
        })
    }

    fn numbered(&self, n: u64) -> Draft {
        match n % 4 {
            0 => self.flash.clone(),
            1 => Draft {
                urgency: Urgency::Routine,
                ..self.priority.clone()
            },
            _ => self.priority.clone(),
        }
    }
}

/// Small, seeded and good enough to choose victims and moments (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0
            .wrapping_mul(0x2545_F491_4F6C_DD1D)
            .checked_rem(sides)
            .unwrap_or(0)
    }
}

pub(crate) async fn run(
    dir: &Path,
    rounds: u64,
    seed: u64,
    progress: impl Fn(u64),
) -> anyhow::Result<Report> {
    let network = Network::make(dir, "127.0.0.1", "127.0.0.1").await?;
    let mut field = Field {
        names: ["sender", "relay", "receiver"],
        homes: [network.a.clone(), network.relay.clone(), network.b.clone()],
        servers: [None, None, None],
    };
    for which in 0..3 {
        field.start(which).await?;
    }
    let drafts = Drafts::new()?;
    let mut dice = Dice(seed | 1);
    let mut kills = BTreeMap::new();
    let mut acknowledged = BTreeMap::new();
    let mut repeated: u64 = 0;
    for round in 0..rounds {
        let victim = usize::try_from(dice.roll(3)).unwrap_or(0);
        let delay = Duration::from_micros(dice.roll(150_000));
        let tokens: Vec<String> = (0..SENDS).map(|n| format!("{seed}-{round}-{n}")).collect();
        let sending = send_all(network.a.clone(), drafts.clone(), tokens.clone());
        let killing = async {
            tokio::time::sleep(delay).await;
            field.kill(victim)
        };
        let (answers, killed) = tokio::join!(sending, killing);
        killed?;
        let name = field.names.get(victim).copied().unwrap_or_default();
        let times: &mut u64 = kills.entry(name).or_default();
        *times = times.saturating_add(1);
        field.start(victim).await?;
        acknowledged.extend(answers);
        let missing: Vec<String> = tokens
            .into_iter()
            .filter(|token| !acknowledged.contains_key(token))
            .collect();
        repeated = repeated.saturating_add(count(missing.len()));
        let again = send_all(network.a.clone(), drafts.clone(), missing.clone()).await;
        ensure!(
            again.len() == missing.len(),
            "round {round}: {} of {} repeated sends were not answered",
            missing.len().saturating_sub(again.len()),
            missing.len()
        );
        acknowledged.extend(again);
        progress(round.saturating_add(1));
    }
    settle(&network.a).await?;
    let mut report = compare(&network, &acknowledged).await?;
    report.rounds = rounds;
    report.kills = kills;
    report.repeated = repeated;
    Ok(report)
}

/// Posts all tokens; the answers that came before the node was gone.
async fn send_all(
    home: PathBuf,
    drafts: Drafts,
    tokens: Vec<String>,
) -> BTreeMap<String, DispatchId> {
    let mut answered = BTreeMap::new();
    let Ok(client) = Client::connect(&home).await else {
        return answered;
    };
    let (mut poster, mut answers) = client.split();
    let numbered: BTreeMap<u64, String> = (0..).zip(tokens).collect();
    let posting = async {
        for (n, token) in &numbered {
            let draft = drafts.numbered(*n);
            let request = Request::Send {
                draft: Box::new(draft),
                token: Some(token.clone()),
            };
            if poster.post(*n, &request).await.is_err() {
                break;
            }
        }
    };
    let reading = async {
        while answered.len() < numbered.len() {
            match answers.answer().await {
                Ok(answer) => {
                    let token = answer.n.and_then(|n| numbered.get(&n));
                    match (token, answer.body) {
                        (Some(token), Response::Sent(sent)) => {
                            answered.insert(token.clone(), sent.id);
                        }
                        (_, other) => {
                            tracing::warn!("a send was not accepted: {other:?}");
                            break;
                        }
                    }
                }
                Err(_) => break,
            }
        }
    };
    tokio::join!(posting, reading);
    answered
}

/// Until nothing waits at the sender any more.
async fn settle(home: &Path) -> anyhow::Result<()> {
    let deadline = Instant::now() + SETTLE;
    loop {
        let waiting: u64 = status(home).await?.waiting.values().sum();
        if waiting == 0 {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("{waiting} deliveries still wait after {SETTLE:?}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn compare(
    network: &Network,
    acknowledged: &BTreeMap<String, DispatchId>,
) -> anyhow::Result<Report> {
    let sent = all(&network.a, true).await?;
    let received = all(&network.b, false).await?;
    let ids: BTreeSet<DispatchId> = acknowledged.values().copied().collect();
    let at_sender: BTreeSet<DispatchId> = sent.iter().map(|line| line.id).collect();
    let at_receiver: BTreeSet<DispatchId> = received.iter().map(|line| line.id).collect();
    let lost = ids
        .iter()
        .filter(|id| !at_sender.contains(id) || !at_receiver.contains(id))
        .count();
    // Two tokens with one id, or a dispatch that no token answers for, would be one applied twice.
    let doubled = acknowledged.len().abs_diff(ids.len())
        + at_receiver.difference(&ids).count()
        + at_sender.difference(&ids).count();
    let unreceipted = sent
        .iter()
        .filter(|line| {
            line.deliveries
                .iter()
                .any(|delivery| delivery.state < DeliveryState::Delivered)
        })
        .count();
    let mut audit_whole = true;
    for home in [&network.a, &network.relay, &network.b] {
        match Client::connect(home).await?.ask(&Request::Doctor).await? {
            Response::Doctor { checks } => {
                audit_whole &= checks
                    .iter()
                    .filter(|check| {
                        check.check == "audit.chain" || check.check == "store.integrity"
                    })
                    .all(|check| check.ok);
            }
            other => bail!("unexpected answer: {other:?}"),
        }
    }
    Ok(Report {
        bench: "crash",
        rounds: 0,
        kills: BTreeMap::new(),
        acknowledged: count(acknowledged.len()),
        repeated: 0,
        lost: count(lost),
        doubled: count(doubled),
        unreceipted: count(unreceipted),
        audit_whole,
    })
}

/// Every dispatch that a node lists, page by page.
async fn all(home: &Path, sent: bool) -> anyhow::Result<Vec<Line>> {
    let mut client = Client::connect(home).await?;
    let mut lines: BTreeMap<DispatchId, Line> = BTreeMap::new();
    let mut before: Option<Timestamp> = None;
    loop {
        let query = ListQuery {
            before,
            limit: Some(1_000),
            ..ListQuery::default()
        };
        let request = if sent {
            Request::Outbox(query)
        } else {
            Request::Inbox(query)
        };
        let items = match client.ask(&request).await? {
            Response::List { items } => items,
            other => bail!("unexpected answer: {other:?}"),
        };
        let known = lines.len();
        // One microsecond later: two that were stored in the same one may lie on two pages.
        before = items
            .last()
            .map(|line| Timestamp::from_micros(line.stored.as_micros().saturating_add(1)));
        lines.extend(items.into_iter().map(|line| (line.id, line)));
        if lines.len() == known {
            return Ok(lines.into_values().collect());
        }
    }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
