//! After a restore: what was given since the backup is not known in it, and must not be given twice.

use aws_lc_rs::rand;
use store::{Change, Store, StoreError, Write, WriteError};

use crate::node::OpenError;
use crate::sequence;

/// More than any office writes between two backups.
const SKIPPED: u64 = 10_000;

/// Skips references and numbers to other nodes. Before the restored node sends: a number that two dispatches have
/// had would make a peer that holds the first one take the second for known.
pub async fn skip_numbers(store: &dyn Store) -> Result<(), WriteError> {
    let mut counters = store.counters().await?;
    // To a node that nothing had gone to before the backup, something may have gone since.
    let register = match crate::register::replay(store).await {
        Ok(register) => Some(register),
        Err(OpenError::NoNetwork) => None,
        Err(error) => return Err(StoreError::Broken(error.to_string()).into()),
    };
    for node in register.iter().flat_map(register::Register::nodes) {
        let name = sequence::node_counter(&node.id);
        if counters.iter().all(|(known, _)| *known != name) {
            counters.push((name, 0));
        }
    }
    // The same backup may have been restored before, and numbers given after it: not the same ones again.
    let mut dice = [0; 2];
    rand::fill(&mut dice).map_err(|error| StoreError::Broken(error.to_string()))?;
    let lives = u64::from(u16::from_be_bytes(dice)).saturating_add(1);
    let changes = counters
        .into_iter()
        .map(|(name, value)| {
            // A reference is read by people: it stays short.
            let times = if sequence::is_node_counter(&name) {
                lives
            } else {
                1
            };
            Change::RaiseCounter {
                value: value.saturating_add(SKIPPED.saturating_mul(times)),
                name,
            }
        })
        .collect();
    let write = Write {
        name: "restore",
        changes,
    };
    store.write(write).await
}
