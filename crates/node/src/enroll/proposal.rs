//! Acts on their way from one signer to the next: foundings, couplings, memberships, suspensions, liftings.

use envelope::hash;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use model::ids::NetworkId;
use model::time::Timestamp;
use register::act::{Act, Body};
use register::network::{Founding, NetworkKind};
use register::signed::SignedAct;
use store::{Store, Write};

use super::book::{Adopted, Book};
use super::error::EnrollError;
use super::file;
use super::fingerprint::Fingerprint;
use super::init::FounderFile;
use super::sign::Registrar;

/// Acts of one network that gather signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalFile {
    network: NetworkId,
    acts: Vec<SignedAct>,
}

/// Acts of one network as they stand in a file.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct Raw {
    #[n(0)]
    pub(super) network: NetworkId,
    #[n(1)]
    pub(super) acts: Vec<ByteVec>,
}

impl Raw {
    pub(super) fn of(network: NetworkId, acts: &[SignedAct]) -> Self {
        Self {
            network,
            acts: acts
                .iter()
                .map(|act| ByteVec::from(act.to_bytes()))
                .collect(),
        }
    }
}

impl ProposalFile {
    pub fn to_bytes(&self) -> Vec<u8> {
        file::write(file::PROPOSAL, &Raw::of(self.network, &self.acts))
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EnrollError> {
        let raw: Raw = file::read(file::PROPOSAL, bytes)?;
        Ok(Self {
            network: raw.network,
            acts: parse(file::PROPOSAL, &raw.acts)?,
        })
    }

    /// Over what the acts say, not over who has signed: it stays the same from signer to signer.
    pub fn fingerprint(&self) -> Fingerprint {
        over(file::PROPOSAL, self.network, &self.acts)
    }

    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// One line for each act: what its signer agrees to.
    pub fn summaries(&self) -> Vec<String> {
        self.acts.iter().map(|act| act.act().to_string()).collect()
    }

    /// The acts with their signatures.
    pub fn act_bytes(&self) -> Vec<Vec<u8>> {
        self.acts.iter().map(SignedAct::to_bytes).collect()
    }

    /// Takes over the signatures of another copy.
    pub fn merge(&mut self, other: &Self) -> Result<(), EnrollError> {
        if self.fingerprint() != other.fingerprint() {
            return Err(EnrollError::OtherActs);
        }
        for (act, same) in self.acts.iter_mut().zip(&other.acts) {
            if !act.merge(same) {
                return Err(EnrollError::OtherActs);
            }
        }
        Ok(())
    }
}

/// What a new network is to be.
#[derive(Debug, Clone)]
pub struct FoundingPlan {
    pub name: String,
    pub kind: NetworkKind,
    /// How many member states must sign a later accession.
    pub quorum: u8,
    /// The states and the centre (`INT`), each with the digits that its registrar read aloud.
    pub founders: Vec<(FounderFile, Fingerprint)>,
}

/// The founding act, signed with the register keys of this home; every other founder countersigns it.
pub async fn found(
    store: &dyn Store,
    plan: &FoundingPlan,
    now: Timestamp,
) -> Result<ProposalFile, EnrollError> {
    let mut states = Vec::new();
    let mut centre = None;
    for (file, read_aloud) in &plan.founders {
        file.check(*read_aloud)?;
        if register::network::is_centre(&file.state) {
            centre = Some(file.founder());
        } else {
            states.push(file.founder());
        }
    }
    states.sort_by(|one, other| one.code.cmp(&other.code));
    let centre = centre.ok_or(EnrollError::NoCentre)?;
    let founding = Founding {
        name: plan.name.clone(),
        kind: plan.kind,
        states,
        centre,
        quorum: plan.quorum,
    };
    let act = unsigned(Act::new(now, Body::Founding(founding)))?;
    let network = act.founds().ok_or(EnrollError::NoNetwork)?;
    let book = Book::load(store).await?;
    book.require(network)?;
    let registrar = Registrar::load(store).await?;
    sign_all(&registrar, &book, network, vec![act], now)
}

/// Acts that others must sign too, signed with the register keys of this home.
pub async fn propose(
    store: &dyn Store,
    bodies: Vec<Body>,
    now: Timestamp,
) -> Result<ProposalFile, EnrollError> {
    let book = Book::load(store).await?;
    let network = book.register()?.network();
    let registrar = Registrar::load(store).await?;
    let acts = bodies
        .into_iter()
        .map(|body| unsigned(Act::new(now, body)))
        .collect::<Result<_, _>>()?;
    sign_all(&registrar, &book, network, acts, now)
}

/// Signs a proposal of another with the register keys of this home. Nothing is kept: [`publish`] does that.
pub async fn countersign(
    store: &dyn Store,
    proposal: &ProposalFile,
    read_aloud: Fingerprint,
    now: Timestamp,
) -> Result<ProposalFile, EnrollError> {
    super::check(file::PROPOSAL, proposal.fingerprint(), read_aloud)?;
    let book = Book::load(store).await?;
    book.require(proposal.network)?;
    let registrar = Registrar::load(store).await?;
    sign_all(
        &registrar,
        &book,
        proposal.network,
        proposal.acts.clone(),
        now,
    )
}

/// Acts that need no other's signature, signed and kept here at once; the bytes are for the others.
pub async fn declare(
    store: &dyn Store,
    bodies: Vec<Body>,
    now: Timestamp,
) -> Result<Vec<Vec<u8>>, EnrollError> {
    let proposal = propose(store, bodies, now).await?;
    let acts = proposal.act_bytes();
    adopt(store, acts.clone(), now).await?;
    Ok(acts)
}

/// Makes a proposal that all have signed part of this home's register.
pub async fn publish(
    store: &dyn Store,
    proposal: &ProposalFile,
    now: Timestamp,
) -> Result<Adopted, EnrollError> {
    let mut book = Book::load(store).await?;
    book.require(proposal.network)?;
    keep(store, &mut book, proposal.act_bytes(), now).await
}

/// Makes signed acts part of this home's register, all or none.
pub async fn adopt(
    store: &dyn Store,
    acts: Vec<Vec<u8>>,
    now: Timestamp,
) -> Result<Adopted, EnrollError> {
    let mut book = Book::load(store).await?;
    keep(store, &mut book, acts, now).await
}

/// All acts of this home's register, in order.
pub async fn acts(store: &dyn Store) -> Result<Vec<Vec<u8>>, EnrollError> {
    let rows = store.acts(0).await?;
    Ok(rows.into_iter().map(|row| row.bytes).collect())
}

pub(super) async fn keep(
    store: &dyn Store,
    book: &mut Book,
    acts: Vec<Vec<u8>>,
    now: Timestamp,
) -> Result<Adopted, EnrollError> {
    let adopted = book.take(acts)?;
    let changes = book.changes(now);
    if !changes.is_empty() {
        store
            .write(Write {
                name: "adopt",
                changes,
            })
            .await?;
    }
    Ok(adopted)
}

fn sign_all(
    registrar: &Registrar,
    book: &Book,
    network: NetworkId,
    mut acts: Vec<SignedAct>,
    now: Timestamp,
) -> Result<ProposalFile, EnrollError> {
    for act in &mut acts {
        if registrar.sign(act, book, &network, now) == 0 {
            return Err(EnrollError::NothingToSign);
        }
    }
    Ok(ProposalFile { network, acts })
}

/// An act without signatures, refused if no register could take it.
pub(super) fn unsigned(act: Act) -> Result<SignedAct, EnrollError> {
    let name = act.to_string();
    SignedAct::unsigned(act).map_err(|source| EnrollError::Act { act: name, source })
}

pub(super) fn parse(kind: file::Kind, acts: &[ByteVec]) -> Result<Vec<SignedAct>, EnrollError> {
    acts.iter()
        .map(|bytes| {
            SignedAct::parse(bytes).map_err(|error| EnrollError::Damaged {
                file: kind.name,
                what: error.to_string(),
            })
        })
        .collect()
}

/// Over the network and what the acts say.
pub(super) fn over(kind: file::Kind, network: NetworkId, acts: &[SignedAct]) -> Fingerprint {
    let mut said = Vec::new();
    for act in acts {
        hash::put_lp(&mut said, act.payload());
    }
    Fingerprint::over(&[kind.magic.as_bytes(), network.as_bytes(), &said])
}
