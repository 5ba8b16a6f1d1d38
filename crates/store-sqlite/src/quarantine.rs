//! What could not be taken in. Bounded: 64 KiB of each, 10,000 of them, 256 MiB in all; the oldest go first.

use async_trait::async_trait;
use model::ids::NodeId;
use rusqlite::Connection;
use store::quarantine::{QuarantineRow, Quarantines};
use store::sql;
use store::{StoreError, WriteError};

use crate::row;
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn add_quarantine(&mut self, found: &QuarantineRow) -> Result<(), WriteError> {
        let peer = found.peer.as_ref().map(NodeId::as_str);
        let peer = peer.map(|peer| self.name(peer)).transpose()?;
        let bytes = found.bytes.get(..BYTES_MAX).unwrap_or(&found.bytes);
        let (last, passed) = last(self.conn)?.unwrap_or((0, 0));
        let number = last.saturating_add(1);
        let passed = passed.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        let params = (
            number,
            peer,
            found.received.as_micros(),
            &found.reason,
            bytes,
            passed,
        );
        row::run(self.conn, sql::quarantine::ADD, params)?;
        shrink(self.conn, number, passed)
    }
}

#[async_trait]
impl Quarantines for SqliteStore {
    async fn quarantine(&self, limit: u32) -> Result<Vec<QuarantineRow>, StoreError> {
        self.read(move |conn| {
            let sql = sql::quarantine::LIST;
            row::list(conn, sql, "quarantine", (limit,), |columns| {
                Ok(QuarantineRow {
                    peer: columns.parse_some("peer_no")?,
                    received: columns.time("received")?,
                    reason: columns.take("reason")?,
                    bytes: columns.take("bytes")?,
                })
            })
        })
        .await
    }
}

fn last(conn: &Connection) -> Result<Option<(i64, i64)>, StoreError> {
    let sql = sql::quarantine::LAST;
    row::first(conn, sql, "quarantine", (), |columns| {
        Ok((columns.take("quarantine_no")?, columns.take("passed")?))
    })
}

/// Drops the oldest until both bounds hold.
fn shrink(conn: &Connection, number: i64, passed: i64) -> Result<(), WriteError> {
    loop {
        let sql = sql::quarantine::FIRST;
        let first = row::first(conn, sql, "quarantine", (), |columns| {
            let first: i64 = columns.take("quarantine_no")?;
            let with: i64 = columns.take("passed")?;
            let own: i64 = columns.take("bytes")?;
            Ok((first, with.saturating_sub(own)))
        })?;
        let Some((first, before)) = first else {
            return Ok(());
        };
        let over = number.saturating_sub(first) >= ROWS_MAX
            || passed.saturating_sub(before) > TOTAL_MAX && first < number;
        if !over {
            return Ok(());
        }
        row::run(conn, sql::quarantine::DROP, (first,))?;
    }
}

const BYTES_MAX: usize = 64 * 1024;
/// A peer gone mad must not fill the disk, and an administrator reads no more than this.
const ROWS_MAX: i64 = 10_000;
const TOTAL_MAX: i64 = 256 * 1024 * 1024;
