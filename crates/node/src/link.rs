//! Links to other nodes: TLS 1.3 with pinned keys, frames in lanes, either side dials.
//!
//! ```text
//! accept ─┐                         ┌─ reader: bytes -> frames -> Host::receive, then the acknowledgement
//!         ├─> hello ─> Table ─> Session
//! dial ───┘      (one a peer)       └─ writer: Outbox (lanes) -> credit window -> bytes
//! ```
//! A link knows nothing of dispatches: it asks its [`Host`] who is who and hands over what arrived.
//! Where a stream cannot be held, the same frames go in HTTPS batches.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use exchange::frame::{Frame, Hello};
use model::ids::NodeId;
use model::time::Timestamp;
use thiserror::Error;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

mod accept;
mod acknowledge;
mod batch;
mod dial;
mod hello;
mod meter;
mod outbox;
mod session;
mod simulated;
pub mod status;
mod table;
mod tls;

pub use outbox::Outbox;
pub use simulated::SimulatedEnd;
pub use tls::measured_pair;

use status::LinkStatus;
use table::Table;

/// A dispatch that can be sealed can be sent, with its head in one frame.
const _: () = assert!(exchange::frame::MAX_FRAME >= envelope::open::SEALED_MAX + 64);

/// Why links cannot start.
#[derive(Debug, Error)]
pub enum LinkError {
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: String,
        source: std::io::Error,
    },
    #[error("the link key cannot be used: {0}")]
    Key(#[from] rustls::Error),
}

/// Another node that can be dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    pub node: NodeId,
    /// `host:port`, first choice first.
    pub addresses: Vec<String>,
    /// Also try HTTPS batches where a stream cannot be held.
    pub batch: bool,
}

/// What the links need of the configuration.
#[derive(Debug)]
pub struct LinkConfig {
    pub listen: Vec<String>,
    /// Seed of the Ed25519 key that proves this node.
    pub seed: Zeroizing<[u8; 32]>,
}

/// The node, as its links see it.
#[async_trait]
pub trait Host: std::fmt::Debug + Send + Sync + 'static {
    /// What this node says first.
    fn hello(&self) -> Hello;
    /// Whose link key that is, by the register of this moment.
    fn peer_by_link_key(&self, key: &[u8]) -> Option<NodeId>;
    /// Whom to dial.
    fn endpoints(&self) -> Vec<Peer>;
    /// This node's clock.
    fn now(&self) -> Timestamp;
    /// Says whether something waits here for that peer.
    async fn waits(&self, peer: &NodeId) -> bool;
    /// The peer has said who it is; frames for it go into the outbox from now on.
    async fn connected(&self, peer: &NodeId, hello: Hello, outbox: Outbox);
    /// Frames in the order of their arrival. What is not done when this returns is not acknowledged.
    async fn receive(&self, peer: &NodeId, frames: Vec<Frame>);
    /// The link is down. Always follows on `connected`, before the next one.
    async fn disconnected(&self, peer: &NodeId);
}

/// What every part of the links shares.
#[derive(Debug)]
struct Shared {
    host: Arc<dyn Host>,
    identity: tls::Identity,
    table: Arc<Table>,
    tracker: TaskTracker,
    cancel: CancellationToken,
}

/// All links of a node.
#[derive(Debug)]
pub struct Links {
    table: Arc<Table>,
    listening: Vec<SocketAddr>,
}

impl Links {
    /// Listens and dials until the token is cancelled. Returns when every address is listened on.
    pub(crate) async fn start(
        host: Arc<dyn Host>,
        config: LinkConfig,
        tracker: TaskTracker,
        cancel: CancellationToken,
    ) -> Result<Self, LinkError> {
        let table = Arc::new(Table::default());
        let shared = Arc::new(Shared {
            identity: tls::Identity::new(&config.seed)?,
            host,
            table: Arc::clone(&table),
            tracker: tracker.clone(),
            cancel,
        });
        let listening = accept::start(&shared, &config.listen).await?;
        tracker.spawn(dial::supervise(shared));
        Ok(Self { table, listening })
    }

    /// How each link stands, by peer.
    pub fn status(&self) -> Vec<LinkStatus> {
        self.table.status()
    }

    /// The addresses that this node listens on.
    pub fn listening(&self) -> Vec<String> {
        self.listening.iter().map(ToString::to_string).collect()
    }

    /// Dials that peer at once, as if it had never been silent: something urgent waits for it.
    pub fn wake(&self, peer: &NodeId) {
        self.table.wake(peer);
    }
}

#[cfg(test)]
mod tests;
