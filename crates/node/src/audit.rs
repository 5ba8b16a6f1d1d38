//! Audit entries, put together the same way everywhere.

use model::dispatch::CaseRef;
use model::ids::{DispatchId, NodeId, OfficerId};
use model::time::Timestamp;
use store::Change;
use store::audit::AuditRow;

/// Who did it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Actor<'a> {
    /// An officer by pseudonym, or the command line where no officer was named.
    Officer(Option<&'a OfficerId>),
    /// Another node, by what it sent.
    Node(&'a NodeId),
    /// This node by itself: a clock, a rule.
    Machine,
}

impl std::fmt::Display for Actor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Officer(Some(officer)) => write!(f, "officer:{officer}"),
            Self::Officer(None) => f.write_str("cli"),
            Self::Node(node) => write!(f, "node:{node}"),
            Self::Machine => f.write_str("machine"),
        }
    }
}

/// The change that adds an entry on a dispatch.
pub(crate) fn on_dispatch(
    at: Timestamp,
    actor: Actor<'_>,
    action: &str,
    dispatch: DispatchId,
    reason: Option<String>,
    case: Option<CaseRef>,
) -> Change {
    Change::AddAudit(AuditRow {
        at,
        actor: actor.to_string(),
        action: action.to_owned(),
        object: dispatch.to_string(),
        reason,
        case,
    })
}

/// The change that adds an entry on something that is not a dispatch.
pub(crate) fn on_object(
    at: Timestamp,
    actor: Actor<'_>,
    action: &str,
    object: String,
    reason: Option<String>,
) -> Change {
    Change::AddAudit(AuditRow {
        at,
        actor: actor.to_string(),
        action: action.to_owned(),
        object,
        reason,
        case: None,
    })
}
