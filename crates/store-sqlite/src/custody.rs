//! Custody: what is held for others.

use async_trait::async_trait;
use model::ids::{DispatchId, NodeId};
use model::time::Timestamp;
use rusqlite::{Connection, Params};
use store::custody::{Custodies, CustodyRow};
use store::sql;
use store::{StoreError, WriteError};

use crate::piece;
use crate::row;
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn add_custody(&mut self, custody: &CustodyRow) -> Result<(), WriteError> {
        let (number, lane, _) = self.sort_of(custody.dispatch)?;
        let from = self.name(custody.from.as_str())?;
        let params = (
            number,
            self.name(custody.node.as_str())?,
            custody.seq.cast_signed(),
            from,
            lane,
            custody.since.as_micros(),
            custody.expires.as_micros(),
            custody.size.cast_signed(),
        );
        if row::run(self.conn, sql::custody::ADD, params)? == 1 {
            let moved = (from, custody.size.cast_signed());
            row::run(self.conn, sql::custody::TOTAL_MOVE, moved)?;
        }
        Ok(())
    }

    pub(crate) fn end_custody(
        &mut self,
        dispatch: DispatchId,
        node: &NodeId,
        at: Timestamp,
        forwarded: bool,
    ) -> Result<(), WriteError> {
        let number = self.known(dispatch)?;
        let node = self.names.known(self.conn, node.as_str())?;
        let (Some(number), Some(node)) = (number, node) else {
            return Ok(());
        };
        let sql = sql::custody::HELD;
        let held = row::first(self.conn, sql, "custody", (number, node), |columns| {
            let held: (i64, i64) = (columns.take("from_no")?, columns.take("size")?);
            Ok(held)
        })?;
        let Some((from, size)) = held else {
            return Ok(());
        };
        let params = (at.as_micros(), forwarded, number, node);
        row::run(self.conn, sql::custody::END, params)?;
        let moved = (from, size.saturating_neg());
        row::run(self.conn, sql::custody::TOTAL_MOVE, moved)?;
        self.drop_bytes(number)
    }

    /// The bytes of a relayed dispatch go when nobody waits for them; that it was here stays known.
    fn drop_bytes(&self, number: i64) -> Result<(), WriteError> {
        let sql = sql::custody::ANY;
        let waits = row::first(self.conn, sql, "custody", (number,), |_| Ok(()))?;
        if waits.is_none() && row::run(self.conn, sql::dispatch::EMPTY, (number,))? == 1 {
            piece::drop(self.conn, number)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Custodies for SqliteStore {
    async fn custody_bytes(&self, from: &NodeId) -> Result<u64, StoreError> {
        let from = from.clone();
        self.read(move |conn| {
            let sql = sql::custody::TOTAL;
            let total = row::first(conn, sql, "custody_total", (from.as_str(),), |columns| {
                columns.count("bytes")
            })?;
            Ok(total.unwrap_or(0))
        })
        .await
    }

    async fn custody_overdue(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<CustodyRow>, StoreError> {
        self.read(move |conn| rows(conn, sql::custody::OVERDUE, (now.as_micros(), limit)))
            .await
    }

    async fn custody(&self, dispatch: DispatchId) -> Result<Vec<CustodyRow>, StoreError> {
        self.read(move |conn| rows(conn, sql::custody::LIST, (dispatch.as_bytes(),)))
            .await
    }
}

fn rows(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<CustodyRow>, StoreError> {
    row::list(conn, sql, "custody", params, |columns| {
        Ok(CustodyRow {
            dispatch: columns.dispatch("dispatch_no")?,
            node: columns.parse("node_no")?,
            seq: columns.count("seq")?,
            from: columns.parse("from_no")?,
            since: columns.time("since")?,
            expires: columns.time("expires")?,
            size: columns.count("size")?,
        })
    })
}
