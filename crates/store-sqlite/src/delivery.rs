//! Deliveries, and what still has to reach a node.

use async_trait::async_trait;
use model::address::Address;
use model::delivery::DeliveryState;
use model::ids::{DispatchId, NodeId};
use model::time::Timestamp;
use rusqlite::{Connection, Params};
use store::delivery::{Deliveries, DeliveryRow, OutboxItem};
use store::dispatch::SeqRange;
use store::sql;
use store::{StoreError, WriteError};

use crate::code::Code as _;
use crate::row::{self, Columns};
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn add_delivery(&mut self, delivery: &DeliveryRow) -> Result<(), WriteError> {
        let (number, lane, expires) = self.sort_of(delivery.dispatch)?;
        let node = self.name(delivery.node.as_str())?;
        let seq = delivery.seq.cast_signed();
        let params = (
            number,
            self.name(&delivery.office.to_string())?,
            node,
            seq,
            lane,
            expires,
            delivery.state.code(),
            delivery.since.as_micros(),
            &delivery.detail,
        );
        row::run(self.conn, sql::delivery::ADD, params)?;
        let sent = (node, seq, number);
        if self.sent != Some(sent) {
            row::run(self.conn, sql::delivery::SENT, sent)?;
            self.sent = Some(sent);
        }
        Ok(())
    }

    pub(crate) fn move_delivery(
        &self,
        number: i64,
        office: &Address,
        from: &[DeliveryState],
        (to, at, detail): (DeliveryState, Timestamp, Option<&str>),
    ) -> Result<(), WriteError> {
        let Some(office) = self.names.known(self.conn, &office.to_string())? else {
            return Ok(());
        };
        let from = from
            .iter()
            .fold(0_i64, |bits, state| bits | 1_i64 << state.code());
        let params = (to.code(), at.as_micros(), detail, number, office, from);
        row::run(self.conn, sql::delivery::MOVE, params)?;
        Ok(())
    }

    pub(crate) fn add_void(&mut self, node: &NodeId, seq: u64) -> Result<(), WriteError> {
        let params = (self.name(node.as_str())?, seq.cast_signed());
        row::run(self.conn, sql::void::ADD, params)?;
        Ok(())
    }
}

#[async_trait]
impl Deliveries for SqliteStore {
    async fn deliveries(&self, dispatch: DispatchId) -> Result<Vec<DeliveryRow>, StoreError> {
        self.read(move |conn| rows(conn, sql::delivery::LIST, (dispatch.as_bytes(),)))
            .await
    }

    async fn outbox(&self, node: &NodeId, limit: u32) -> Result<Vec<OutboxItem>, StoreError> {
        let node = node.clone();
        self.read(move |conn| {
            let Some(node) = number(conn, &node)? else {
                return Ok(Vec::new());
            };
            let sql = sql::delivery::OUTBOX;
            row::list(conn, sql, "delivery", (node, limit), |columns| {
                let item = item(columns)?;
                Ok(OutboxItem {
                    relayed: columns.take("state")?,
                    custody: columns.take("custody")?,
                    ..item
                })
            })
        })
        .await
    }

    async fn waiting(&self) -> Result<Vec<(NodeId, u64)>, StoreError> {
        self.read(|conn| {
            row::list(conn, sql::delivery::WAITING, "delivery", (), |columns| {
                Ok((columns.parse("node_no")?, columns.count("count")?))
            })
        })
        .await
    }

    async fn overdue(&self, now: Timestamp, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        self.read(move |conn| rows(conn, sql::delivery::OVERDUE, (now.as_micros(), limit)))
            .await
    }

    async fn sent_outside(
        &self,
        node: &NodeId,
        have: &[SeqRange],
        now: Timestamp,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        let (node, gaps) = (node.clone(), outside(have));
        self.read(move |conn| {
            let Some(node) = number(conn, &node)? else {
                return Ok(Vec::new());
            };
            let mut items = Vec::new();
            for (first, last) in gaps {
                let sql = sql::delivery::SENT_BETWEEN;
                let params = (node, first, last, now.as_micros());
                items.extend(row::list(conn, sql, "sent", params, item)?);
            }
            Ok(items)
        })
        .await
    }

    async fn voids(&self, node: &NodeId) -> Result<Vec<u64>, StoreError> {
        let node = node.clone();
        self.read(move |conn| {
            let sql = sql::void::LIST;
            row::list(conn, sql, "void", (node.as_str(),), |columns| {
                columns.count("seq")
            })
        })
        .await
    }

    async fn delivery_counts(&self) -> Result<Vec<(DeliveryState, u64)>, StoreError> {
        self.read(|conn| {
            row::list(conn, sql::delivery::COUNTS, "delivery", (), |columns| {
                Ok((columns.code("state")?, columns.count("count")?))
            })
        })
        .await
    }
}

fn rows(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<DeliveryRow>, StoreError> {
    row::list(conn, sql, "delivery", params, |columns| {
        Ok(DeliveryRow {
            dispatch: columns.dispatch("dispatch_no")?,
            office: columns.parse("office_no")?,
            node: columns.parse("node_no")?,
            seq: columns.count("seq")?,
            state: columns.code("state")?,
            since: columns.time("since")?,
            detail: columns.take("detail")?,
        })
    })
}

fn item(columns: &mut Columns<'_>) -> Result<OutboxItem, StoreError> {
    Ok(OutboxItem {
        dispatch: columns.dispatch("dispatch_no")?,
        origin: columns.parse("origin_no")?,
        seq: columns.count("seq")?,
        lane: columns.code("lane")?,
        size: columns.count("size")?,
        expires: columns.time("expires")?,
        relayed: false,
        custody: false,
    })
}

fn number(conn: &Connection, node: &NodeId) -> Result<Option<i64>, StoreError> {
    let sql = sql::name::FIND;
    row::first(conn, sql, "name", (node.as_str(),), |columns| {
        columns.take("name_no")
    })
}

/// What lies in none of the ranges, in the database's order of numbers.
fn outside(have: &[SeqRange]) -> Vec<(i64, i64)> {
    let mut ranges: Vec<(u64, u64)> = have.iter().map(|range| (range.first, range.last)).collect();
    ranges.sort_unstable();
    let mut gaps = Vec::new();
    let mut next = Some(0);
    for (first, last) in ranges {
        let Some(from) = next else { break };
        if let Some(before) = first.checked_sub(1).filter(|before| *before >= from) {
            gaps.push((from, before));
        }
        next = last.checked_add(1).map(|after| after.max(from));
    }
    gaps.extend(next.map(|from| (from, u64::MAX)));
    gaps.into_iter()
        .filter_map(|(first, last)| {
            let first = i64::try_from(first).ok()?;
            Some((first, i64::try_from(last).unwrap_or(i64::MAX)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_ranges_is_the_rest_of_all_numbers() {
        let range = |first, last| SeqRange { first, last };
        assert_eq!(outside(&[]), [(0, i64::MAX)]);
        assert_eq!(
            outside(&[range(5, 9), range(1, 3)]),
            [(0, 0), (4, 4), (10, i64::MAX)]
        );
        assert_eq!(outside(&[range(0, u64::MAX)]), []);
        assert_eq!(outside(&[range(0, 9), range(3, 4)]), [(10, i64::MAX)]);
    }
}
