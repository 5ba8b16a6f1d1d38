//! From cells of the database to values, and errors that name the cell.

use std::fmt::Display;
use std::str::FromStr;

use model::ids::{AttachmentId, DispatchId};
use model::time::Timestamp;
use rusqlite::types::FromSql;
use rusqlite::{Connection, ErrorCode, Params, Row, ffi};
use store::{StoreError, WriteError};

use crate::code::Code;

/// A column, to name it when its content makes no sense. The content itself is never named.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    table: &'static str,
    column: &'static str,
}

impl Cell {
    pub(crate) const fn new(table: &'static str, column: &'static str) -> Self {
        Self { table, column }
    }

    pub(crate) fn corrupt(self, what: impl Display) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            column: self.column,
            what: what.to_string(),
        }
    }
}

/// Reads the columns of a row one after the other.
pub(crate) struct Columns<'r> {
    row: &'r Row<'r>,
    table: &'static str,
    next: usize,
}

impl<'r> Columns<'r> {
    pub(crate) const fn new(table: &'static str, row: &'r Row<'r>) -> Self {
        Self {
            row,
            table,
            next: 0,
        }
    }

    pub(crate) fn take<T: FromSql>(&mut self, column: &'static str) -> Result<T, StoreError> {
        let index = self.next;
        self.next = index.saturating_add(1);
        self.row.get(index).map_err(|error| match error {
            rusqlite::Error::InvalidColumnType(_, _, kind) => {
                Cell::new(self.table, column).corrupt(format!("it is of type {kind}"))
            }
            error => broken(&error),
        })
    }

    /// A text that has to parse.
    pub(crate) fn parse<T: FromStr>(&mut self, column: &'static str) -> Result<T, StoreError> {
        let text: String = self.take(column)?;
        self.parsed(column, &text)
    }

    pub(crate) fn parse_some<T: FromStr>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.take(column)?;
        text.map(|text| self.parsed(column, &text)).transpose()
    }

    pub(crate) fn code<T: Code>(&mut self, column: &'static str) -> Result<T, StoreError> {
        let code = self.take(column)?;
        T::from_code(code, Cell::new(self.table, column))
    }

    pub(crate) fn code_some<T: Code>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let code: Option<i64> = self.take(column)?;
        code.map(|code| T::from_code(code, Cell::new(self.table, column)))
            .transpose()
    }

    pub(crate) fn time(&mut self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.take(column).map(Timestamp::from_micros)
    }

    pub(crate) fn time_some(
        &mut self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StoreError> {
        let micros: Option<i64> = self.take(column)?;
        Ok(micros.map(Timestamp::from_micros))
    }

    /// A number without a sign; the database keeps its 64 bits.
    pub(crate) fn count(&mut self, column: &'static str) -> Result<u64, StoreError> {
        self.take(column).map(i64::cast_unsigned)
    }

    pub(crate) fn dispatch(&mut self, column: &'static str) -> Result<DispatchId, StoreError> {
        self.bytes(column).map(DispatchId::new)
    }

    pub(crate) fn attachment(&mut self, column: &'static str) -> Result<AttachmentId, StoreError> {
        self.bytes(column).map(AttachmentId::new)
    }

    pub(crate) fn bytes<const N: usize>(
        &mut self,
        column: &'static str,
    ) -> Result<[u8; N], StoreError> {
        let bytes: Vec<u8> = self.take(column)?;
        <[u8; N]>::try_from(bytes.as_slice())
            .map_err(|error| Cell::new(self.table, column).corrupt(error))
    }

    fn parsed<T: FromStr>(&self, column: &'static str, text: &str) -> Result<T, StoreError> {
        text.parse()
            .ok()
            .ok_or_else(|| Cell::new(self.table, column).corrupt("it does not parse"))
    }
}

/// All rows of a statement.
pub(crate) fn list<T>(
    conn: &Connection,
    sql: &str,
    table: &'static str,
    params: impl Params,
    mut read: impl FnMut(&mut Columns<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql).map_err(|error| broken(&error))?;
    let mut rows = statement.query(params).map_err(|error| broken(&error))?;
    let mut list = Vec::new();
    while let Some(row) = rows.next().map_err(|error| broken(&error))? {
        list.push(read(&mut Columns::new(table, row))?);
    }
    Ok(list)
}

/// The first row of a statement, if there is one.
pub(crate) fn first<T>(
    conn: &Connection,
    sql: &str,
    table: &'static str,
    params: impl Params,
    read: impl FnOnce(&mut Columns<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql).map_err(|error| broken(&error))?;
    let mut rows = statement.query(params).map_err(|error| broken(&error))?;
    let row = rows.next().map_err(|error| broken(&error))?;
    row.map(|row| read(&mut Columns::new(table, row)))
        .transpose()
}

/// Runs a statement that gives no rows; says how many it changed.
pub(crate) fn run(conn: &Connection, sql: &str, params: impl Params) -> Result<usize, WriteError> {
    conn.prepare_cached(sql)
        .and_then(|mut statement| statement.execute(params))
        .map_err(|error| refused(&error))
}

pub(crate) fn broken(error: &rusqlite::Error) -> StoreError {
    StoreError::Broken(error.to_string())
}

/// What a failed statement means for the write that it belongs to.
pub(crate) fn refused(error: &rusqlite::Error) -> WriteError {
    if is_full(error) {
        WriteError::Full
    } else {
        broken(error).into()
    }
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        // The shared-memory file grows with the log and says "full" in its own way.
        error.code == ErrorCode::DiskFull || error.extended_code == ffi::SQLITE_IOERR_SHMSIZE
    })
}

/// After a failed fsync nobody knows which pages the disk has: only opening anew tells.
pub(crate) fn is_lost_sync(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        matches!(
            error.extended_code,
            ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC
        )
    })
}
