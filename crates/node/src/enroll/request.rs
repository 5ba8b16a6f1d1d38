//! A node asks to be registered: itself, and the keys of the offices that it is to host.

use envelope::key::{SealingKey, SigningKey};
use minicbor::bytes::{ByteArray, ByteVec};
use model::address::Address;
use model::ids::{NetworkId, NodeId};
use model::time::Timestamp;
use register::act::{Act, Body};
use register::key::{Key, KeyPurpose};
use register::node::{Node, NodeRole};
use register::signed::SignedAct;
use store::{Change, Store, Write};

use super::error::EnrollError;
use super::file;
use super::fingerprint::Fingerprint;
use super::proposal::{Raw, over, parse, unsigned};
use super::sign::signing_key;
use crate::audit::{Actor, on_object};
use crate::keyring::{NODE_LINK, NODE_SIGNING, put, sealing_name, signing_name};

/// Where the request stays until its invitation comes.
pub(super) const REQUEST: &str = "enroll/request";

/// A peer's clock may be behind: keys are in force since the day before.
const BEFORE_S: i64 = 86_400;

/// What the node is to be.
#[derive(Debug, Clone)]
pub struct RequestPlan {
    /// As its registrar read it aloud.
    pub network: NetworkId,
    pub node: NodeId,
    /// Offices and desks of one state whose keys live here.
    pub offices: Vec<Address>,
    pub roles: Vec<NodeRole>,
    /// Where others can dial it.
    pub endpoints: Vec<String>,
    /// When the offices' keys end.
    pub until: Timestamp,
}

/// The acts that the state's registrar is asked to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFile {
    pub(super) network: NetworkId,
    pub(super) acts: Vec<SignedAct>,
}

impl RequestFile {
    pub fn to_bytes(&self) -> Vec<u8> {
        file::write(file::REQUEST, &Raw::of(self.network, &self.acts))
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EnrollError> {
        let raw: Raw = file::read(file::REQUEST, bytes)?;
        Ok(Self {
            network: raw.network,
            acts: parse(file::REQUEST, &raw.acts)?,
        })
    }

    /// Over the network and what the acts say.
    pub fn fingerprint(&self) -> Fingerprint {
        over(file::REQUEST, self.network, &self.acts)
    }

    /// One line for each act.
    pub fn summaries(&self) -> Vec<String> {
        self.acts.iter().map(|act| act.act().to_string()).collect()
    }
}

/// Makes the offices' keys, unless they are here already, and asks for them and the node to be registered. A later
/// request takes the place of an earlier one.
pub async fn request(
    store: &dyn Store,
    plan: &RequestPlan,
    now: Timestamp,
) -> Result<RequestFile, EnrollError> {
    let node = node_act(store, plan, now).await?;
    let mut changes = Vec::new();
    let mut acts = Vec::new();
    for office in &plan.offices {
        let keys = OfficeKeys::take(store, office, &mut changes).await?;
        for (purpose, public) in [
            (
                KeyPurpose::Signing,
                keys.signing.public().as_bytes().as_slice(),
            ),
            (KeyPurpose::Sealing, keys.sealing.public().as_bytes()),
        ] {
            let key = Key {
                holder: office.clone(),
                purpose,
                public: ByteVec::from(public.to_vec()),
                from: now.plus_seconds(-BEFORE_S),
                until: plan.until,
            };
            acts.push(unsigned(Act::new(now, Body::Key(key)))?);
        }
    }
    acts.push(node);
    let request = RequestFile {
        network: plan.network,
        acts,
    };
    changes.push(Change::PutSecret {
        name: REQUEST.to_owned(),
        value: request.to_bytes().into(),
    });
    changes.push(on_object(
        now,
        Actor::Officer(None),
        "enroll_request",
        plan.node.to_string(),
        None,
    ));
    let name = "enroll_request";
    store.write(Write { name, changes }).await?;
    Ok(request)
}

/// The node itself, signed by its link key: nobody can claim a key that he does not hold.
async fn node_act(
    store: &dyn Store,
    plan: &RequestPlan,
    now: Timestamp,
) -> Result<SignedAct, EnrollError> {
    if store.secret(NODE_SIGNING).await?.is_none() {
        return Err(EnrollError::NoKeys);
    }
    let signing = signing_key(store, NODE_SIGNING).await?;
    let link = signing_key(store, NODE_LINK).await?;
    let first = plan.offices.first().ok_or(EnrollError::NoOffice)?;
    if let Some(foreign) = plan
        .offices
        .iter()
        .find(|office| office.state != first.state)
    {
        return Err(EnrollError::ForeignOffice {
            what: foreign.to_string(),
            node: plan.node.clone(),
        });
    }
    let mut hosts: Vec<Address> = plan.offices.iter().map(Address::to_office).collect();
    hosts.sort();
    hosts.dedup();
    let node = Node {
        id: plan.node.clone(),
        state: first.state.clone(),
        hosts,
        roles: plan.roles.clone(),
        signing_key: ByteArray::from(*signing.public().as_bytes()),
        link_key: ByteArray::from(*link.public().as_bytes()),
        endpoints: plan.endpoints.clone(),
    };
    if !node.is_in_prefix() {
        return Err(EnrollError::ForeignOffice {
            what: first.to_string(),
            node: plan.node.clone(),
        });
    }
    Ok(unsigned(Act::new(now, Body::Node(node)))?.signed_by(&plan.network, &link))
}

/// The private keys of an office or desk.
struct OfficeKeys {
    signing: SigningKey,
    sealing: SealingKey,
}

impl OfficeKeys {
    /// Those that are here, or new ones that the changes keep.
    async fn take(
        store: &dyn Store,
        office: &Address,
        changes: &mut Vec<Change>,
    ) -> Result<Self, EnrollError> {
        let name = signing_name(office);
        let signing = if store.secret(&name).await?.is_some() {
            signing_key(store, &name).await?
        } else {
            let key = SigningKey::generate()?;
            changes.push(put(name, key.seed()));
            key
        };
        let sealing = if let Some(key) = held_sealing(store, office).await? {
            key
        } else {
            let key = SealingKey::generate()?;
            changes.push(put(sealing_name(office, &key.key_id()), key.seed()));
            key
        };
        Ok(Self { signing, sealing })
    }
}

async fn held_sealing(
    store: &dyn Store,
    office: &Address,
) -> Result<Option<SealingKey>, EnrollError> {
    let end = format!("/{office}");
    let names = store.secret_names().await?;
    let held = names.into_iter().find(|name| {
        name.strip_prefix("sealing/")
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(_, holder)| end.strip_prefix('/') == Some(holder))
    });
    let Some(name) = held else {
        return Ok(None);
    };
    let damaged = || EnrollError::DamagedSecret { name: name.clone() };
    let value = store.secret(&name).await?.ok_or_else(damaged)?;
    let seed: &[u8; 32] = value.as_slice().try_into().map_err(|_short| damaged())?;
    SealingKey::from_seed(seed)
        .map(Some)
        .map_err(|_error| damaged())
}
