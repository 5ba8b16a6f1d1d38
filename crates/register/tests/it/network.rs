//! The built-in region, signed: every state has a register key and one node that hosts all of its offices.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use envelope::key::{SealingKey, SigningKey};
use minicbor::bytes::{ByteArray, ByteVec};
use model::address::{Address, StateCode};
use model::ids::{KeyId, NetworkId};
use model::time::Timestamp;
use register::act::{Act, Body, Signer};
use register::key::{Key, KeyPurpose};
use register::network::NetworkKind;
use register::node::Node;
use register::region::{Region, StateKeys};
use register::signed::SignedAct;
use register::{Register, RegisterError};

/// Made once: the keys of sixty offices and desks take a while.
pub(crate) static NETWORK: LazyLock<Network> = LazyLock::new(Network::make);

/// All acts, and who can sign more of them.
pub(crate) struct Network {
    pub(crate) region: Region,
    pub(crate) id: NetworkId,
    /// By state; the centre as `INT`.
    pub(crate) keys: BTreeMap<StateCode, SigningKey>,
    /// Keys that acts make known: those of nodes' links.
    holders: BTreeMap<KeyId, SigningKey>,
    /// In an order in which each applies at once; the founding act first.
    pub(crate) acts: Vec<Vec<u8>>,
}

impl Network {
    fn make() -> Self {
        let region = Region::builtin().unwrap();
        let keys: BTreeMap<StateCode, SigningKey> = region
            .states()
            .map(|state| (state.clone(), key(state.as_str())))
            .collect();
        let founding = region
            .founding("Region", NetworkKind::Exercise, 3, &publics(&keys))
            .unwrap();
        let act = SignedAct::unsigned(Act::new(day("2026-11-01"), Body::Founding(founding)));
        let mut network = Self {
            region,
            id: act.as_ref().unwrap().founds().unwrap(),
            keys,
            holders: BTreeMap::new(),
            acts: Vec::new(),
        };
        let founding = network.sign(act.unwrap());
        network.acts.push(founding);
        let mut bodies = network.region.bodies(&publics(&network.keys));
        bodies.extend(network.office_keys());
        bodies.extend(network.nodes());
        for body in bodies {
            network.acts.push(network.act(body));
        }
        network
    }

    fn office_keys(&self) -> Vec<Body> {
        let offices = self.region.offices().iter().map(|office| &office.address);
        let desks = self.region.desks().iter().map(|desk| &desk.address);
        offices.chain(desks).flat_map(keys_of).collect()
    }

    fn nodes(&mut self) -> Vec<Body> {
        let states: BTreeSet<&StateCode> = self
            .region
            .offices()
            .iter()
            .map(|office| &office.address.state)
            .collect();
        let mut bodies = Vec::new();
        for state in states {
            let own = self
                .region
                .offices()
                .iter()
                .map(|office| office.address.clone());
            let mut hosts: Vec<Address> = own.filter(|office| office.state == *state).collect();
            hosts.sort();
            let name = format!("{}-node", state.as_str().to_ascii_lowercase());
            let link = key(&format!("{name} link"));
            bodies.push(Body::Node(Node {
                id: name.parse().unwrap(),
                state: state.clone(),
                hosts,
                roles: Vec::new(),
                signing_key: ByteArray::from(*key(&name).public().as_bytes()),
                link_key: ByteArray::from(*link.public().as_bytes()),
                endpoints: Vec::new(),
            }));
            self.holders.insert(link.key_id(), link);
        }
        bodies
    }

    /// An act signed by all who must.
    pub(crate) fn act(&self, body: Body) -> Vec<u8> {
        self.sign(SignedAct::unsigned(Act::new(day("2026-11-02"), body)).unwrap())
    }

    fn sign(&self, mut act: SignedAct) -> Vec<u8> {
        for signer in act.act().required() {
            match signer {
                Signer::State(state) | Signer::StateOrOffice(state, _) => {
                    act.sign(&self.id, &self.keys[&state]);
                }
                Signer::Holder(id) => {
                    let states = self.keys.values().find(|key| key.key_id() == id);
                    act.sign(&self.id, states.unwrap_or_else(|| &self.holders[&id]));
                }
                Signer::Quorum | Signer::StatesOf(_) => panic!("no such act here: {}", act.act()),
            }
        }
        act.to_bytes()
    }

    /// The same act, signed by these states alone.
    pub(crate) fn act_by<'a>(
        &self,
        body: Body,
        states: impl IntoIterator<Item = &'a StateCode>,
    ) -> Vec<u8> {
        let mut act = SignedAct::unsigned(Act::new(day("2026-11-02"), body)).unwrap();
        for state in states {
            act.sign(&self.id, &self.keys[state]);
        }
        act.to_bytes()
    }

    pub(crate) fn register(&self) -> Register {
        replay(&self.acts).unwrap()
    }
}

/// Applies acts in that order, each at once.
pub(crate) fn replay(acts: &[Vec<u8>]) -> Result<Register, RegisterError> {
    let mut register = Register::found(&acts[0])?;
    for act in &acts[1..] {
        register.apply(act)?;
    }
    Ok(register)
}

/// A key that is the same in every run.
pub(crate) fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(&seed(name)).unwrap()
}

fn seed(name: &str) -> [u8; 32] {
    envelope::hash::sha256(name.as_bytes())
}

pub(crate) fn keys_of(holder: &Address) -> [Body; 2] {
    let name = holder.to_string();
    let sealing = SealingKey::from_seed(&seed(&name)).unwrap();
    let key = |purpose, public: &[u8]| {
        Body::Key(Key {
            holder: holder.clone(),
            purpose,
            public: ByteVec::from(public.to_vec()),
            from: day("2000-01-01"),
            until: day("2030-01-01"),
        })
    };
    [
        key(KeyPurpose::Signing, key_public(&name).as_slice()),
        key(KeyPurpose::Sealing, sealing.public().as_bytes()),
    ]
}

fn key_public(name: &str) -> [u8; 32] {
    *key(name).public().as_bytes()
}

pub(crate) fn publics(keys: &BTreeMap<StateCode, SigningKey>) -> StateKeys {
    keys.iter()
        .map(|(state, key)| (state.clone(), *key.public().as_bytes()))
        .collect()
}

/// Noon of that day in UTC.
pub(crate) fn day(date: &str) -> Timestamp {
    let instant: jiff::Timestamp = format!("{date}T12:00:00Z").parse().unwrap();
    Timestamp::from_micros(instant.as_microsecond())
}

pub(crate) fn state(code: &str) -> StateCode {
    code.parse().unwrap()
}

pub(crate) fn office(address: &str) -> Address {
    address.parse().unwrap()
}
