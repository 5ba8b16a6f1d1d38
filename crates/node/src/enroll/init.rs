//! The first keys of a home: a node's, and a state's where its registrar sits.

use envelope::key::SigningKey;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use model::address::StateCode;
use model::time::Timestamp;
use register::names::Names;
use register::network::Founder;
use store::{Store, Write};

use super::error::EnrollError;
use super::file;
use super::fingerprint::Fingerprint;
use super::sign::register_key_name;
use crate::audit::{Actor, on_object};
use crate::keyring::{NODE_LINK, NODE_SIGNING, put};

/// The public halves of a node's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeKeys {
    /// Signs outer headers and receipts.
    pub signing: [u8; 32],
    /// Proves the node on its links.
    pub link: [u8; 32],
}

impl NodeKeys {
    /// Over both keys.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::over(&[b"node", &self.signing, &self.link])
    }
}

/// Makes a node's keys. Refuses a home that has some: they could not be had back.
pub async fn init(store: &dyn Store, now: Timestamp) -> Result<NodeKeys, EnrollError> {
    if store.secret(NODE_SIGNING).await?.is_some() {
        return Err(EnrollError::HasKeys);
    }
    let signing = SigningKey::generate()?;
    let link = SigningKey::generate()?;
    let keys = NodeKeys {
        signing: *signing.public().as_bytes(),
        link: *link.public().as_bytes(),
    };
    let write = Write {
        name: "init",
        changes: vec![
            put(NODE_SIGNING.to_owned(), signing.seed()),
            put(NODE_LINK.to_owned(), link.seed()),
            on_object(
                now,
                Actor::Officer(None),
                "init",
                signing.key_id().to_string(),
                None,
            ),
        ],
    };
    store.write(write).await?;
    Ok(keys)
}

/// A state's public register key on its way to the founding act.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FounderFile {
    #[n(0)]
    pub state: StateCode,
    #[n(1)]
    pub names: Names,
    #[n(2)]
    pub key: ByteArray<32>,
}

impl FounderFile {
    pub fn to_bytes(&self) -> Vec<u8> {
        file::write(file::FOUNDER, self)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EnrollError> {
        file::read(file::FOUNDER, bytes)
    }

    /// Over the state's code and its key.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::over(&[
            b"founder",
            self.state.as_str().as_bytes(),
            self.key.as_slice(),
        ])
    }

    /// Refuses the file if other digits were read aloud.
    pub fn check(&self, read_aloud: Fingerprint) -> Result<(), EnrollError> {
        super::check(file::FOUNDER, self.fingerprint(), read_aloud)
    }

    pub(super) fn founder(&self) -> Founder {
        Founder {
            code: self.state.clone(),
            names: self.names.clone(),
            key: self.key,
        }
    }
}

/// Makes a state's register key, or the centre's with the code `INT`. Best on a machine that is on no network.
pub async fn init_registrar(
    store: &dyn Store,
    state: &StateCode,
    names: Names,
    now: Timestamp,
) -> Result<FounderFile, EnrollError> {
    let name = register_key_name(state);
    if store.secret(&name).await?.is_some() {
        return Err(EnrollError::HasRegistrar {
            state: state.clone(),
        });
    }
    let key = SigningKey::generate()?;
    let file = FounderFile {
        state: state.clone(),
        names,
        key: (*key.public().as_bytes()).into(),
    };
    let write = Write {
        name: "init_registrar",
        changes: vec![
            put(name, key.seed()),
            on_object(
                now,
                Actor::Officer(None),
                "init_registrar",
                key.key_id().to_string(),
                Some(state.to_string()),
            ),
        ],
    };
    store.write(write).await?;
    Ok(file)
}
