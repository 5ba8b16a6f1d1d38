//! Texts that come back often, kept once and meant by a number.

use std::collections::BTreeMap;

use rusqlite::Connection;
use store::sql;
use store::{StoreError, WriteError};

use crate::row;

/// The numbers that the writer knows by heart. What a write adds is forgotten if the write is undone.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: BTreeMap<String, i64>,
    /// Added since the last [`Self::keep`].
    fresh: Vec<String>,
}

impl Names {
    /// The number of a text, which is kept if it is new.
    pub(crate) fn number(&mut self, conn: &Connection, text: &str) -> Result<i64, WriteError> {
        if let Some(number) = self.known.get(text) {
            return Ok(*number);
        }
        let number = if let Some(number) = find(conn, text)? {
            number
        } else {
            row::run(conn, sql::name::ADD, (text,))?;
            conn.last_insert_rowid()
        };
        self.known.insert(text.to_owned(), number);
        self.fresh.push(text.to_owned());
        Ok(number)
    }

    /// The number of a text that may not be kept.
    pub(crate) fn known(&self, conn: &Connection, text: &str) -> Result<Option<i64>, StoreError> {
        match self.known.get(text) {
            Some(number) => Ok(Some(*number)),
            None => find(conn, text),
        }
    }

    /// What was added stays: its write was done.
    pub(crate) fn keep(&mut self) {
        self.fresh.clear();
        if self.known.len() > KNOWN_MAX {
            self.known.clear();
        }
    }

    /// What was added goes: its write was undone.
    pub(crate) fn undo(&mut self) {
        for text in self.fresh.drain(..) {
            self.known.remove(&text);
        }
    }

    /// Forgets all: the transaction was undone.
    pub(crate) fn clear(&mut self) {
        self.known.clear();
        self.fresh.clear();
    }
}

fn find(conn: &Connection, text: &str) -> Result<Option<i64>, StoreError> {
    row::first(conn, sql::name::FIND, "name", (text,), |columns| {
        columns.take("name_no")
    })
}

/// Some 2 MB: the offices and nodes of the region, and a year's officers of one node.
const KNOWN_MAX: usize = 16_384;
