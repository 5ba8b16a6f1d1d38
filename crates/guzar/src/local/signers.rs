//! All who sign in a network of this machine: the states' register keys in one hand.

use std::collections::BTreeMap;

use anyhow::Context as _;
use envelope::key::SigningKey;
use model::address::StateCode;
use model::ids::NetworkId;
use model::time::Timestamp;
use register::act::{Act, Body, Signer};
use register::region::StateKeys;
use register::signed::SignedAct;

/// The register keys of states, and what they have signed.
pub(crate) struct Signers {
    network: NetworkId,
    issued: Timestamp,
    keys: BTreeMap<StateCode, SigningKey>,
    acts: Vec<Vec<u8>>,
}

/// New register keys for these states; the centre is `INT`.
pub(crate) fn generate(states: &[&str]) -> anyhow::Result<BTreeMap<StateCode, SigningKey>> {
    states
        .iter()
        .map(|state| Ok((state.parse()?, SigningKey::generate()?)))
        .collect()
}

pub(crate) fn public(keys: &BTreeMap<StateCode, SigningKey>) -> StateKeys {
    keys.iter()
        .map(|(state, key)| (state.clone(), *key.public().as_bytes()))
        .collect()
}

impl Signers {
    /// Founds the network: all sign.
    pub(crate) fn found(
        keys: BTreeMap<StateCode, SigningKey>,
        founding: Body,
        issued: Timestamp,
    ) -> anyhow::Result<Self> {
        let mut act = SignedAct::unsigned(Act::new(issued, founding))?;
        let network = act.founds().context("the first act founds a network")?;
        for key in keys.values() {
            act.sign(&network, key);
        }
        Ok(Self {
            network,
            issued,
            keys,
            acts: vec![act.to_bytes()],
        })
    }

    /// Signs what is said by all who must; `holder` is the key that the act itself makes known, where that is no
    /// state's.
    pub(crate) fn add(&mut self, body: Body, holder: Option<&SigningKey>) -> anyhow::Result<()> {
        let act = Act::new(self.issued, body);
        let required = act.required();
        let mut act = SignedAct::unsigned(act)?;
        for signer in required {
            if let Signer::State(state) | Signer::StateOrOffice(state, _) = signer {
                let key = self.keys.get(&state);
                act.sign(
                    &self.network,
                    key.with_context(|| format!("no key of {state}"))?,
                );
            } else if let Signer::Holder(id) = signer {
                let mut keys = self.keys.values().chain(holder);
                let key = keys.find(|key| key.public().key_id() == id);
                act.sign(
                    &self.network,
                    key.context("no key of the act's own holder")?,
                );
            }
        }
        self.acts.push(act.to_bytes());
        Ok(())
    }

    /// All acts, in an order in which a register takes them.
    pub(crate) fn into_acts(self) -> Vec<Vec<u8>> {
        self.acts
    }
}
