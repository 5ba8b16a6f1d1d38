//! Attachments: rows here, bytes in files.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use model::ids::{AttachmentId, DispatchId};
use model::time::Timestamp;
use rusqlite::{Connection, Params};
use store::attachment::{AttachmentRow, AttachmentState, Attachments};
use store::sql;
use store::{StoreError, WriteError};

use crate::code::Code as _;
use crate::row;
use crate::scope::Scope;
use crate::sqlite_store::SqliteStore;

impl Scope<'_> {
    pub(crate) fn add_attachment(&mut self, attachment: &AttachmentRow) -> Result<(), WriteError> {
        let params = (
            attachment.id.as_bytes(),
            self.digest(attachment.dispatch.as_bytes())?,
            attachment.size.cast_signed(),
            attachment.have.cast_signed(),
            attachment.state.code(),
            self.name(attachment.source.as_str())?,
            attachment.custody,
            attachment.since.as_micros(),
        );
        row::run(self.conn, sql::attachment::ADD, params)?;
        Ok(())
    }

    pub(crate) fn move_attachment(
        &self,
        id: AttachmentId,
        have: u64,
        state: AttachmentState,
        at: Timestamp,
    ) -> Result<(), WriteError> {
        let params = (
            have.cast_signed(),
            state.code(),
            at.as_micros(),
            id.as_bytes(),
        );
        row::run(self.conn, sql::attachment::MOVE, params)?;
        Ok(())
    }
}

#[async_trait]
impl Attachments for SqliteStore {
    async fn attachment(&self, id: AttachmentId) -> Result<Option<AttachmentRow>, StoreError> {
        self.read(move |conn| {
            let found = rows(conn, sql::attachment::FIND, (id.as_bytes(),))?;
            Ok(found.into_iter().next())
        })
        .await
    }

    async fn attachments_wanted(&self) -> Result<Vec<AttachmentRow>, StoreError> {
        self.read(|conn| rows(conn, sql::attachment::WANTED, ()))
            .await
    }

    async fn attachments_of(&self, dispatch: DispatchId) -> Result<Vec<AttachmentRow>, StoreError> {
        self.read(move |conn| rows(conn, sql::attachment::LIST, (dispatch.as_bytes(),)))
            .await
    }

    async fn attachment_write(
        &self,
        id: AttachmentId,
        offset: u64,
        bytes: Vec<u8>,
    ) -> Result<(), WriteError> {
        self.file_work(move |files| files.write(id, offset, &bytes))
            .await
    }

    async fn attachment_sync(&self, id: AttachmentId) -> Result<(), WriteError> {
        self.file_work(move |files| files.sync(id)).await
    }

    async fn attachment_finish(&self, id: AttachmentId) -> Result<(), WriteError> {
        self.file_work(move |files| files.finish(id)).await
    }

    async fn attachment_adopt(&self, id: AttachmentId, file: &Path) -> Result<(), WriteError> {
        let file = file.to_owned();
        self.file_work(move |files| files.adopt(id, &file)).await
    }

    async fn attachment_read(
        &self,
        id: AttachmentId,
        offset: u64,
        len: u32,
    ) -> Result<Vec<u8>, StoreError> {
        self.file_work(move |files| files.read(id, offset, len))
            .await
    }

    async fn attachment_drop(&self, id: AttachmentId) -> Result<(), StoreError> {
        self.file_work(move |files| files.drop_partial(id)).await
    }

    fn scratch(&self) -> PathBuf {
        self.files().scratch()
    }
}

fn rows(
    conn: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<AttachmentRow>, StoreError> {
    row::list(conn, sql, "attachment", params, |columns| {
        Ok(AttachmentRow {
            id: columns.attachment("attachment")?,
            dispatch: columns.dispatch("dispatch_no")?,
            size: columns.count("size")?,
            have: columns.count("have")?,
            state: columns.code("state")?,
            source: columns.parse("source_no")?,
            custody: columns.take("custody")?,
            since: columns.time("since")?,
        })
    })
}
