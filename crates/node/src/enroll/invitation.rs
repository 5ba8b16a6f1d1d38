//! The registrar's answer to a request: the whole register, with the acts that were asked for in it.

use std::collections::BTreeSet;

use minicbor::bytes::ByteVec;
use model::address::Address;
use model::ids::{ActId, NetworkId};
use model::time::Timestamp;
use register::Register;
use register::act::Body;
use register::node::Node;
use register::signed::SignedAct;
use store::{Change, Store, Write};

use super::book::{Adopted, Book};
use super::error::EnrollError;
use super::file;
use super::fingerprint::Fingerprint;
use super::proposal::{Raw, keep, over, parse};
use super::request::{REQUEST, RequestFile};
use super::sign::Registrar;
use crate::audit::{Actor, on_object};

/// What the registrar allows, since he knows of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conflict {
    /// An office moves here from another node.
    pub moves: bool,
    /// The node gets new keys: the old ones are lost.
    pub replaces: bool,
}

/// A register in which the newcomer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationFile {
    network: NetworkId,
    acts: Vec<SignedAct>,
}

impl InvitationFile {
    pub fn to_bytes(&self) -> Vec<u8> {
        file::write(file::INVITATION, &Raw::of(self.network, &self.acts))
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EnrollError> {
        let raw: Raw = file::read(file::INVITATION, bytes)?;
        Ok(Self {
            network: raw.network,
            acts: parse(file::INVITATION, &raw.acts)?,
        })
    }

    /// Over the network and what all its acts say.
    pub fn fingerprint(&self) -> Fingerprint {
        over(file::INVITATION, self.network, &self.acts)
    }

    pub const fn network(&self) -> NetworkId {
        self.network
    }
}

/// Signs what a node asks for with the register key of its state, makes it part of this home's register, and answers
/// with the whole of that.
pub async fn invite(
    store: &dyn Store,
    request: &RequestFile,
    read_aloud: Fingerprint,
    allowed: Conflict,
    now: Timestamp,
) -> Result<InvitationFile, EnrollError> {
    super::check(file::REQUEST, request.fingerprint(), read_aloud)?;
    let mut book = Book::load(store).await?;
    let network = book.register()?.network();
    book.require(request.network)?;
    let node = asked_node(request)?;
    check_register(book.register()?, node, allowed)?;
    let registrar = Registrar::load(store).await?;
    registrar.key(&node.state)?;
    let mut acts = request.acts.clone();
    for act in &mut acts {
        registrar.sign(act, &book, &network, now);
    }
    let acts = acts.iter().map(SignedAct::to_bytes).collect();
    keep(store, &mut book, acts, now).await?;
    let acts = parse(
        file::INVITATION,
        &book
            .all()
            .into_iter()
            .map(ByteVec::from)
            .collect::<Vec<_>>(),
    )?;
    Ok(InvitationFile { network, acts })
}

/// Joins: the register becomes this home's, if what it had asked for is in it.
pub async fn accept(
    store: &dyn Store,
    invitation: &InvitationFile,
    read_aloud: Fingerprint,
    now: Timestamp,
) -> Result<Adopted, EnrollError> {
    super::check(file::INVITATION, invitation.fingerprint(), read_aloud)?;
    let asked = store.secret(REQUEST).await?.ok_or(EnrollError::NoRequest)?;
    let asked = RequestFile::from_bytes(&asked)?;
    if asked.network != invitation.network {
        return Err(EnrollError::other_network(
            asked.network,
            invitation.network,
        ));
    }
    let held: BTreeSet<ActId> = invitation.acts.iter().map(SignedAct::id).collect();
    if let Some(act) = asked.acts.iter().find(|act| !held.contains(&act.id())) {
        return Err(EnrollError::NotIn {
            act: act.act().to_string(),
        });
    }
    let mut book = Book::load(store).await?;
    book.require(invitation.network)?;
    let adopted = book.take(invitation.acts.iter().map(SignedAct::to_bytes).collect())?;
    // The founding act in it decides which network it is, not the file's own word.
    book.require(invitation.network)?;
    let mut changes = book.changes(now);
    changes.push(Change::DropSecret {
        name: REQUEST.to_owned(),
    });
    changes.push(on_object(
        now,
        Actor::Officer(None),
        "enroll_accept",
        invitation.network.to_string(),
        None,
    ));
    let name = "enroll_accept";
    store.write(Write { name, changes }).await?;
    Ok(adopted)
}

/// The one node of a request that holds nothing else but the keys of what that node hosts.
fn asked_node(request: &RequestFile) -> Result<&Node, EnrollError> {
    let foreign = |act: &SignedAct| EnrollError::ForeignAct {
        act: act.act().to_string(),
    };
    let Some((last, keys)) = request.acts.split_last() else {
        return Err(EnrollError::NoOffice);
    };
    let Body::Node(node) = &last.act().body else {
        return Err(foreign(last));
    };
    for act in keys {
        let Body::Key(key) = &act.act().body else {
            return Err(foreign(act));
        };
        if !node.hosts.contains(&key.holder.to_office()) {
            return Err(EnrollError::ForeignOffice {
                what: key.holder.to_string(),
                node: node.id.clone(),
            });
        }
    }
    Ok(node)
}

fn check_register(register: &Register, node: &Node, allowed: Conflict) -> Result<(), EnrollError> {
    let is_elsewhere = |office: &&Address| {
        register
            .node_of(office)
            .is_some_and(|other| *other != node.id)
    };
    if let Some(office) = node.hosts.iter().find(is_elsewhere)
        && let Some(other) = register.node_of(office)
        && !allowed.moves
    {
        return Err(EnrollError::Hosted {
            office: office.clone(),
            node: other.clone(),
        });
    }
    match register.node(&node.id) {
        Some(known) if known.link_key != node.link_key && !allowed.replaces => {
            Err(EnrollError::NodeKnown {
                node: node.id.clone(),
            })
        }
        _ => Ok(()),
    }
}
