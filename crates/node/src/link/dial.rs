//! Dialling: one task a peer, as long as the register or the configuration says how to reach it.
//!
//! Attempts overlap: on a link that comes back, a new one is made each second while older ones still wait
//! for the kernel's next SYN, and the first that is answered wins.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use exchange::retry::backoff;
use model::ids::NodeId;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_rustls::{TlsConnector, TlsStream};

use super::meter::Metered;
use super::table::Entry;
use super::{Peer, Shared, accept, batch, session, tls};

/// How often the register is looked at for new peers.
const LOOK: Duration = Duration::from_secs(1);

/// Attempts to one peer at once.
const OVERLAP: usize = 4;

/// A connection that is not there by then will not come: the kernel has sent four SYNs.
const CONNECT: Duration = Duration::from_secs(10);

/// A handshake that takes longer is given up.
const HANDSHAKE: Duration = Duration::from_secs(15);

/// Streams that failed in a row before batches are tried, where the configuration allows them.
const STREAMS_FAILED: u32 = 3;

/// Starts and ends the dialling of peers as they come and go.
pub(super) async fn supervise(shared: Arc<Shared>) {
    let mut dialled: BTreeMap<NodeId, (Peer, AbortHandle)> = BTreeMap::new();
    loop {
        let wanted = shared.host.endpoints();
        dialled.retain(|node, (peer, task)| {
            let stays = wanted.iter().any(|wanted| wanted == peer);
            if !stays {
                tracing::debug!(peer = %node, "not dialled any more");
                task.abort();
            }
            stays
        });
        for peer in wanted {
            if !dialled.contains_key(&peer.node) {
                let work = shared
                    .tracker
                    .spawn(dial(Arc::clone(&shared), peer.clone()));
                dialled.insert(peer.node.clone(), (peer, work.abort_handle()));
            }
        }
        tokio::select! {
            () = shared.cancel.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Keeps one peer linked.
async fn dial(shared: Arc<Shared>, peer: Peer) {
    let entry = shared.table.entry(&peer.node);
    let places = Arc::new(Semaphore::new(OVERLAP));
    let mut attempt: u32 = 0;
    let mut down = Instant::now();
    // What many nodes that come back together should not have in common.
    let mut jitter = peer.node.as_str().bytes().fold(7_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    loop {
        if entry.is_up() {
            attempt = 0;
            tokio::select! {
                () = shared.cancel.cancelled() => return,
                () = entry.changed.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
            down = Instant::now();
            continue;
        }
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let work = Box::pin(try_once(
                Arc::clone(&shared),
                Arc::clone(&entry),
                peer.clone(),
                attempt,
            ));
            shared.tracker.spawn(async move {
                work.await;
                drop(place);
            });
        }
        let waits = shared.host.waits(&peer.node).await;
        let pause = backoff(attempt, down.elapsed(), waits, jitter);
        jitter = jitter.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        attempt = attempt.saturating_add(1);
        tokio::select! {
            () = shared.cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            () = entry.changed.notified() => {
                if entry.take_urgent() {
                    attempt = 0;
                    down = Instant::now();
                }
            }
        }
    }
}

/// One attempt, and the link's whole life if it succeeds.
async fn try_once(shared: Arc<Shared>, entry: Arc<Entry>, peer: Peer, attempt: u32) {
    let batch = peer.batch && entry.streams_failed() >= STREAMS_FAILED;
    let protocol = if batch { tls::BATCH } else { tls::STREAM };
    let stream = tokio::select! {
        () = shared.cancel.cancelled() => return,
        connected = connect(&shared, &entry, &peer, attempt, protocol) => match connected {
            Ok(Some(stream)) => stream,
            Ok(None) => return,
            Err(error) => {
                tracing::debug!(peer = %peer.node, attempt, "not reached: {error}");
                return;
            }
        },
    };
    if batch {
        Box::pin(batch::poll(shared, entry, peer, stream)).await;
    } else {
        let began = Instant::now();
        session::run(shared, stream, peer.node, true).await;
        entry.stream_lasted(began.elapsed());
    }
}

/// A connection whose other end is that peer; `None` if another attempt was faster.
pub(super) async fn connect(
    shared: &Shared,
    entry: &Entry,
    peer: &Peer,
    attempt: u32,
    protocol: &[u8],
) -> std::io::Result<Option<TlsStream<Metered>>> {
    let index = usize::try_from(attempt)
        .unwrap_or(0)
        .checked_rem(peer.addresses.len())
        .unwrap_or(0);
    let Some(address) = peer.addresses.get(index) else {
        return Ok(None);
    };
    let stream = timeout(CONNECT, TcpStream::connect(address)).await?;
    accept::set_options(&stream);
    // One at a time from here: two handshakes at once would end in two links, and one to close.
    let turn = entry.handshake.lock().await;
    if protocol == tls::STREAM && entry.is_up() {
        return Ok(None);
    }
    let stream = handshake(shared, peer, stream, protocol).await;
    drop(turn);
    if stream.is_err() {
        entry.stream_lasted(Duration::ZERO);
    }
    stream.map(Some)
}

async fn handshake(
    shared: &Shared,
    peer: &Peer,
    stream: TcpStream,
    protocol: &[u8],
) -> std::io::Result<TlsStream<Metered>> {
    let config = shared
        .identity
        .client(&shared.host, &peer.node, protocol)
        .map_err(std::io::Error::other)?;
    // Not sent and not checked: the key says who it is.
    let name = ServerName::try_from("guzar.invalid").map_err(std::io::Error::other)?;
    let connector = TlsConnector::from(config);
    let stream = timeout(HANDSHAKE, connector.connect(name, Metered::new(stream))).await?;
    let stream = TlsStream::from(stream);
    if accept::peer_of(shared, &stream).as_ref() != Some(&peer.node) {
        return Err(std::io::Error::other("the key is another node's"));
    }
    Ok(stream)
}

async fn timeout<T>(
    limit: Duration,
    work: impl Future<Output = std::io::Result<T>>,
) -> std::io::Result<T> {
    tokio::time::timeout(limit, work)
        .await
        .map_err(|_elapsed| std::io::Error::from(std::io::ErrorKind::TimedOut))?
}
