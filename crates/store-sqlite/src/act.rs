//! Acts of the register.

use async_trait::async_trait;
use model::ids::ActId;
use store::act::{ActRow, Acts};
use store::sql;
use store::{StoreError, WriteError};

use crate::row;
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn add_act(&self, act: &ActRow) -> Result<(), WriteError> {
        let params = (act.id.as_bytes(), act.received.as_micros(), &act.bytes);
        row::run(self.conn, sql::act::ADD, params)?;
        Ok(())
    }
}

#[async_trait]
impl Acts for SqliteStore {
    async fn acts(&self, from: u64) -> Result<Vec<ActRow>, StoreError> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        self.read(move |conn| {
            row::list(conn, sql::act::LIST, "act", (from,), |columns| {
                Ok(ActRow {
                    id: columns.bytes("act").map(ActId::new)?,
                    received: columns.time("received")?,
                    bytes: columns.take("bytes")?,
                })
            })
        })
        .await
    }
}
