//! Which office took which step.

use async_trait::async_trait;
use model::ids::DispatchId;
use store::progress::{ProgressRow, Progresses};
use store::sql;
use store::{StoreError, WriteError};

use crate::row;
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn add_progress(&mut self, step: &ProgressRow) -> Result<(), WriteError> {
        let params = (
            self.digest(step.of.as_bytes())?,
            self.name(&step.office.to_string())?,
            self.name(&step.step)?,
            self.digest(step.by.as_bytes())?,
            step.at.as_micros(),
        );
        row::run(self.conn, sql::progress::ADD, params)?;
        Ok(())
    }
}

#[async_trait]
impl Progresses for SqliteStore {
    async fn progress(&self, of: DispatchId) -> Result<Vec<ProgressRow>, StoreError> {
        self.read(move |conn| {
            let params = (of.as_bytes(),);
            row::list(conn, sql::progress::LIST, "progress", params, |columns| {
                Ok(ProgressRow {
                    of,
                    office: columns.parse("office_no")?,
                    step: columns.take("step_no")?,
                    at: columns.time("at")?,
                    by: columns.dispatch("by_no")?,
                })
            })
        })
        .await
    }
}
