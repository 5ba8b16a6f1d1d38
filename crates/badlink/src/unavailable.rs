//! Why a bad link cannot be made here.

use std::io;

/// What this machine lacks, and how to give it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {fix}")]
pub struct Unavailable {
    /// What is missing or was refused.
    pub what: String,
    /// What to do about it.
    pub fix: String,
}

impl Unavailable {
    pub(crate) fn new(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            fix: fix.into(),
        }
    }

    pub(crate) fn threads(error: &io::Error) -> Self {
        Self::new(
            format!("cannot start the threads that carry the packets ({error})"),
            "raise the limit on processes (ulimit -u)",
        )
    }
}
