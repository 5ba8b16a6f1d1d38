//! Counters that never go back.

use async_trait::async_trait;
use store::counter::Counters;
use store::sql;
use store::{StoreError, WriteError};

use crate::row;
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn raise_counter(&self, name: &str, value: u64) -> Result<(), WriteError> {
        let params = (name, value.cast_signed());
        row::run(self.conn, sql::counter::RAISE, params)?;
        Ok(())
    }
}

#[async_trait]
impl Counters for SqliteStore {
    async fn counters(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.read(|conn| {
            row::list(conn, sql::counter::LIST, "counter", (), |columns| {
                Ok((columns.take("name")?, columns.count("value")?))
            })
        })
        .await
    }
}
