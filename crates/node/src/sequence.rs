//! Counters that this node alone gives out: numbers to other nodes, human references.

use std::collections::BTreeMap;
use std::sync::Mutex;

use model::ids::NodeId;
use store::Change;

/// Gives each number once. Counted in memory, written in the same commit as what it numbers: after a
/// crash it starts after the last number that was committed, and a number lost in a failed commit is
/// announced as void.
#[derive(Debug, Default)]
pub(crate) struct Sequences {
    last: Mutex<BTreeMap<String, u64>>,
}

/// A number, and the change that keeps it.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) number: u64,
    pub(crate) change: Change,
}

impl Sequences {
    pub(crate) fn new(counters: Vec<(String, u64)>) -> Self {
        Self {
            last: Mutex::new(counters.into_iter().collect()),
        }
    }

    /// The next number to that node.
    pub(crate) fn to_node(&self, node: &NodeId) -> Taken {
        self.next(node_counter(node))
    }

    /// The next number of an office's references in a year; `prefix` is `UZ-OYBEK-2026`.
    pub(crate) fn reference(&self, prefix: &str) -> Taken {
        self.next(format!("reference/{prefix}"))
    }

    /// What a peer holds from us: after a restore from an old backup our own counter may be behind.
    pub(crate) fn raise(&self, node: &NodeId, value: u64) -> Option<Change> {
        let name = node_counter(node);
        let mut last = lock(&self.last);
        let counter = last.entry(name.clone()).or_default();
        (*counter < value).then(|| {
            *counter = value;
            Change::RaiseCounter { name, value }
        })
    }

    fn next(&self, name: String) -> Taken {
        let mut last = lock(&self.last);
        let counter = last.entry(name.clone()).or_default();
        *counter = counter.saturating_add(1);
        Taken {
            number: *counter,
            change: Change::RaiseCounter {
                name,
                value: *counter,
            },
        }
    }
}

pub(crate) fn node_counter(node: &NodeId) -> String {
    format!("sequence/{node}")
}

/// Says whether that counter numbers what goes to a node.
pub(crate) fn is_node_counter(name: &str) -> bool {
    name.starts_with("sequence/")
}

/// A poisoned lock only means that another thread stopped between two complete steps.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_up_and_never_back() {
        let sequences = Sequences::new(vec![("sequence/tj".to_owned(), 7)]);
        let node: NodeId = "tj".parse().unwrap();

        assert_eq!(sequences.to_node(&node).number, 8);
        assert!(sequences.raise(&node, 5).is_none());
        assert!(sequences.raise(&node, 20).is_some());
        assert_eq!(sequences.to_node(&node).number, 21);
    }
}
