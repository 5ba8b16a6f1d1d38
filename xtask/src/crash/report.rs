//! What `guzar bench crash --json` says at its end.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// The books of all three nodes, compared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Report {
    bench: String,
    rounds: u64,
    /// How often each node was killed.
    kills: BTreeMap<String, u64>,
    /// Sends that the sender's user was told to be safe.
    acknowledged: u64,
    /// Sends that were cut off and repeated with their token.
    repeated: u64,
    /// Acknowledged, and not at both ends.
    lost: u64,
    /// At an end more than once, or without anybody who sent it.
    doubled: u64,
    /// At the receiver, and the sender has no receipt.
    unreceipted: u64,
    /// Audit chains and databases of all nodes are as they should be.
    audit_whole: bool,
}

impl Report {
    /// The report, if the line is one.
    pub(super) fn read(line: &str) -> Option<Self> {
        let report: Self = serde_json::from_str(line.trim()).ok()?;
        (report.bench == "crash").then_some(report)
    }

    /// Why this is no proof; empty if it is one.
    pub(super) fn faults(&self, wanted: u64) -> Vec<String> {
        let mut faults = Vec::new();
        let kills: u64 = self.kills.values().sum();
        if self.rounds != wanted || kills != wanted {
            faults.push(format!(
                "{} rounds and {kills} kills of {wanted}",
                self.rounds
            ));
        }
        if self.acknowledged == 0 && wanted > 0 {
            faults.push("nothing was acknowledged".to_owned());
        }
        for (count, what) in [
            (self.lost, "lost"),
            (self.doubled, "doubled"),
            (self.unreceipted, "without a receipt"),
        ] {
            if count > 0 {
                faults.push(format!("{count} {what}"));
            }
        }
        if !self.audit_whole {
            faults.push("an audit chain or a database is not whole".to_owned());
        }
        faults
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rounds", self.rounds)?;
        for (node, kills) in &self.kills {
            write!(f, ", {node} killed {kills} times")?;
        }
        write!(
            f,
            "; {} acknowledged, {} repeated, {} lost, {} doubled, {} without a receipt",
            self.acknowledged, self.repeated, self.lost, self.doubled, self.unreceipted
        )
    }
}
