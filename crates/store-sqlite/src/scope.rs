//! What a change may use while it is applied: the writing connection and what the writer knows by heart.

use model::ids::DispatchId;
use rusqlite::Connection;
use store::sql;
use store::{Change, StoreError, Write, WriteError};

use crate::audit::Chain;
use crate::crypter::Crypter;
use crate::names::Names;
use crate::row;

/// One write while it is applied.
pub(crate) struct Scope<'e> {
    pub(crate) conn: &'e Connection,
    pub(crate) crypter: &'e Crypter,
    pub(crate) names: &'e mut Names,
    pub(crate) chain: &'e mut Chain,
    /// Numbers of the ids that this write named: they come back within it.
    pub(crate) digests: Vec<([u8; 32], i64)>,
    /// Number, lane and expiry of the dispatch that deliveries or custody were added for last.
    pub(crate) sort: Option<(i64, i64, i64)>,
    /// Node, number and dispatch that were remembered as sent last: offices of one node share them.
    pub(crate) sent: Option<(i64, i64, i64)>,
}

impl Scope<'_> {
    pub(crate) fn apply(&mut self, write: &Write) -> Result<(), WriteError> {
        write
            .changes
            .iter()
            .try_for_each(|change| self.change(change))
    }

    /// Looks for what would refuse this write, without changing anything.
    pub(crate) fn refusal(&mut self, write: &Write) -> Result<(), WriteError> {
        for change in &write.changes {
            match change {
                Change::AddDispatch(row) => self.refuse_dispatch(row.line.id)?,
                Change::AddSubmission { token, .. } => self.refuse_submission(token)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn change(&mut self, change: &Change) -> Result<(), WriteError> {
        match change {
            Change::AddAct(row) => self.add_act(row),
            Change::AddAudit(row) => self.add_audit(row),
            Change::AddDispatch(row) => self.add_dispatch(row),
            Change::AddDelivery(row) => self.add_delivery(row),
            Change::MoveDelivery {
                dispatch,
                office,
                from,
                to,
                at,
                detail,
            } => {
                let Some(number) = self.known(*dispatch)? else {
                    return Ok(());
                };
                self.move_delivery(number, office, from, (*to, *at, detail.as_deref()))
            }
            Change::AddProgress(row) => self.add_progress(row),
            Change::AddReceipt(row) => self.add_receipt(row),
            Change::AddQuarantine(row) => self.add_quarantine(row),
            Change::AddCustody(row) => self.add_custody(row),
            Change::EndCustody {
                dispatch,
                node,
                at,
                forwarded,
            } => self.end_custody(*dispatch, node, *at, *forwarded),
            Change::AddAttachment(row) => self.add_attachment(row),
            Change::MoveAttachment {
                attachment,
                have,
                state,
                at,
            } => self.move_attachment(*attachment, *have, *state, *at),
            Change::RaiseCounter { name, value } => self.raise_counter(name, *value),
            Change::AddVoid { node, seq } => self.add_void(node, *seq),
            Change::AddSubmission { token, dispatch } => self.add_submission(token, *dispatch),
            Change::PutSecret { name, value } => self.put_secret(name, value),
            Change::DropSecret { name } => self.drop_secret(name),
        }
    }

    /// The number of a text, which is kept if it is new.
    pub(crate) fn name(&mut self, text: &str) -> Result<i64, WriteError> {
        self.names.number(self.conn, text)
    }

    /// The number of an id, which is kept if it is new.
    pub(crate) fn digest(&mut self, digest: &[u8; 32]) -> Result<i64, WriteError> {
        self.digest_new(digest).map(|(number, _)| number)
    }

    /// The number of an id, and whether it was not kept before.
    pub(crate) fn digest_new(&mut self, digest: &[u8; 32]) -> Result<(i64, bool), WriteError> {
        if let Some(number) = self.recent(digest) {
            return Ok((number, false));
        }
        let new = row::run(self.conn, sql::digest::ADD, (digest,))? == 1;
        let number = if new {
            self.conn.last_insert_rowid()
        } else {
            find(self.conn, digest)?.ok_or_else(|| {
                row::Cell::new("digest", "digest").corrupt("it is kept and cannot be found")
            })?
        };
        self.digests.push((*digest, number));
        Ok((number, new))
    }

    /// The number of a dispatch that may not be known.
    pub(crate) fn known(&mut self, id: DispatchId) -> Result<Option<i64>, StoreError> {
        if let Some(number) = self.recent(id.as_bytes()) {
            return Ok(Some(number));
        }
        let number = find(self.conn, id.as_bytes())?;
        if let Some(number) = number {
            self.digests.push((*id.as_bytes(), number));
        }
        Ok(number)
    }

    fn recent(&self, digest: &[u8; 32]) -> Option<i64> {
        self.digests
            .iter()
            .rev()
            .take(RECENT_MAX)
            .find(|(known, _)| known == digest)
            .map(|(_, number)| *number)
    }
}

/// The number of an id that may not be kept.
pub(crate) fn find(conn: &Connection, digest: &[u8; 32]) -> Result<Option<i64>, StoreError> {
    row::first(conn, sql::digest::FIND, "digest", (digest,), |columns| {
        columns.take("digest_no")
    })
}

/// A look back must stay cheaper than a look into the index.
const RECENT_MAX: usize = 8;
