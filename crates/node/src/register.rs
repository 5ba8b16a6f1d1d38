//! The register on this node: replayed at start, grown act by act, passed on to every peer.

use std::path::Path;
use std::sync::Mutex;

use exchange::frame::Frame;
use model::ids::NodeId;
use register::coupling::Coupling;
use register::office::Office;
use register::{Applied, Register, RegisterError};
use store::act::ActRow;
use store::{Change, Store, Write};

use crate::api::{ActLine, CouplingLine, Failure, FailureClass, OfficeLine, Problem, Response};
use crate::audit::{Actor, on_object};
use crate::node::{Node, OpenError};
use crate::sequence::lock;

/// Acts that wait for another act: at most so many are kept.
const PENDING_LIMIT: usize = 1_024;

/// Bytes of acts in one frame.
const FRAME_BYTES: usize = 48 << 10;

/// Acts that came before one that they depend on. Kept in memory: their sender offers them again.
#[derive(Debug, Default)]
pub(crate) struct PendingActs {
    waiting: Mutex<Vec<Vec<u8>>>,
}

/// What came of a list of acts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) applied: u64,
    pub(crate) known: u64,
    pub(crate) waiting: u64,
    pub(crate) refused: u64,
}

/// Replays what the store holds.
pub(crate) async fn replay(store: &dyn Store) -> Result<Register, OpenError> {
    let acts = store.acts(0).await?;
    let mut acts = acts.iter();
    let founding = acts.next().ok_or(OpenError::NoNetwork)?;
    let mut register = Register::found(&founding.bytes).map_err(|error| OpenError::Register {
        position: 0,
        what: error.to_string(),
    })?;
    for (position, act) in (1..).zip(acts) {
        register
            .apply(&act.bytes)
            .map_err(|error| OpenError::Register {
                position,
                what: error.to_string(),
            })?;
    }
    Ok(register)
}

impl Node {
    /// The acts as they are listed.
    pub fn acts(&self) -> Vec<ActLine> {
        let register = self.inner.register();
        (0..)
            .zip(register.acts())
            .map(|(position, act)| ActLine {
                position,
                id: act.id(),
                kind: act.kind().to_owned(),
                summary: act.summary(),
            })
            .collect()
    }

    /// The offices as they stand now.
    pub fn offices(&self) -> Vec<OfficeLine> {
        let now = self.inner.now();
        let register = self.inner.register();
        let line = |office: &Office| {
            let open = office.from <= now && office.until.is_none_or(|until| now < until);
            let node = register.node_of(&office.address).cloned();
            let sealed = register.sealing_key(&office.address, now).is_some();
            OfficeLine {
                address: office.address.clone(),
                kind: office.kind,
                names: office.names.clone(),
                from: office.from,
                until: office.until,
                reachable: open && node.is_some() && sealed,
                node,
                open,
            }
        };
        register.offices().map(line).collect()
    }

    /// The couplings as they stand now.
    pub fn couplings(&self) -> Vec<CouplingLine> {
        let now = self.inner.now();
        let register = self.inner.register();
        let line = |latest: &Coupling| {
            let pair = &latest.pair;
            let current = register.coupling(&pair.first, &pair.second, now);
            let coupling = current.unwrap_or(latest);
            let mut copies = coupling.copies_of_first.clone();
            copies.extend(coupling.copies_of_second.iter().cloned());
            copies.sort();
            copies.dedup();
            CouplingLine {
                first: pair.first.clone(),
                second: pair.second.clone(),
                from: coupling.from,
                until: coupling.until,
                copies,
                in_force: current.is_some(),
                suspended_by: register.suspension(pair, now).map(|(_, by)| by.clone()),
            }
        };
        register.couplings().map(line).collect()
    }

    /// Applies the acts of a file, and passes on what is new.
    pub async fn acts_apply(&self, file: &Path) -> Result<Response, Failure> {
        let bytes = tokio::fs::read(file).await.map_err(|error| {
            Failure::input(
                Problem::new("cannot_read")
                    .field("file")
                    .arg("file", file.display())
                    .arg("what", error),
            )
        })?;
        let acts = register::file::read(&bytes).map_err(|error| {
            Failure::input(
                Problem::new("bad_acts_file")
                    .field("file")
                    .arg("what", error),
            )
        })?;
        let tally = self.apply_acts(None, acts).await?;
        if tally.refused > 0 {
            return Err(Failure::new(
                FailureClass::NotAllowed,
                vec![
                    Problem::new("acts_refused")
                        .arg("refused", tally.refused)
                        .arg("applied", tally.applied),
                ],
            ));
        }
        Ok(Response::Applied {
            applied: tally.applied,
            known: tally.known,
            waiting: tally.waiting,
        })
    }

    /// Applies acts in any order; what depends on a missing act waits for it.
    pub(crate) async fn apply_acts(
        &self,
        from: Option<&NodeId>,
        acts: Vec<Vec<u8>>,
    ) -> Result<Tally, Failure> {
        let inner = &self.inner;
        let _turn = inner.register_turn.lock().await;
        let mut register = Register::clone(&inner.register());
        let (tally, fresh) = {
            let mut waiting = lock(&inner.pending_acts.waiting);
            let mut queue = std::mem::take(&mut *waiting);
            queue.extend(acts);
            let (tally, fresh, left) = settle(&mut register, queue);
            *waiting = left;
            waiting.truncate(PENDING_LIMIT);
            (tally, fresh)
        };
        if fresh.is_empty() {
            return Ok(tally);
        }
        let now = inner.now();
        let mut changes = Vec::new();
        for (id, bytes) in &fresh {
            changes.push(Change::AddAct(ActRow {
                id: *id,
                received: now,
                bytes: bytes.clone(),
            }));
            changes.push(on_object(
                now,
                from.map_or(Actor::Machine, Actor::Node),
                "register_act",
                id.to_string(),
                None,
            ));
        }
        let write = Write {
            name: "acts",
            changes,
        };
        inner.store.write(write).await?;
        inner.replace_register(register);
        let bytes: Vec<Vec<u8>> = fresh.into_iter().map(|(_, bytes)| bytes).collect();
        inner.courier.push_to_all(from, &frames(&bytes));
        Ok(tally)
    }

    /// Everything that we hold, for a peer whose register differs from ours.
    pub(crate) fn send_acts(&self, peer: &NodeId) {
        let register = self.inner.register();
        let acts: Vec<Vec<u8>> = register.acts().map(|act| act.bytes().to_vec()).collect();
        for frame in frames(&acts) {
            self.inner.courier.push(peer, frame);
        }
    }
}

type Fresh = Vec<(model::ids::ActId, Vec<u8>)>;

/// Applies again and again until nothing moves: the order of arrival does not matter.
fn settle(register: &mut Register, mut queue: Vec<Vec<u8>>) -> (Tally, Fresh, Vec<Vec<u8>>) {
    let mut tally = Tally::default();
    let mut fresh = Vec::new();
    loop {
        let mut left = Vec::new();
        let before = fresh.len();
        for bytes in queue {
            match register.apply(&bytes) {
                Ok(Applied::Known(_)) => tally.known = tally.known.saturating_add(1),
                Ok(Applied::New(id)) => {
                    tally.applied = tally.applied.saturating_add(1);
                    fresh.push((id, bytes));
                }
                Err(RegisterError::Missing { .. }) => left.push(bytes),
                Err(error) => {
                    tracing::warn!(code = error.code(), "an act of the register was refused");
                    tally.refused = tally.refused.saturating_add(1);
                }
            }
        }
        if left.is_empty() || fresh.len() == before {
            tally.waiting = u64::try_from(left.len()).unwrap_or(u64::MAX);
            return (tally, fresh, left);
        }
        queue = left;
    }
}

pub(crate) fn frames(acts: &[Vec<u8>]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut batch: Vec<Vec<u8>> = Vec::new();
    let mut size: usize = 0;
    for act in acts {
        if !batch.is_empty() && size.saturating_add(act.len()) > FRAME_BYTES {
            frames.push(Frame::Acts {
                acts: std::mem::take(&mut batch),
            });
            size = 0;
        }
        size = size.saturating_add(act.len());
        batch.push(act.clone());
    }
    if !batch.is_empty() {
        frames.push(Frame::Acts { acts: batch });
    }
    frames
}
