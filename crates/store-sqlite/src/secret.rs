//! Private keys and whatever else is secret, encrypted under the root key.

use async_trait::async_trait;
use rusqlite::Connection;
use store::secret::Secrets;
use store::sql;
use store::{StoreError, WriteError};
use zeroize::Zeroizing;

use crate::crypter::CellOf;
use crate::row;
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn put_secret(&self, name: &str, value: &[u8]) -> Result<(), WriteError> {
        let sealed = self.crypter.encrypt(cell(name), value)?;
        row::run(self.conn, sql::secret::PUT, (name, sealed))?;
        Ok(())
    }

    pub(crate) fn drop_secret(&self, name: &str) -> Result<(), WriteError> {
        row::run(self.conn, sql::secret::DROP, (name,))?;
        Ok(())
    }
}

#[async_trait]
impl Secrets for SqliteStore {
    async fn secret(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let wanted = name.to_owned();
        let sealed = self.read(move |conn| find(conn, &wanted)).await?;
        sealed
            .map(|sealed| self.crypter().decrypt(cell(name), &sealed))
            .transpose()
    }

    async fn secret_names(&self) -> Result<Vec<String>, StoreError> {
        self.read(|conn| {
            row::list(conn, sql::secret::LIST, "secret", (), |columns| {
                columns.take("name")
            })
        })
        .await
    }
}

fn find(conn: &Connection, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    row::first(conn, sql::secret::FIND, "secret", (name,), |columns| {
        columns.take("value")
    })
}

fn cell(name: &str) -> CellOf<'_> {
    CellOf {
        table: "secret",
        column: "value",
        row: name.as_bytes(),
    }
}
