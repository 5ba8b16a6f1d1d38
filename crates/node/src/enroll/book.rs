//! The register of a home whose node does not run: read whole, grown, and written back in one write.

use model::address::StateCode;
use model::ids::{ActId, NetworkId};
use model::time::Timestamp;
use register::signed::SignedAct;
use register::{Applied, Register, RegisterError};
use store::act::ActRow;
use store::{Change, Store};

use super::error::EnrollError;
use crate::audit::{Actor, on_object};

/// What came of a list of acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Adopted {
    pub applied: u64,
    /// Were here already.
    pub known: u64,
}

/// A register that grows in memory. What is new is kept by [`Book::changes`], whole or not at all.
#[derive(Debug)]
pub(super) struct Book {
    register: Option<Register>,
    fresh: Vec<(ActId, Vec<u8>)>,
}

impl Book {
    pub(super) async fn load(store: &dyn Store) -> Result<Self, EnrollError> {
        let mut book = Self {
            register: None,
            fresh: Vec::new(),
        };
        let rows = store.acts(0).await?;
        book.take(rows.into_iter().map(|row| row.bytes).collect())?;
        book.fresh.clear();
        Ok(book)
    }

    pub(super) fn register(&self) -> Result<&Register, EnrollError> {
        self.register.as_ref().ok_or(EnrollError::NoNetwork)
    }

    pub(super) fn network(&self) -> Option<NetworkId> {
        self.register.as_ref().map(Register::network)
    }

    /// Refuses what belongs to another network than this home does.
    pub(super) fn require(&self, network: NetworkId) -> Result<(), EnrollError> {
        match self.network() {
            Some(ours) if ours != network => Err(EnrollError::other_network(ours, network)),
            _ => Ok(()),
        }
    }

    /// Whether the register has that state, founder or acceded.
    pub(super) fn has_state(&self, code: &StateCode, now: Timestamp) -> bool {
        self.register
            .as_ref()
            .is_some_and(|register| register.state(code, now).is_some())
    }

    /// Applies acts in whatever order they come. One that is refused, or that still waits for another in the end,
    /// refuses the whole list.
    pub(super) fn take(&mut self, acts: Vec<Vec<u8>>) -> Result<Adopted, EnrollError> {
        let mut adopted = Adopted::default();
        let mut queue = acts;
        if self.register.is_none() && self.found(&mut queue)? {
            adopted.applied = 1;
        }
        while !queue.is_empty() {
            let before = queue.len();
            let mut left = Vec::new();
            let mut first = None;
            for bytes in queue {
                match self.apply(&bytes) {
                    Ok(Applied::New(_)) => adopted.applied = adopted.applied.saturating_add(1),
                    Ok(Applied::Known(_)) => adopted.known = adopted.known.saturating_add(1),
                    Err(RegisterError::Missing { what }) => {
                        first.get_or_insert_with(|| EnrollError::Incomplete {
                            act: name(&bytes),
                            source: what.into(),
                        });
                        left.push(bytes);
                    }
                    Err(source) => {
                        let act = name(&bytes);
                        return Err(EnrollError::Act { act, source });
                    }
                }
            }
            match first {
                Some(error) if left.len() == before => return Err(error),
                _ => queue = left,
            }
        }
        Ok(adopted)
    }

    /// Begins with the act that founds the network, wherever it stands in the list.
    fn found(&mut self, acts: &mut Vec<Vec<u8>>) -> Result<bool, EnrollError> {
        let founds =
            |bytes: &Vec<u8>| SignedAct::parse(bytes).is_ok_and(|signed| signed.founds().is_some());
        if acts.is_empty() {
            return Ok(false);
        }
        let at = acts.iter().position(founds).ok_or(EnrollError::NoNetwork)?;
        let bytes = acts.remove(at);
        let register = Register::found(&bytes).map_err(|source| EnrollError::Act {
            act: name(&bytes),
            source,
        })?;
        self.fresh.push((register.founding_id(), bytes));
        self.register = Some(register);
        Ok(true)
    }

    fn apply(&mut self, bytes: &[u8]) -> Result<Applied, RegisterError> {
        let Some(register) = &mut self.register else {
            return Err(RegisterError::Malformed {
                what: "there is no network".to_owned(),
            });
        };
        let applied = register.apply(bytes)?;
        if let Applied::New(id) = applied {
            self.fresh.push((id, bytes.to_vec()));
        }
        Ok(applied)
    }

    /// Keeps what is new, with an audit entry for each act.
    pub(super) fn changes(&self, now: Timestamp) -> Vec<Change> {
        self.fresh
            .iter()
            .flat_map(|(id, bytes)| {
                [
                    Change::AddAct(ActRow {
                        id: *id,
                        received: now,
                        bytes: bytes.clone(),
                    }),
                    on_object(
                        now,
                        Actor::Machine,
                        "register_act",
                        id.to_string(),
                        Some("enroll".to_owned()),
                    ),
                ]
            })
            .collect()
    }

    pub(super) fn all(&self) -> Vec<Vec<u8>> {
        self.register
            .iter()
            .flat_map(Register::acts)
            .map(|act| act.bytes().to_vec())
            .collect()
    }
}

/// What an act says, for a message about it.
pub(super) fn name(bytes: &[u8]) -> String {
    SignedAct::parse(bytes).map_or_else(|_| "not an act".to_owned(), |act| act.act().to_string())
}
