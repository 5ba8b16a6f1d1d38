//! How an act becomes part of the register, or why it does not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use model::ids::{ActId, KeyId, NodeId};
use model::time::Timestamp;

use crate::act::{Act, Body};
use crate::history::Entry;
use crate::key::{HeldKey, Key};
use crate::network::{Founder, Founding};
use crate::node::Node;
use crate::refusal::{MissingAct, RegisterError};
use crate::register::{Applied, AppliedAct, Register};
use crate::signature;
use crate::signed::SignedAct;
use crate::state::State;

mod signers;

/// Before every act: what is so from the founding on.
const ALWAYS: Timestamp = Timestamp::from_micros(i64::MIN);

impl Register {
    /// The register of a network that has only its founding act.
    pub fn found(bytes: &[u8]) -> Result<Self, RegisterError> {
        let signed = SignedAct::parse(bytes)?;
        let network = signed.founds().ok_or_else(|| {
            RegisterError::malformed(format!("a {} act founds no network", signed.act().kind()))
        })?;
        let Body::Founding(founding) = signed.act().body.clone() else {
            return Err(RegisterError::malformed("not a founding act"));
        };
        signed.act().check()?;
        let mut register = Self {
            network,
            founding,
            acts: Vec::new(),
            ids: BTreeSet::new(),
            root: OnceLock::new(),
            states: BTreeMap::new(),
            state_keys: BTreeMap::new(),
            memberships: BTreeMap::new(),
            authorities: BTreeMap::new(),
            crossings: BTreeMap::new(),
            offices: BTreeMap::new(),
            desks: BTreeMap::new(),
            nodes: BTreeMap::new(),
            hosts: BTreeMap::new(),
            link_keys: BTreeMap::new(),
            node_keys: BTreeMap::new(),
            keys: BTreeMap::new(),
            holders: BTreeMap::new(),
            couplings: BTreeMap::new(),
            parties: BTreeMap::new(),
            suspensions: BTreeMap::new(),
        };
        register.add_founders(signed.id());
        register.check_signers(&signed)?;
        register.keep(&signed, bytes);
        Ok(register)
    }

    /// Applies a signed act. On an error the register is as it was.
    ///
    /// [`RegisterError::Missing`] is not final: the act may hold once another one is here.
    pub fn apply(&mut self, bytes: &[u8]) -> Result<Applied, RegisterError> {
        let signed = SignedAct::parse(bytes)?;
        let id = signed.id();
        if self.ids.contains(&id) {
            return Ok(Applied::Known(id));
        }
        signed.act().check()?;
        if let Some(what) = self.waits_for(signed.act()) {
            return Err(what.into());
        }
        self.check_conflict(signed.act())?;
        let voucher = self.check_signers(&signed)?;
        self.learn(id, signed.act(), voucher);
        self.keep(&signed, bytes);
        Ok(Applied::New(id))
    }

    /// The first act that this one depends on and that is not here.
    fn waits_for(&self, act: &Act) -> Option<MissingAct> {
        let state =
            |code| (!self.states.contains_key(code)).then(|| MissingAct::State(code.clone()));
        let authority = |state: &model::address::StateCode,
                         code: &model::address::AuthorityCode| {
            let known = self
                .authorities
                .contains_key(&(state.clone(), code.clone()));
            (!known).then(|| MissingAct::Authority(state.clone(), code.clone()))
        };
        let office =
            |address| (!self.has_address(address)).then(|| MissingAct::Office(address.clone()));
        match &act.body {
            Body::Founding(_) | Body::State(_) => None,
            Body::Membership(membership) => state(&membership.state),
            Body::Authority(authority) => state(&authority.state),
            Body::Crossing(crossing) => state(&crossing.state),
            Body::Office(office) => authority(&office.address.state, &office.address.authority)
                .or_else(|| {
                    let key = (office.address.state.clone(), office.crossing.clone()?);
                    let known = self.crossings.contains_key(&key);
                    (!known).then_some(MissingAct::Crossing(key.0, key.1))
                }),
            Body::Desk(desk) => office(&desk.address.to_office())
                .or_else(|| authority(&desk.address.state, &desk.authority)),
            Body::Node(node) => state(&node.state).or_else(|| node.hosts.iter().find_map(office)),
            Body::Coupling(coupling) => coupling.parties().find_map(office),
            Body::Key(key) => office(&key.holder),
            Body::Suspension(suspension) => {
                state(&suspension.by).or_else(|| state(&suspension.against))
            }
            Body::Lifting(lifting) => (!self.suspensions.contains_key(&lifting.suspension))
                .then_some(MissingAct::Suspension(lifting.suspension)),
        }
    }

    fn check_conflict(&self, act: &Act) -> Result<(), RegisterError> {
        match &act.body {
            Body::Founding(_) => Err(RegisterError::OtherNetwork {
                ours: self.founding_id(),
            }),
            Body::Node(node) => self.check_link_key(node),
            Body::Key(key) => self.check_holder(key),
            Body::State(_)
            | Body::Membership(_)
            | Body::Authority(_)
            | Body::Crossing(_)
            | Body::Office(_)
            | Body::Desk(_)
            | Body::Coupling(_)
            | Body::Suspension(_)
            | Body::Lifting(_) => Ok(()),
        }
    }

    fn check_link_key(&self, node: &Node) -> Result<(), RegisterError> {
        match self.link_keys.get(&*node.link_key) {
            Some(other) if *other != node.id => Err(RegisterError::Conflict {
                with: self.node_act(other).unwrap_or_else(|| self.founding_id()),
                what: format!("link key of {}, which is {other}'s,", node.id),
            }),
            _ => Ok(()),
        }
    }

    fn check_holder(&self, key: &Key) -> Result<(), RegisterError> {
        let id = key.id();
        match self.holders.get(&(key.holder.state.clone(), id)) {
            Some((holder, act)) if *holder != key.holder => Err(RegisterError::Conflict {
                with: *act,
                what: format!("key {id} of {}, which is {holder}'s,", key.holder),
            }),
            _ => Ok(()),
        }
    }

    /// Enters what the act says. `voucher`: the office's key that signed instead of the state.
    fn learn(&mut self, id: ActId, act: &Act, voucher: Option<KeyId>) {
        macro_rules! note {
            ($map:ident, $key:expr, $from:expr, $value:expr) => {
                self.$map.entry($key).or_default().insert(Entry {
                    from: $from,
                    issued: act.issued,
                    act: id,
                    value: $value.clone(),
                })
            };
        }
        match &act.body {
            Body::Founding(_) => {}
            Body::State(state) => {
                if let Some(key) = signature::public(&*state.key) {
                    let id = signature::key_id(&*state.key);
                    self.state_keys.insert(id, (state.code.clone(), key));
                }
                note!(states, state.code.clone(), state.from, state);
            }
            Body::Membership(member) => {
                note!(
                    memberships,
                    (member.state.clone(), member.circle),
                    member.from,
                    member
                );
            }
            Body::Authority(authority) => {
                let key = (authority.state.clone(), authority.code.clone());
                note!(authorities, key, authority.from, authority);
            }
            Body::Crossing(crossing) => {
                let key = (crossing.state.clone(), crossing.code.clone());
                note!(crossings, key, ALWAYS, crossing);
            }
            Body::Office(office) => note!(offices, office.address.clone(), office.from, office),
            Body::Desk(desk) => note!(desks, desk.address.clone(), desk.from, desk),
            Body::Node(node) => {
                let id = node.id.clone();
                note!(nodes, id.clone(), ALWAYS, node);
                self.settle_node_key(id);
                self.settle_nodes();
            }
            Body::Coupling(coupling) => {
                for office in coupling.parties() {
                    let pairs = self.parties.entry(office.clone()).or_default();
                    pairs.insert(coupling.pair.clone());
                }
                note!(couplings, coupling.pair.clone(), coupling.from, coupling);
            }
            Body::Key(key) => self.learn_key(id, act.issued, key, voucher),
            Body::Suspension(suspension) => {
                let entry = (suspension.clone(), Vec::new());
                self.suspensions.insert(id, entry);
            }
            Body::Lifting(lifting) => {
                if let Some((_, liftings)) = self.suspensions.get_mut(&lifting.suspension) {
                    liftings.push((id, lifting.clone()));
                }
            }
        }
    }

    fn learn_key(&mut self, act: ActId, issued: Timestamp, key: &Key, voucher: Option<KeyId>) {
        let id = key.id();
        let holder = (key.holder.state.clone(), id);
        self.holders
            .entry(holder)
            .or_insert_with(|| (key.holder.clone(), act));
        let keys = self.keys.entry(key.holder.clone()).or_default();
        keys.entry(id).or_default().insert(Entry {
            from: ALWAYS,
            issued,
            act,
            value: HeldKey::new(key, act, voucher),
        });
    }

    /// Which node hosts which office: of the nodes that claim it, the one whose act was issued last.
    fn settle_nodes(&mut self) {
        let mut latest: Vec<_> = self.nodes.values().filter_map(|node| node.last()).collect();
        latest.sort_by_key(|entry| (entry.issued, entry.act));
        self.hosts = latest
            .iter()
            .flat_map(|entry| entry.value.hosts.iter().map(|host| (host, &entry.value.id)))
            .map(|(host, id)| (host.clone(), id.clone()))
            .collect();
        self.link_keys = latest
            .iter()
            .map(|entry| (*entry.value.link_key, entry.value.id.clone()))
            .collect();
    }

    /// The signing key that holds, parsed once: every header and receipt asks for it.
    fn settle_node_key(&mut self, id: NodeId) {
        let key = self
            .node(&id)
            .and_then(|node| signature::public(&*node.signing_key));
        match key {
            Some(key) => self.node_keys.insert(id, key),
            None => self.node_keys.remove(&id),
        };
    }

    fn add_founders(&mut self, act: ActId) {
        let Founding { states, centre, .. } = self.founding.clone();
        for Founder { code, names, key } in states.into_iter().chain([centre]) {
            if let Some(public) = signature::public(&*key) {
                self.state_keys
                    .insert(signature::key_id(&*key), (code.clone(), public));
            }
            let state = State {
                code: code.clone(),
                names,
                key,
                from: ALWAYS,
                statute_from: None,
                statute_until: None,
                statute: None,
            };
            self.states.entry(code).or_default().insert(Entry {
                from: ALWAYS,
                issued: ALWAYS,
                act,
                value: state,
            });
        }
    }

    fn keep(&mut self, signed: &SignedAct, bytes: &[u8]) {
        let id = signed.id();
        self.ids.insert(id);
        self.root = OnceLock::new();
        self.acts.push(Arc::new(AppliedAct {
            id,
            act: signed.act().clone(),
            bytes: bytes.to_vec(),
        }));
    }
}
