//! The private keys of this node and of the offices that it hosts.

use std::collections::BTreeMap;

use envelope::key::{SealingKey, SigningKey};
use model::address::Address;
use model::ids::KeyId;
use store::{Change, Store, StoreError};
use thiserror::Error;
use zeroize::Zeroizing;

/// Signs outer headers and receipts.
pub const NODE_SIGNING: &str = "node/signing";
/// Proves this node on a link.
pub const NODE_LINK: &str = "node/link";

#[derive(Debug, Error)]
pub enum KeyringError {
    #[error("this home has no secret {0}: it was not made by `guzar init`, or is damaged")]
    Missing(String),
    #[error("secret {0} is damaged: restore it from a backup")]
    Damaged(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All private keys, ready for use.
#[derive(Debug)]
pub struct Keyring {
    pub(crate) node: SigningKey,
    pub(crate) link_seed: Zeroizing<[u8; 32]>,
    signing: BTreeMap<Address, SigningKey>,
    sealing: BTreeMap<KeyId, (SealingKey, Address)>,
}

impl Keyring {
    /// Reads every key from the store.
    pub async fn load(store: &dyn Store) -> Result<Self, KeyringError> {
        let node = signing_key(store, NODE_SIGNING).await?;
        let link_seed = seed(store, NODE_LINK).await?;
        let mut signing = BTreeMap::new();
        let mut sealing = BTreeMap::new();
        for name in store.secret_names().await? {
            if let Some(office) = signing_office(&name) {
                signing.insert(office, signing_key(store, &name).await?);
            } else if let Some(office) = sealing_office(&name) {
                let seed = seed(store, &name).await?;
                let key = SealingKey::from_seed(&seed)
                    .map_err(|_error| KeyringError::Damaged(name.clone()))?;
                sealing.insert(key.public().key_id(), (key, office));
            }
        }
        Ok(Self {
            node,
            link_seed,
            signing,
            sealing,
        })
    }

    /// The offices and desks whose signing keys are here.
    pub fn offices(&self) -> impl Iterator<Item = &Address> {
        self.signing.keys()
    }

    pub fn hosts(&self, office: &Address) -> bool {
        self.signing.contains_key(office)
    }

    pub fn signing(&self, office: &Address) -> Option<&SigningKey> {
        self.signing.get(office)
    }

    /// The sealing key with that id, and whose it is.
    pub fn sealing(&self, key: &KeyId) -> Option<(&SealingKey, Address)> {
        let (key, office) = self.sealing.get(key)?;
        Some((key, office.clone()))
    }

    pub fn sealing_ids(&self) -> impl Iterator<Item = &KeyId> {
        self.sealing.keys()
    }
}

/// The secret's name for an office's signing key.
pub fn signing_name(office: &Address) -> String {
    format!("signing/{office}")
}

/// The secret's name for one of an office's sealing keys.
pub fn sealing_name(office: &Address, key: &KeyId) -> String {
    format!("sealing/{key}/{office}")
}

/// The change that keeps a seed under a name.
pub fn put(name: String, seed: &[u8; 32]) -> Change {
    Change::PutSecret {
        name,
        value: Zeroizing::new(seed.to_vec()),
    }
}

fn signing_office(name: &str) -> Option<Address> {
    name.strip_prefix("signing/")?.parse().ok()
}

fn sealing_office(name: &str) -> Option<Address> {
    let (_, office) = name.strip_prefix("sealing/")?.split_once('/')?;
    office.parse().ok()
}

async fn signing_key(store: &dyn Store, name: &str) -> Result<SigningKey, KeyringError> {
    let seed = seed(store, name).await?;
    SigningKey::from_seed(&seed).map_err(|_error| KeyringError::Damaged(name.to_owned()))
}

async fn seed(store: &dyn Store, name: &str) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
    let value = store
        .secret(name)
        .await?
        .ok_or_else(|| KeyringError::Missing(name.to_owned()))?;
    let seed: [u8; 32] = value
        .as_slice()
        .try_into()
        .map_err(|_error| KeyringError::Damaged(name.to_owned()))?;
    Ok(Zeroizing::new(seed))
}
