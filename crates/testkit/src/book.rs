//! The books: after everything is mended and at rest, is each dispatch where it should be, once?

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use envelope::open::parse;
use model::delivery::DeliveryState;
use model::ids::{DispatchId, NodeId};
use store::attachment::{AttachmentState, Attachments as _};
use store::audit::Audit as _;
use store::delivery::Deliveries as _;
use store::dispatch::{DispatchQuery, Dispatches as _};
use store::maintenance::Maintenance as _;
use store::progress::Progresses as _;
use store::quarantine::Quarantines as _;
use store::receipt::Receipts as _;

use crate::ledger::Entry;
use crate::post::Post;
use crate::world::World;

/// Checks all books; the first thing that is wrong is the error. All stations have to run.
pub async fn check(world: &World) -> anyhow::Result<()> {
    for entry in &world.ledger.entries {
        for to in &entry.to {
            check_delivery(world, entry, *to)
                .await
                .with_context(|| format!("{} from {:?} to {to:?}", entry.id, entry.from))?;
        }
    }
    check_numbers(world).await?;
    for post in Post::ALL {
        check_store(world, post)
            .await
            .with_context(|| format!("the store of {post:?}"))?;
    }
    Ok(())
}

async fn check_delivery(world: &World, entry: &Entry, to: Post) -> anyhow::Result<()> {
    let store = world.station(to)?.store()?;
    let is_kept = world.has(to, entry.id).await?;
    let mut times = store.audit_of(&entry.id.to_string()).await?;
    times.retain(|line| line.row.action == "receive");
    ensure!(
        times.len() == usize::from(is_kept),
        "kept: {is_kept}, but stored {} times",
        times.len(),
    );
    if is_kept {
        check_contents(world, entry, to).await?;
    }
    if entry.forgotten {
        return Ok(());
    }
    let state = world.state(entry.from, entry.id, to).await?;
    let latest = world.latest.get(&entry.from);
    let has_run_out = latest.is_some_and(|latest| entry.expires <= *latest);
    match state {
        DeliveryState::Expired => ensure!(has_run_out, "expired before its time"),
        DeliveryState::Delivered
        | DeliveryState::Opened
        | DeliveryState::Accepted
        | DeliveryState::Acted
        | DeliveryState::Answered => {
            // Who lost it with its disk after it had run out gets it no more.
            let is_lost = has_run_out && world.restored.contains(&to);
            ensure!(is_kept || is_lost, "{state}, but not kept");
            if state != DeliveryState::Delivered {
                // A signed step says as much as the receipt, which may have been lost: nobody asks for it any more.
                return Ok(());
            }
            let receipts = world
                .station(entry.from)?
                .store()?
                .receipts(entry.id)
                .await?;
            let node = to.id()?;
            ensure!(
                receipts
                    .iter()
                    .any(|row| row.node == node && row.verdict == "stored"),
                "{state}, but no receipt",
            );
        }
        _ => anyhow::bail!("still {state}"),
    }
    Ok(())
}

/// Its file is whole and its step is noted.
async fn check_contents(world: &World, entry: &Entry, to: Post) -> anyhow::Result<()> {
    let store = world.station(to)?.store()?;
    if !entry.forgotten {
        for row in store.attachments_of(entry.id).await? {
            ensure!(
                row.state == AttachmentState::Complete,
                "its file: {} of {} bytes",
                row.have,
                row.size,
            );
        }
    }
    if let Some((of, step)) = entry.step {
        let office = entry.from.office()?;
        let noted = store.progress(of).await?;
        let noted = noted
            .iter()
            .filter(|row| row.office == office && row.step == step.code() && row.by == entry.id);
        ensure!(noted.count() == 1, "the step is not noted once");
    }
    Ok(())
}

/// No number of a sequence was given to two dispatches, as far as anybody can see.
async fn check_numbers(world: &World) -> anyhow::Result<()> {
    let mut numbers: BTreeMap<(NodeId, NodeId, u64), DispatchId> = BTreeMap::new();
    for post in Post::ALL {
        let store = world.station(post)?.store()?;
        let query = DispatchQuery {
            limit: u32::MAX,
            ..DispatchQuery::default()
        };
        let ids: Vec<DispatchId> = store
            .dispatches(&query)
            .await?
            .into_iter()
            .map(|line| line.id)
            .collect();
        for (id, bytes) in store.dispatch_bytes(&ids).await? {
            let parsed = parse(&bytes)?;
            for destination in parsed.header.destinations {
                let number = (
                    parsed.header.origin.clone(),
                    destination.node,
                    destination.seq,
                );
                let first = *numbers.entry(number.clone()).or_insert(id);
                ensure!(first == id, "{number:?} was given to {first} and to {id}");
            }
        }
    }
    Ok(())
}

async fn check_store(world: &World, post: Post) -> anyhow::Result<()> {
    let store = world.station(post)?.store()?;
    let broken = store.audit_check().await?;
    ensure!(broken.is_none(), "the audit chain breaks at {broken:?}");
    let wrong = store.integrity().await?;
    ensure!(wrong.is_empty(), "{wrong:?}");
    let quarantine = store.quarantine(1).await?;
    ensure!(
        quarantine.is_empty(),
        "quarantined: {}",
        quarantine
            .first()
            .map_or_else(String::new, |row| row.reason.clone()),
    );
    let waiting = store.waiting().await?;
    ensure!(waiting.is_empty(), "something waits: {waiting:?}");
    Ok(())
}
