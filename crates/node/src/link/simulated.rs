//! One end of a link without a connection: what a session does for its host, in the hands of a simulation.
//!
//! The simulation carries bytes between two ends as it likes: late, twice, in another order, or not at all; then
//! the link is down, as it is where a stream breaks.

use std::sync::Arc;

use bytes::BytesMut;
use exchange::frame::{ByeReason, Frame, Hello};
use exchange::lane::Budget;
use model::ids::NodeId;

use super::Host;
use super::hello::stranger;
use super::outbox::Outbox;

/// One host's end. It has to be [disconnected](Self::disconnect): the host counts on that.
#[derive(Debug)]
pub struct SimulatedEnd {
    host: Arc<dyn Host>,
    peer: NodeId,
    outbox: Outbox,
}

impl SimulatedEnd {
    /// The peer has said who it is: the host puts frames for it into the outbox from now on.
    pub async fn connect(
        host: Arc<dyn Host>,
        peer: NodeId,
        hello: Hello,
    ) -> Result<Self, ByeReason> {
        if let Some(reason) = stranger(&host.hello(), &hello, &peer) {
            return Err(reason);
        }
        let outbox = Outbox::default();
        host.connected(&peer, hello, outbox.clone()).await;
        Ok(Self { host, peer, outbox })
    }

    /// Bytes of what waits, lane by lane, about `most` of them; frames longer than `piece` go in pieces.
    pub fn take(&self, piece: usize, most: usize) -> BytesMut {
        let mut out = BytesMut::new();
        let budget = Budget {
            piece,
            ..Budget::ALL
        };
        self.outbox.take(&mut out, budget, most);
        out
    }

    /// Frames that came from the peer.
    pub async fn receive(&self, frames: Vec<Frame>) {
        self.host.receive(&self.peer, frames).await;
    }

    /// The link is down; what was in the outbox is gone.
    pub async fn disconnect(self) {
        self.outbox.close();
        self.host.disconnected(&self.peer).await;
    }
}
