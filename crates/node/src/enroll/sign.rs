//! The register keys of states, and which acts ask for their signature.

use std::collections::{BTreeMap, BTreeSet};

use envelope::key::SigningKey;
use model::address::StateCode;
use model::ids::NetworkId;
use model::time::Timestamp;
use register::act::{Act, Body, Signer};
use register::signed::SignedAct;
use store::Store;

use super::book::Book;
use super::error::EnrollError;

/// The secret's name for a state's register key.
pub(super) fn register_key_name(state: &StateCode) -> String {
    format!("state/{state}/register")
}

fn state_of_name(name: &str) -> Option<StateCode> {
    name.strip_prefix("state/")?
        .strip_suffix("/register")?
        .parse()
        .ok()
}

/// The states whose register keys this home has.
pub async fn registrar_states(store: &dyn Store) -> Result<Vec<StateCode>, EnrollError> {
    let names = store.secret_names().await?;
    Ok(names
        .iter()
        .filter_map(|name| state_of_name(name))
        .collect())
}

/// The register keys of this home: none on an office's node, one at a state's registrar.
#[derive(Debug)]
pub(super) struct Registrar {
    keys: BTreeMap<StateCode, SigningKey>,
}

impl Registrar {
    pub(super) async fn load(store: &dyn Store) -> Result<Self, EnrollError> {
        let mut keys = BTreeMap::new();
        for name in store.secret_names().await? {
            if let Some(state) = state_of_name(&name) {
                keys.insert(state, signing_key(store, &name).await?);
            }
        }
        Ok(Self { keys })
    }

    pub(super) fn key(&self, state: &StateCode) -> Result<&SigningKey, EnrollError> {
        self.keys
            .get(state)
            .ok_or_else(|| EnrollError::NotRegistrar {
                state: state.clone(),
            })
    }

    /// Signs for each state of this home whose signature the act asks for; says how many.
    pub(super) fn sign(
        &self,
        act: &mut SignedAct,
        book: &Book,
        network: &NetworkId,
        now: Timestamp,
    ) -> usize {
        let wanted = wanted(act, book, now);
        let mut signed: usize = 0;
        for (state, key) in &self.keys {
            let holds = matches!(
                &act.act().body,
                Body::State(new) if *new.key == *key.public().as_bytes()
            );
            if holds || wanted.has(state) {
                act.sign(network, key);
                signed = signed.saturating_add(1);
            }
        }
        signed
    }
}

/// Which states are asked to sign.
enum Wanted {
    These(BTreeSet<StateCode>),
    /// An accession: whoever is a member.
    Members,
}

impl Wanted {
    fn has(&self, state: &StateCode) -> bool {
        match self {
            Self::These(states) => states.contains(state),
            Self::Members => true,
        }
    }
}

fn wanted(signed: &SignedAct, book: &Book, now: Timestamp) -> Wanted {
    let act = signed.act();
    if let Body::State(state) = &act.body {
        return if book.has_state(&state.code, now) {
            Wanted::These(BTreeSet::from([state.code.clone()]))
        } else {
            Wanted::Members
        };
    }
    // A sealing key that its office has signed needs no state.
    let vouched = signed.signers().next().is_some();
    let mut states = BTreeSet::new();
    for signer in act.required() {
        match signer {
            Signer::State(code) => {
                states.insert(code);
            }
            Signer::StateOrOffice(code, _) if !vouched => {
                states.insert(code);
            }
            Signer::StatesOf(id) => states.extend(suspended(book, &id)),
            Signer::StateOrOffice(..) | Signer::Holder(_) | Signer::Quorum => {}
        }
    }
    Wanted::These(states)
}

/// The two states of a suspension.
fn suspended(book: &Book, id: &model::ids::ActId) -> Vec<StateCode> {
    let Ok(register) = book.register() else {
        return Vec::new();
    };
    register
        .acts()
        .find(|act| act.id() == *id)
        .map_or_else(Vec::new, |act| states_of_suspension(act.act()))
}

fn states_of_suspension(act: &Act) -> Vec<StateCode> {
    match &act.body {
        Body::Suspension(suspension) => vec![suspension.by.clone(), suspension.against.clone()],
        _ => Vec::new(),
    }
}

/// A signing key of this home, by the name of its secret.
pub(super) async fn signing_key(store: &dyn Store, name: &str) -> Result<SigningKey, EnrollError> {
    let damaged = || EnrollError::DamagedSecret {
        name: name.to_owned(),
    };
    let value = store.secret(name).await?.ok_or_else(damaged)?;
    let seed: &[u8; 32] = value.as_slice().try_into().map_err(|_error| damaged())?;
    SigningKey::from_seed(seed).map_err(|_error| damaged())
}
