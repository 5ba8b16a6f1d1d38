//! Dispatches: their line, their bytes, their parents, and what arrived from whom.

use async_trait::async_trait;
use model::ids::{DispatchId, NodeId};
use rusqlite::{Connection, params};
use store::dispatch::{
    Direction, DispatchLine, DispatchQuery, DispatchRow, Dispatches, ReadLine, SeqRange,
};
use store::sql;
use store::{StoreError, WriteError};
use zeroize::Zeroizing;

use crate::arrival;
use crate::code::Code as _;
use crate::crypter::{CellOf, Crypter};
use crate::piece;
use crate::row::{self, Cell, Columns};
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn add_dispatch(&mut self, dispatch: &DispatchRow) -> Result<(), WriteError> {
        let id = dispatch.line.id;
        let (number, new) = self.digest_new(id.as_bytes())?;
        if !new {
            self.make_room(id, number)?;
        }
        self.add_line(number, dispatch)?;
        piece::add(self.conn, number, &dispatch.bytes)?;
        for (place, parent) in (0_i64..).zip(&dispatch.parents) {
            let parent = self.digest(parent.as_bytes())?;
            row::run(self.conn, sql::parent::ADD, (number, place, parent))?;
        }
        if let (Direction::In, Some(seq)) = (dispatch.line.direction, dispatch.line.seq) {
            let origin = self.name(dispatch.line.origin.as_str())?;
            arrival::add(self.conn, origin, seq)?;
        }
        let line = &dispatch.line;
        self.sort = Some((number, line.lane.code(), line.expires.as_micros()));
        Ok(())
    }

    /// Refuses a dispatch whose bytes are here.
    pub(crate) fn refuse_dispatch(&mut self, id: DispatchId) -> Result<(), WriteError> {
        match self.known(id)? {
            Some(number) if self.kept(number)?.is_some_and(|kept| kept != 0) => {
                Err(WriteError::KnownDispatch(id))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a token that was used before.
    pub(crate) fn refuse_submission(&self, token: &str) -> Result<(), WriteError> {
        match submission(self.conn, token)? {
            Some(known) => Err(WriteError::KnownSubmission(known)),
            None => Ok(()),
        }
    }

    /// Whether the bytes of a dispatch are here; `None` if it was only heard of.
    fn kept(&self, number: i64) -> Result<Option<i64>, StoreError> {
        let sql = sql::dispatch::KEPT;
        row::first(self.conn, sql, "dispatch", (number,), |columns| {
            columns.take("kept")
        })
    }

    /// The id was heard of before: refused if its bytes are here; else what is left of it makes room.
    fn make_room(&self, id: DispatchId, number: i64) -> Result<(), WriteError> {
        match self.kept(number)? {
            None => Ok(()),
            Some(0) => {
                row::run(self.conn, sql::parent::DROP, (number,))?;
                row::run(self.conn, sql::dispatch::DROP, (number,))?;
                Ok(())
            }
            Some(_) => Err(WriteError::KnownDispatch(id)),
        }
    }

    fn add_line(&mut self, number: i64, dispatch: &DispatchRow) -> Result<(), WriteError> {
        let line = &dispatch.line;
        let origin = self.name(line.origin.as_str())?;
        let read = line.read.as_ref();
        let author = read
            .map(|read| self.name(&read.author.to_string()))
            .transpose()?;
        let key = dispatch.content_key.as_ref();
        let key = key
            .map(|key| self.crypter.encrypt(cell(&line.id), key.as_slice()))
            .transpose()?;
        row::run(
            self.conn,
            sql::dispatch::ADD,
            params![
                number,
                line.direction.code(),
                origin,
                line.seq.map(u64::cast_signed),
                line.lane.code(),
                line.expires.as_micros(),
                line.stored.as_micros(),
                i64::try_from(dispatch.bytes.len()).unwrap_or(i64::MAX),
                read.map(|read| read.kind.code()),
                read.map(|read| read.reference.to_string()),
                author,
                read.and_then(|read| read.case.as_ref().map(ToString::to_string)),
                read.map(|read| read.created.as_micros()),
                read.and_then(|read| read.reply_by.map(model::time::Timestamp::as_micros)),
                read.map(|read| read.exercise),
                key,
            ],
        )?;
        Ok(())
    }

    /// Lane and expiry of a dispatch that is kept.
    pub(crate) fn sort_of(&mut self, id: DispatchId) -> Result<(i64, i64, i64), WriteError> {
        let missing = || Cell::new("delivery", "dispatch_no").corrupt("its dispatch is not kept");
        let number = self.known(id)?.ok_or_else(missing)?;
        if let Some(sort) = self.sort.filter(|sort| sort.0 == number) {
            return Ok(sort);
        }
        let sql = sql::dispatch::SORT;
        let sort = row::first(self.conn, sql, "dispatch", (number,), |columns| {
            Ok((number, columns.take("lane")?, columns.take("expires")?))
        })?;
        self.sort = sort;
        Ok(sort.ok_or_else(missing)?)
    }

    pub(crate) fn add_submission(
        &mut self,
        token: &str,
        dispatch: DispatchId,
    ) -> Result<(), WriteError> {
        self.refuse_submission(token)?;
        let number = self.digest(dispatch.as_bytes())?;
        row::run(self.conn, sql::submission::ADD, (token, number))?;
        Ok(())
    }
}

#[async_trait]
impl Dispatches for SqliteStore {
    async fn dispatch(&self, id: DispatchId) -> Result<Option<DispatchRow>, StoreError> {
        let crypter = self.crypter();
        self.read(move |conn| whole(conn, &crypter, id)).await
    }

    async fn dispatch_line(&self, id: DispatchId) -> Result<Option<DispatchLine>, StoreError> {
        self.read(move |conn| Ok(found(conn, id)?.map(|found| found.line)))
            .await
    }

    async fn dispatch_bytes(
        &self,
        ids: &[DispatchId],
    ) -> Result<Vec<(DispatchId, Vec<u8>)>, StoreError> {
        let ids = ids.to_vec();
        self.read(move |conn| {
            let mut all = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(found) = found(conn, id)?.filter(|found| found.kept) {
                    all.push((id, piece::read(conn, found.number, size(&found.line)?)?));
                }
            }
            Ok(all)
        })
        .await
    }

    async fn dispatches(&self, query: &DispatchQuery) -> Result<Vec<DispatchLine>, StoreError> {
        let query = query.clone();
        self.read(move |conn| lines(conn, &query)).await
    }

    async fn dispatches_by_reference(
        &self,
        reference: &model::dispatch::Reference,
    ) -> Result<Vec<DispatchId>, StoreError> {
        let reference = reference.to_string();
        self.read(move |conn| {
            let sql = sql::dispatch::BY_REFERENCE;
            row::list(conn, sql, "dispatch", (reference,), |columns| {
                columns.dispatch("dispatch_no")
            })
        })
        .await
    }

    async fn dispatches_by_prefix(&self, digits: &str) -> Result<Vec<DispatchId>, StoreError> {
        let Some(bounds) = bounds(digits) else {
            return Ok(Vec::new());
        };
        self.read(move |conn| {
            let sql = sql::dispatch::BY_PREFIX;
            let params = (bounds.0.as_bytes(), bounds.1.as_bytes());
            row::list(conn, sql, "dispatch", params, |columns| {
                columns.dispatch("dispatch_no")
            })
        })
        .await
    }

    async fn children(&self, id: DispatchId) -> Result<Vec<DispatchId>, StoreError> {
        self.read(move |conn| {
            let sql = sql::parent::CHILDREN;
            row::list(conn, sql, "parent", (id.as_bytes(),), |columns| {
                columns.dispatch("dispatch_no")
            })
        })
        .await
    }

    async fn have(&self) -> Result<Vec<(NodeId, Vec<SeqRange>)>, StoreError> {
        self.read(arrival::list).await
    }

    async fn submission(&self, token: &str) -> Result<Option<DispatchId>, StoreError> {
        let token = token.to_owned();
        self.read(move |conn| submission(conn, &token)).await
    }
}

/// A line as it was found, with what stands beside it.
pub(crate) struct Found {
    pub(crate) line: DispatchLine,
    pub(crate) number: i64,
    /// The bytes are here.
    pub(crate) kept: bool,
    key: Option<Vec<u8>>,
}

pub(crate) fn found(conn: &Connection, id: DispatchId) -> Result<Option<Found>, StoreError> {
    let params = (id.as_bytes(),);
    row::first(conn, sql::dispatch::LINE, "dispatch", params, line)
}

/// Length of the bytes, as a number of this machine.
pub(crate) fn size(line: &DispatchLine) -> Result<usize, StoreError> {
    usize::try_from(line.size).map_err(|error| Cell::new("dispatch", "size").corrupt(error))
}

fn whole(
    conn: &Connection,
    crypter: &Crypter,
    id: DispatchId,
) -> Result<Option<DispatchRow>, StoreError> {
    let Some(found) = found(conn, id)?.filter(|found| found.kept) else {
        return Ok(None);
    };
    let key = found.key.map(|key| crypter.decrypt(cell(&id), &key));
    let content_key = key.transpose()?.map(|key| {
        <[u8; 32]>::try_from(key.as_slice())
            .map(Zeroizing::new)
            .map_err(|error| Cell::new("dispatch", "content_key").corrupt(error))
    });
    let sql = sql::parent::LIST;
    Ok(Some(DispatchRow {
        content_key: content_key.transpose()?,
        parents: row::list(conn, sql, "parent", (found.number,), |columns| {
            columns.dispatch("parent_no")
        })?,
        bytes: piece::read(conn, found.number, size(&found.line)?)?,
        line: found.line,
    }))
}

fn lines(conn: &Connection, query: &DispatchQuery) -> Result<Vec<DispatchLine>, StoreError> {
    let before = query
        .before
        .map_or(i64::MAX, model::time::Timestamp::as_micros);
    let direction = query.direction.map(crate::code::Code::code);
    let kind = query.kind.map(crate::code::Code::code);
    let limit = query.limit.max(1);
    let read = |columns: &mut Columns<'_>| line(columns).map(|found| found.line);
    match &query.case {
        None => row::list(
            conn,
            sql::dispatch::LIST,
            "dispatch",
            (before, direction, kind, limit),
            read,
        ),
        Some(case) => row::list(
            conn,
            sql::dispatch::LIST_OF_CASE,
            "dispatch",
            (case.to_string(), before, direction, kind, limit),
            read,
        ),
    }
}

fn line(columns: &mut Columns<'_>) -> Result<Found, StoreError> {
    let id = columns.dispatch("dispatch_no")?;
    let line = DispatchLine {
        id,
        direction: columns.code("direction")?,
        origin: columns.parse("origin_no")?,
        seq: columns.take::<Option<i64>>("seq")?.map(i64::cast_unsigned),
        lane: columns.code("lane")?,
        expires: columns.time("expires")?,
        stored: columns.time("stored")?,
        size: columns.count("size")?,
        read: None,
    };
    let read = read_line(columns)?;
    Ok(Found {
        line: DispatchLine { read, ..line },
        key: columns.take("content_key")?,
        kept: columns.take("kept")?,
        number: columns.take("dispatch_no")?,
    })
}

fn read_line(columns: &mut Columns<'_>) -> Result<Option<ReadLine>, StoreError> {
    let kind = columns.code_some("kind")?;
    let reference = columns.parse_some("reference")?;
    let author = columns.parse_some("author_no")?;
    let case = columns.parse_some("case_ref")?;
    let created = columns.time_some("created")?;
    let reply_by = columns.time_some("reply_by")?;
    let exercise: Option<bool> = columns.take("exercise")?;
    let (Some(kind), Some(reference), Some(author), Some(created)) =
        (kind, reference, author, created)
    else {
        return Ok(None);
    };
    Ok(Some(ReadLine {
        kind,
        reference,
        author,
        case,
        created,
        reply_by,
        exercise: exercise.unwrap_or(false),
    }))
}

fn submission(conn: &Connection, token: &str) -> Result<Option<DispatchId>, StoreError> {
    let sql = sql::submission::FIND;
    row::first(conn, sql, "submission", (token,), |columns| {
        columns.dispatch("dispatch_no")
    })
}

/// The first and the last id that start with these digits.
fn bounds(digits: &str) -> Option<(DispatchId, DispatchId)> {
    let all = DispatchId::LEN * 2;
    let pad = |digit: &str| format!("{digits}{}", digit.repeat(all.saturating_sub(digits.len())));
    Some((pad("0").parse().ok()?, pad("f").parse().ok()?))
}

fn cell(id: &DispatchId) -> CellOf<'_> {
    CellOf {
        table: "dispatch",
        column: "content_key",
        row: id.as_bytes(),
    }
}
