//! Whether all have signed who must. States are counted, never signatures.

use std::collections::BTreeSet;

use envelope::key::VerifyingKey;
use model::address::{Address, StateCode};
use model::ids::{ActId, KeyId};
use model::time::Timestamp;

use crate::act::{Act, Body, Signer};
use crate::network::is_centre;
use crate::refusal::{MissingAct, RegisterError};
use crate::register::Register;
use crate::signature;
use crate::signed::SignedAct;

/// Whose good signatures an act bears.
#[derive(Debug, Default)]
struct Signed {
    states: BTreeSet<StateCode>,
    /// Keys that the act itself makes known.
    holders: BTreeSet<KeyId>,
    /// Signing keys of the office that the act is about.
    office: BTreeSet<KeyId>,
    /// Keys that no act has made known yet.
    unknown: Vec<KeyId>,
    /// Known keys, at the wrong time.
    late: Vec<KeyId>,
}

/// A key that a signature may be by.
enum Known {
    State(StateCode, VerifyingKey),
    Holder(VerifyingKey),
    Office(VerifyingKey),
}

impl Register {
    /// Checks every signature, then that the right ones are there. Gives the office's key that vouches in place of the
    /// state.
    pub(super) fn check_signers(&self, signed: &SignedAct) -> Result<Option<KeyId>, RegisterError> {
        let found = self.verify(signed)?;
        for signer in signed.act().required() {
            self.require(&signer, signed.act(), &found)?;
        }
        if let Body::State(state) = &signed.act().body {
            self.require_standing(&state.code, &found)?;
        }
        if let Body::Key(key) = &signed.act().body
            && !found.states.contains(&key.holder.state)
        {
            return Ok(found.office.first().copied());
        }
        Ok(None)
    }

    fn verify(&self, signed: &SignedAct) -> Result<Signed, RegisterError> {
        let act = signed.act();
        let mut found = Signed::default();
        for (id, bytes) in signed.signatures() {
            let known = self.known(id, act);
            if known.is_empty() {
                found.unknown.push(*id);
            }
            for known in known {
                let (Known::State(_, key) | Known::Holder(key) | Known::Office(key)) = &known;
                if !signature::is_good(key, &self.network, signed.payload(), bytes) {
                    return Err(RegisterError::BadSignature { key: *id });
                }
                match known {
                    Known::State(state, _) if self.is_state_key(&state, id, act.issued) => {
                        found.states.insert(state);
                    }
                    Known::Office(_) if self.was_signing_key(act, id) => {
                        found.office.insert(*id);
                    }
                    Known::Holder(_) => {
                        found.holders.insert(*id);
                    }
                    Known::State(..) | Known::Office(_) => found.late.push(*id),
                }
            }
        }
        Ok(found)
    }

    fn known(&self, id: &KeyId, act: &Act) -> Vec<Known> {
        let mut known = Vec::new();
        if let Some((state, key)) = self.state_keys.get(id) {
            known.push(Known::State(state.clone(), key.clone()));
        }
        let own = if let Body::State(state) = &act.body {
            Some(&state.key)
        } else if let Body::Node(node) = &act.body {
            Some(&node.link_key)
        } else {
            None
        };
        if let Some(key) = own.filter(|key| signature::key_id(key.as_slice()) == *id) {
            known.extend(signature::public(key.as_slice()).map(Known::Holder));
        }
        if let Body::Key(about) = &act.body {
            known.extend(self.signing_key(&about.holder, id).map(Known::Office));
        }
        known
    }

    /// Says whether the key was the state's on that day.
    fn is_state_key(&self, state: &StateCode, id: &KeyId, day: Timestamp) -> bool {
        self.states
            .get(state)
            .and_then(|history| history.at(day))
            .is_some_and(|entry| signature::key_id(entry.value.key.as_slice()) == *id)
    }

    /// Says whether any act ever gave the office this signing key for the day on which this act was issued. Whether
    /// it has been withdrawn since is looked up when the sealing key is used: so the order of acts does not matter.
    fn was_signing_key(&self, act: &Act, id: &KeyId) -> bool {
        let Body::Key(about) = &act.body else {
            return false;
        };
        self.keys
            .get(&about.holder)
            .and_then(|keys| keys.get(id))
            .is_some_and(|history| {
                history
                    .iter()
                    .any(|entry| entry.value.is_in_force(act.issued))
            })
    }

    fn require(&self, signer: &Signer, act: &Act, found: &Signed) -> Result<(), RegisterError> {
        let state = |state: &StateCode| {
            let there = found.states.contains(state);
            found.must(there, || state.to_string())
        };
        match signer {
            Signer::State(code) => state(code),
            Signer::Holder(key) => found
                .must(found.holders.contains(key) || self.is_founder(act), || {
                    format!("the holder of key {}", key.short())
                }),
            Signer::StateOrOffice(code, office) => {
                let there = found.states.contains(code) || !found.office.is_empty();
                found.must(there, || format!("{code} or {office}"))
            }
            Signer::Quorum => Ok(()),
            Signer::StatesOf(id) => {
                let (by, against) = self.suspended_states(id)?;
                state(by)?;
                state(against)
            }
        }
    }

    /// A state of the network signs its own acts; one that wants to accede needs the others.
    fn require_standing(&self, code: &StateCode, found: &Signed) -> Result<(), RegisterError> {
        if self.states.contains_key(code) {
            return found.must(found.states.contains(code), || code.to_string());
        }
        let quorum = usize::from(self.founding.quorum);
        let states = found
            .states
            .iter()
            .filter(|state| !is_centre(state))
            .count();
        if states == 0 {
            // A later act of a state whose accession is still on its way.
            return Err(MissingAct::State(code.clone()).into());
        }
        found.must(states >= quorum, || {
            format!("{quorum} member states ({states} signed)")
        })
    }

    const fn is_founder(&self, act: &Act) -> bool {
        matches!(act.body, Body::Founding(_)) && self.acts.is_empty()
    }

    fn suspended_states(&self, id: &ActId) -> Result<(&StateCode, &StateCode), RegisterError> {
        self.suspensions
            .get(id)
            .map(|(suspension, _)| (&suspension.by, &suspension.against))
            .ok_or_else(|| MissingAct::Suspension(*id).into())
    }

    pub(super) fn has_address(&self, address: &Address) -> bool {
        self.offices.contains_key(address) || self.desks.contains_key(address)
    }
}

impl Signed {
    /// Names the reason that helps most: a key that may become known, one at the wrong time, or nobody's signature.
    fn must(&self, there: bool, by: impl FnOnce() -> String) -> Result<(), RegisterError> {
        if there {
            return Ok(());
        }
        if let Some(key) = self.unknown.first() {
            return Err(MissingAct::Key(*key).into());
        }
        if let Some(key) = self.late.first() {
            return Err(RegisterError::KeyNotInForce { key: *key });
        }
        Err(RegisterError::Unsigned { by: by() })
    }
}
