//! What the register says, and since when.

use envelope::key::VerifyingKey;
use model::address::{Address, AuthorityCode, StateCode};
use model::code::Code;
use model::ids::{ActId, KeyId, NodeId};
use model::time::Timestamp;

use crate::authority::Authority;
use crate::coupling::{Coupling, Pair};
use crate::crossing::Crossing;
use crate::desk::Desk;
use crate::history::{Entry, History};
use crate::key::{HeldKey, KeyPurpose};
use crate::membership::Circle;
use crate::network::NetworkKind;
use crate::node::Node;
use crate::office::Office;
use crate::register::Register;
use crate::state::State;

impl Register {
    pub fn name(&self) -> &str {
        &self.founding.name
    }

    /// Says whether nothing in this network is real.
    pub fn is_exercise(&self) -> bool {
        self.founding.kind != NetworkKind::Live
    }

    pub fn founding_id(&self) -> ActId {
        self.acts.first().map_or(ActId::new([0; 32]), |act| act.id)
    }

    /// The states, and the centre as `INT`, as they stand then.
    pub fn states(&self, now: Timestamp) -> impl Iterator<Item = &State> {
        self.states
            .values()
            .filter_map(move |history| history.at(now))
            .map(|entry| &entry.value)
    }

    pub fn state(&self, code: &StateCode, now: Timestamp) -> Option<&State> {
        self.states.get(code)?.at(now).map(|entry| &entry.value)
    }

    /// What an authority is called then, whether or not it still exists: its period is in the answer.
    pub fn authority(
        &self,
        state: &StateCode,
        code: &AuthorityCode,
        now: Timestamp,
    ) -> Option<&Authority> {
        let history = self.authorities.get(&(state.clone(), code.clone()))?;
        history.at(now).map(|entry| &entry.value)
    }

    pub fn crossings(&self) -> impl Iterator<Item = &Crossing> {
        latest(self.crossings.values())
    }

    pub fn crossing(&self, state: &StateCode, code: &Code) -> Option<&Crossing> {
        let history = self.crossings.get(&(state.clone(), code.clone()))?;
        history.last().map(|entry| &entry.value)
    }

    /// Every office, whatever its period.
    pub fn offices(&self) -> impl Iterator<Item = &Office> {
        latest(self.offices.values())
    }

    /// The office of an address, or of a desk's address, as the last act has it.
    pub fn office(&self, address: &Address) -> Option<&Office> {
        let history = self.offices.get(&address.to_office())?;
        history.last().map(|entry| &entry.value)
    }

    pub fn desks(&self) -> impl Iterator<Item = &Desk> {
        latest(self.desks.values())
    }

    pub fn desk(&self, address: &Address) -> Option<&Desk> {
        self.desks.get(address)?.last().map(|entry| &entry.value)
    }

    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        latest(self.nodes.values())
    }

    pub fn node(&self, id: &NodeId) -> Option<&Node> {
        self.nodes.get(id)?.last().map(|entry| &entry.value)
    }

    /// The node that hosts an office, or a desk's office.
    pub fn node_of(&self, address: &Address) -> Option<&NodeId> {
        self.hosts.get(&address.to_office())
    }

    /// The node that shows this raw public key on a link.
    pub fn node_by_link_key(&self, key: &[u8]) -> Option<&NodeId> {
        let key: [u8; 32] = key.try_into().ok()?;
        self.link_keys.get(&key)
    }

    /// The key of a node's outer headers and receipts.
    pub fn node_key(&self, id: &NodeId) -> Option<VerifyingKey> {
        self.node_keys.get(id).cloned()
    }

    /// The key to seal with: of those in force, the one that began last.
    pub fn sealing_key(&self, holder: &Address, now: Timestamp) -> Option<&HeldKey> {
        self.held(holder)
            .filter(|entry| entry.value.purpose == KeyPurpose::Sealing)
            .filter(|entry| entry.value.is_in_force(now))
            .filter(|entry| self.is_vouched(holder, entry))
            .max_by_key(|entry| (entry.value.from, entry.issued, entry.act))
            .map(|entry| &entry.value)
    }

    /// A signing key of an office or desk, whatever its epoch: what was signed in time stays verifiable.
    pub fn signing_key(&self, holder: &Address, id: &KeyId) -> Option<VerifyingKey> {
        self.held_key(holder, id)?.verifying.clone()
    }

    /// A signing key of an office or desk, if it was in force then.
    pub fn signing_key_at(
        &self,
        holder: &Address,
        id: &KeyId,
        at: Timestamp,
    ) -> Option<VerifyingKey> {
        self.held_key(holder, id)
            .filter(|key| key.is_in_force(at))?
            .verifying
            .clone()
    }

    /// All keys of an office or desk, each as the last act about it says.
    pub fn keys(&self, holder: &Address) -> impl Iterator<Item = &HeldKey> {
        self.held(holder).map(|entry| &entry.value)
    }

    /// Couplings, whether in force or not.
    pub fn couplings(&self) -> impl Iterator<Item = &Coupling> {
        latest(self.couplings.values())
    }

    /// The coupling of two offices as it stands then, if it is in force.
    pub fn coupling(&self, one: &Address, other: &Address, now: Timestamp) -> Option<&Coupling> {
        let entry = self.couplings.get(&Pair::of(one, other))?.at(now)?;
        let in_force = entry.value.until.is_none_or(|until| now < until);
        in_force.then_some(&entry.value)
    }

    /// Who gets copies of what one office sends to the other, then.
    pub fn copies(&self, from: &Address, to: &Address, now: Timestamp) -> Vec<Address> {
        self.coupling(from, to, now)
            .map_or_else(Vec::new, |coupling| coupling.copies_of(from).to_vec())
    }

    /// Says whether the state is a member then.
    pub fn is_member(&self, state: &StateCode, circle: Circle, now: Timestamp) -> bool {
        self.membership_act(state, circle, now).is_some()
    }

    /// The act that suspends a pair then, and who did it.
    pub fn suspension(&self, pair: &Pair, now: Timestamp) -> Option<(ActId, &StateCode)> {
        self.suspensions
            .iter()
            .find(|(_, (suspension, liftings))| {
                suspension.covers(pair)
                    && suspension.from <= now
                    && !liftings.iter().any(|(_, lifting)| lifting.from <= now)
            })
            .map(|(id, (suspension, _))| (*id, &suspension.by))
    }

    pub(crate) fn membership_act(
        &self,
        state: &StateCode,
        circle: Circle,
        now: Timestamp,
    ) -> Option<ActId> {
        let entry = self.memberships.get(&(state.clone(), circle))?.at(now)?;
        let in_force = entry.value.until.is_none_or(|until| now < until);
        in_force.then_some(entry.act)
    }

    pub(crate) fn node_act(&self, id: &NodeId) -> Option<ActId> {
        self.nodes.get(id)?.last().map(|entry| entry.act)
    }

    fn held(&self, holder: &Address) -> impl Iterator<Item = &Entry<HeldKey>> {
        self.keys
            .get(holder)
            .into_iter()
            .flat_map(|keys| keys.values())
            .filter_map(History::last)
    }

    fn held_key(&self, holder: &Address, id: &KeyId) -> Option<&HeldKey> {
        let history = self.keys.get(holder)?.get(id)?;
        history.last().map(|entry| &entry.value)
    }

    /// A key that an office vouched for falls with the signing key that vouched, if that was withdrawn before.
    fn is_vouched(&self, holder: &Address, entry: &Entry<HeldKey>) -> bool {
        entry.value.voucher.is_none_or(|voucher| {
            self.held_key(holder, &voucher)
                .is_some_and(|key| key.is_in_force(entry.issued))
        })
    }
}

fn latest<'a, T: 'a>(
    histories: impl Iterator<Item = &'a History<T>>,
) -> impl Iterator<Item = &'a T> {
    histories.filter_map(|history| history.last().map(|entry| &entry.value))
}
