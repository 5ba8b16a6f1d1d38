//! The audit trail: who did what to which record, when, why, for which case
//! (article 25 of Directive (EU) 2016/680 asks for these).

use async_trait::async_trait;
use model::dispatch::CaseRef;
use model::time::Timestamp;

use crate::error::StoreError;

/// One entry. The store gives it its position and chains it to the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    pub at: Timestamp,
    /// `officer:ID`, `node:ID` or `cli`; never a name.
    pub actor: String,
    /// A code: `submit`, `receive`, `view`, `disclose`, `refuse`, `export`, `restore`, ...
    pub action: String,
    /// Id of what it was done to.
    pub object: String,
    /// Why: a purpose or reason code, with the acts that allowed it.
    pub reason: Option<String>,
    pub case: Option<CaseRef>,
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// From 1, without gaps.
    pub position: u64,
    pub row: AuditRow,
    /// SHA-256 over the hash before and this row: a changed, removed or inserted entry breaks the chain.
    pub hash: [u8; 32],
}

#[async_trait]
pub trait Audit {
    /// Entries after a position, oldest first.
    async fn audit_after(&self, position: u64, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;
    /// All entries on an object, oldest first.
    async fn audit_of(&self, object: &str) -> Result<Vec<AuditEntry>, StoreError>;
    /// Recomputes the whole chain; the position of the first entry that does not fit.
    async fn audit_check(&self) -> Result<Option<u64>, StoreError>;
}
