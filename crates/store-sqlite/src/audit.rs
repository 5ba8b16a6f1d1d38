//! The audit trail, chained: each entry's hash covers the hash before it.
//!
//! The chain shows an entry that was changed, removed or put in between; that the newest entries were cut off
//! shows only where a later hash is known elsewhere.

use async_trait::async_trait;
use aws_lc_rs::digest::{Context, SHA256};
use model::ids::DispatchId;
use rusqlite::{Connection, Params};
use store::audit::{Audit, AuditEntry, AuditRow};
use store::sql;
use store::{StoreError, WriteError};

use crate::row::{self, Cell, Columns};
use crate::scope::{self, Scope};
use crate::sqlite_store::SqliteStore;

/// The end of the chain. What a write adds is taken back if the write is undone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Chain {
    position: u64,
    hash: [u8; 32],
}

impl Chain {
    /// The end as the database has it.
    pub(crate) fn read(conn: &Connection) -> Result<Self, StoreError> {
        let last = row::first(conn, sql::audit::LAST, "audit", (), |columns| {
            Ok(Self {
                position: columns.count("position")?,
                hash: columns.bytes("hash")?,
            })
        })?;
        Ok(last.unwrap_or_default())
    }

    fn add(&mut self, entry: &AuditRow) {
        self.position = self.position.saturating_add(1);
        self.hash = hash(&self.hash, entry);
    }
}

impl Scope<'_> {
    pub(crate) fn add_audit(&mut self, entry: &AuditRow) -> Result<(), WriteError> {
        self.chain.add(entry);
        let (object_no, object) = match as_digest(&entry.object) {
            Some(digest) => (Some(self.digest(&digest)?), None),
            None => (None, Some(&entry.object)),
        };
        let params = (
            self.chain.position.cast_signed(),
            entry.at.as_micros(),
            self.name(&entry.actor)?,
            self.name(&entry.action)?,
            object_no,
            object,
            &entry.reason,
            entry.case.as_ref().map(ToString::to_string),
            self.chain.hash,
        );
        row::run(self.conn, sql::audit::ADD, params)?;
        Ok(())
    }
}

#[async_trait]
impl Audit for SqliteStore {
    async fn audit_after(&self, position: u64, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        self.read(move |conn| entries(conn, sql::audit::AFTER, (position, limit)))
            .await
    }

    async fn audit_of(&self, object: &str) -> Result<Vec<AuditEntry>, StoreError> {
        let object = object.to_owned();
        self.read(move |conn| match as_digest(&object) {
            Some(digest) => match scope::find(conn, &digest)? {
                Some(number) => entries(conn, sql::audit::OF_DIGEST, (number,)),
                None => Ok(Vec::new()),
            },
            None => entries(conn, sql::audit::OF_TEXT, (object,)),
        })
        .await
    }

    async fn audit_check(&self) -> Result<Option<u64>, StoreError> {
        self.read(check).await
    }
}

/// Recomputes the chain; the position of the first entry that does not fit.
pub(crate) fn check(conn: &Connection) -> Result<Option<u64>, StoreError> {
    let mut chain = Chain::default();
    loop {
        let after = chain.position.cast_signed();
        let page = entries(conn, sql::audit::AFTER, (after, CHECK_PAGE));
        let page = match page {
            Ok(page) => page,
            // An entry that cannot be read does not fit; read one by one to find it.
            Err(StoreError::Corrupt { .. }) => return first_unreadable(conn, chain),
            Err(error) => return Err(error),
        };
        if page.is_empty() {
            return Ok(None);
        }
        for entry in &page {
            chain.add(&entry.row);
            if (entry.position, entry.hash) != (chain.position, chain.hash) {
                return Ok(Some(entry.position));
            }
        }
    }
}

fn first_unreadable(conn: &Connection, mut chain: Chain) -> Result<Option<u64>, StoreError> {
    loop {
        let after = chain.position.cast_signed();
        match entries(conn, sql::audit::AFTER, (after, 1)) {
            Ok(page) => {
                let Some(entry) = page.first() else {
                    return Ok(None);
                };
                chain.add(&entry.row);
                if (entry.position, entry.hash) != (chain.position, chain.hash) {
                    return Ok(Some(entry.position));
                }
            }
            Err(StoreError::Corrupt { .. }) => return Ok(Some(chain.position.saturating_add(1))),
            Err(error) => return Err(error),
        }
    }
}

fn entries(
    conn: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<AuditEntry>, StoreError> {
    row::list(conn, sql, "audit", params, entry)
}

fn entry(columns: &mut Columns<'_>) -> Result<AuditEntry, StoreError> {
    let position = columns.count("position")?;
    let at = columns.time("at")?;
    let (actor, action) = (columns.take("actor_no")?, columns.take("action_no")?);
    let digest: Option<Vec<u8>> = columns.take("object_no")?;
    let object: Option<String> = columns.take("object")?;
    let digest = digest.as_deref().and_then(DispatchId::from_slice);
    let object = digest.map(|digest| digest.to_string()).or(object);
    Ok(AuditEntry {
        position,
        row: AuditRow {
            at,
            actor,
            action,
            object: object.ok_or_else(|| Cell::new("audit", "object").corrupt("there is none"))?,
            reason: columns.take("reason")?,
            case: columns.parse_some("case_ref")?,
        },
        hash: columns.bytes("hash")?,
    })
}

/// An id as 64 small hexadecimal digits. Any other spelling stays a text, so that it comes back as it was.
fn as_digest(object: &str) -> Option<[u8; 32]> {
    let small = object
        .bytes()
        .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let id: DispatchId = small.then(|| object.parse().ok()).flatten()?;
    Some(*id.as_bytes())
}

/// SHA-256(hash before || at || actor || action || object || reason || case), times as 8 bytes, texts behind
/// their length in 8 bytes, what may be absent behind a byte 0 or 1.
fn hash(before: &[u8; 32], entry: &AuditRow) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(before);
    context.update(&entry.at.as_micros().to_be_bytes());
    let mut text = |text: &str| {
        let len = u64::try_from(text.len()).unwrap_or(u64::MAX);
        context.update(&len.to_be_bytes());
        context.update(text.as_bytes());
    };
    text(&entry.actor);
    text(&entry.action);
    text(&entry.object);
    let case = entry.case.as_ref().map(ToString::to_string);
    for some in [entry.reason.as_deref(), case.as_deref()] {
        context.update(&[u8::from(some.is_some())]);
        if let Some(text) = some {
            let len = u64::try_from(text.len()).unwrap_or(u64::MAX);
            context.update(&len.to_be_bytes());
            context.update(text.as_bytes());
        }
    }
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    hash
}

/// Some 200 KB at a time.
const CHECK_PAGE: u32 = 1_000;
