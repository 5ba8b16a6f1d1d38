//! What was acknowledged to whom: the test's own memory, against which the stores are held.

use std::collections::BTreeMap;

use anyhow::ensure;
use exchange::delivery::predecessors;
use model::delivery::DeliveryState;
use model::ids::DispatchId;
use model::step::StepKind;
use model::time::Timestamp;
use store::delivery::DeliveryRow;

use crate::post::Post;

/// One send that a node has acknowledged.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: DispatchId,
    pub(crate) from: Post,
    pub(crate) to: Vec<Post>,
    pub(crate) expires: Timestamp,
    /// What it is a step on, and which.
    pub(crate) step: Option<(DispatchId, StepKind)>,
    /// The sender was restored from a backup that is older.
    pub(crate) forgotten: bool,
    /// Where each delivery stood when it was last looked at.
    states: BTreeMap<String, DeliveryState>,
}

/// Every send so far, in order.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) entries: Vec<Entry>,
}

impl Ledger {
    pub(crate) fn add(
        &mut self,
        (id, expires): (DispatchId, Timestamp),
        from: Post,
        to: Vec<Post>,
        step: Option<(DispatchId, StepKind)>,
    ) {
        self.entries.push(Entry {
            id,
            from,
            to,
            expires,
            step,
            forgotten: false,
            states: BTreeMap::new(),
        });
    }
}

impl Entry {
    /// Notes where the deliveries stand; none may have gone down.
    pub(crate) fn observe(&mut self, rows: Vec<DeliveryRow>) -> anyhow::Result<()> {
        for row in rows {
            let office = row.office.to_string();
            if let Some(before) = self.states.insert(office, row.state) {
                ensure!(
                    before == row.state || predecessors(row.state).contains(&before),
                    "{}: the delivery to {} went from {before} to {}",
                    self.id,
                    row.office,
                    row.state,
                );
            }
        }
        Ok(())
    }

    /// The sender is as it was at its backup.
    pub(crate) fn forget_states(&mut self) {
        self.states.clear();
    }
}
