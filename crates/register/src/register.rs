//! The register: all acts that hold, and what follows from them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use envelope::key::VerifyingKey;
use model::address::{Address, AuthorityCode, StateCode};
use model::code::Code;
use model::dispatch::Checkpoint;
use model::ids::{ActId, KeyId, NetworkId, NodeId};

use crate::act::Act;
use crate::authority::Authority;
use crate::checkpoint;
use crate::coupling::{Coupling, Pair};
use crate::crossing::Crossing;
use crate::desk::Desk;
use crate::history::History;
use crate::key::HeldKey;
use crate::membership::{Circle, Membership};
use crate::network::Founding;
use crate::node::Node;
use crate::office::Office;
use crate::state::State;
use crate::suspension::{Lifting, Suspension};

/// What came of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    New(ActId),
    /// It was here already; nothing changed.
    Known(ActId),
}

/// An act that holds, as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedAct {
    pub(crate) id: ActId,
    pub(crate) act: Act,
    pub(crate) bytes: Vec<u8>,
}

impl AppliedAct {
    pub const fn id(&self) -> ActId {
        self.id
    }

    pub const fn act(&self) -> &Act {
        &self.act
    }

    /// A stable word.
    pub const fn kind(&self) -> &'static str {
        self.act.kind()
    }

    /// One line for people.
    pub fn summary(&self) -> String {
        self.act.to_string()
    }

    /// The signed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The network as signed acts say it is. Cheap to clone: the acts are shared.
#[derive(Debug, Clone)]
pub struct Register {
    pub(crate) network: NetworkId,
    pub(crate) founding: Founding,
    /// In the order in which they were applied; the founding act first.
    pub(crate) acts: Vec<Arc<AppliedAct>>,
    pub(crate) ids: BTreeSet<ActId>,
    pub(crate) root: OnceLock<[u8; 32]>,
    pub(crate) states: BTreeMap<StateCode, History<State>>,
    /// Every key that was ever a state's, and whose.
    pub(crate) state_keys: BTreeMap<KeyId, (StateCode, VerifyingKey)>,
    pub(crate) memberships: BTreeMap<(StateCode, Circle), History<Membership>>,
    pub(crate) authorities: BTreeMap<(StateCode, AuthorityCode), History<Authority>>,
    pub(crate) crossings: BTreeMap<(StateCode, Code), History<Crossing>>,
    pub(crate) offices: BTreeMap<Address, History<Office>>,
    pub(crate) desks: BTreeMap<Address, History<Desk>>,
    pub(crate) nodes: BTreeMap<NodeId, History<Node>>,
    /// Where each office's mail goes.
    pub(crate) hosts: BTreeMap<Address, NodeId>,
    pub(crate) link_keys: BTreeMap<[u8; 32], NodeId>,
    /// Signing keys of nodes, ready for use.
    pub(crate) node_keys: BTreeMap<NodeId, VerifyingKey>,
    pub(crate) keys: BTreeMap<Address, BTreeMap<KeyId, History<HeldKey>>>,
    /// One key has one holder inside a state.
    pub(crate) holders: BTreeMap<(StateCode, KeyId), (Address, ActId)>,
    pub(crate) couplings: BTreeMap<Pair, History<Coupling>>,
    /// The couplings that name an office, as a side or for copies.
    pub(crate) parties: BTreeMap<Address, BTreeSet<Pair>>,
    pub(crate) suspensions: BTreeMap<ActId, (Suspension, Vec<(ActId, Lifting)>)>,
}

impl Register {
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    pub const fn founding(&self) -> &Founding {
        &self.founding
    }

    /// All acts, the founding act first, then as they were applied.
    pub fn acts(&self) -> impl ExactSizeIterator<Item = &AppliedAct> {
        self.acts.iter().map(AsRef::as_ref)
    }

    /// The acts after the first `count`.
    pub fn acts_after(&self, count: usize) -> impl Iterator<Item = &AppliedAct> {
        self.acts.iter().skip(count).map(AsRef::as_ref)
    }

    pub fn knows(&self, act: &ActId) -> bool {
        self.ids.contains(act)
    }

    /// The number of acts and one hash over them: equal on two nodes exactly when they hold the same acts, in
    /// whatever order these came.
    pub fn checkpoint(&self) -> Checkpoint {
        let root = self.root.get_or_init(|| checkpoint::root(&self.ids));
        Checkpoint {
            count: u64::try_from(self.ids.len()).unwrap_or(u64::MAX),
            root: (*root).into(),
        }
    }
}
