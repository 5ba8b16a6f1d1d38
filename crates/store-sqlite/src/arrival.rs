//! What arrived from an origin, as ranges that neither touch nor overlap: in order, one row for each origin.

use model::ids::NodeId;
use rusqlite::Connection;
use store::dispatch::SeqRange;
use store::sql::arrival;
use store::{StoreError, WriteError};

use crate::row;

pub(crate) fn add(conn: &Connection, origin_no: i64, seq: u64) -> Result<(), WriteError> {
    let seq = seq.cast_signed();
    let params = (origin_no, seq);
    let before = row::first(conn, arrival::BEFORE, "arrival", params, |columns| {
        let range: (i64, i64) = (columns.take("first")?, columns.take("last")?);
        Ok(range)
    })?;
    if before.is_some_and(|(_, last)| last >= seq) {
        return Ok(());
    }
    let after = match seq.checked_add(1) {
        Some(next) => at(conn, origin_no, next)?.map(|last| (next, last)),
        None => None,
    };
    if let Some((next, _)) = after {
        row::run(conn, arrival::DROP, (origin_no, next))?;
    }
    let last = after.map_or(seq, |(_, last)| last);
    match before.filter(|(_, last)| last.checked_add(1) == Some(seq)) {
        Some((first, _)) => row::run(conn, arrival::EXTEND, (last, origin_no, first))?,
        None => row::run(conn, arrival::ADD, (origin_no, seq, last))?,
    };
    Ok(())
}

/// All ranges, by origin.
pub(crate) fn list(conn: &Connection) -> Result<Vec<(NodeId, Vec<SeqRange>)>, StoreError> {
    let rows = row::list(conn, arrival::LIST, "arrival", (), |columns| {
        let origin: NodeId = columns.parse("origin_no")?;
        let first = columns.count("first")?;
        let last = columns.count("last")?;
        Ok((origin, SeqRange { first, last }))
    })?;
    let mut origins: Vec<(NodeId, Vec<SeqRange>)> = Vec::new();
    for (origin, range) in rows {
        match origins.last_mut().filter(|(last, _)| *last == origin) {
            Some((_, ranges)) => ranges.push(range),
            None => origins.push((origin, vec![range])),
        }
    }
    Ok(origins)
}

fn at(conn: &Connection, origin_no: i64, first: i64) -> Result<Option<i64>, StoreError> {
    let params = (origin_no, first);
    row::first(conn, arrival::AT, "arrival", params, |columns| {
        columns.take("last")
    })
}
