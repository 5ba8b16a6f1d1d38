//! Sizes, checks, and the way to a backup.

use std::fs;
use std::path::Path;

use async_trait::async_trait;
use rusqlite::Connection;
use store::maintenance::{Maintenance, Totals};
use store::sql;
use store::{StoreError, WriteError};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::audit;
use crate::backup::{self, Plan};
use crate::file::Files;
use crate::open;
use crate::row;
use crate::sqlite_store::SqliteStore;

#[async_trait]
impl Maintenance for SqliteStore {
    async fn totals(&self) -> Result<Totals, StoreError> {
        let (files, database) = (self.files(), self.home().database());
        self.read(move |conn| totals(conn, &database, &files)).await
    }

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.read(integrity).await
    }

    async fn backup(
        &self,
        file: &Path,
        passphrase: Zeroizing<String>,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<(), WriteError> {
        let plan = Plan {
            file: file.to_owned(),
            passphrase,
            cost: self.options().backup_kdf,
            root: self.root().clone(),
            files: self.files(),
        };
        if self.is_inline() {
            return self
                .read(move |conn| Ok(backup::write(conn, &plan, &mut |_, _| {})))
                .await?;
        }
        let database = self.home().database();
        let options = self.options().clone();
        let (report, mut reports) = mpsc::unbounded_channel();
        let work = tokio::task::spawn_blocking(move || {
            let conn = open::reader(&database, &options)?;
            backup::write(&conn, &plan, &mut |done, all| {
                // The asker may have gone; the backup is finished all the same.
                report.send((done, all)).ok();
            })
        });
        while let Some((done, all)) = reports.recv().await {
            progress(done, all);
        }
        work.await
            .map_err(|error| StoreError::Broken(format!("the backup stopped: {error}")))?
    }
}

/// What the database says is wrong with it, and an audit chain that does not fit.
pub(crate) fn integrity(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut wrong = row::list(conn, "pragma integrity_check(100)", "all", (), |columns| {
        columns.take::<String>("integrity_check")
    })?;
    wrong.retain(|line| line != "ok");
    let sql = "pragma foreign_key_check";
    wrong.extend(row::list(conn, sql, "all", (), |columns| {
        let table: String = columns.take("table")?;
        let row: Option<i64> = columns.take("rowid")?;
        let parent: String = columns.take("parent")?;
        let row = row.map_or_else(|| "?".to_owned(), |row| row.to_string());
        Ok(format!("row {row} of {table} points to no row of {parent}"))
    })?);
    if let Some(position) = audit::check(conn)? {
        wrong.push(format!("audit entry {position} does not fit the chain"));
    }
    Ok(wrong)
}

pub(crate) fn totals(
    conn: &Connection,
    database: &Path,
    files: &Files,
) -> Result<Totals, StoreError> {
    let [dispatches, deliveries, audit, acts, quarantine] = counts(conn)?;
    let log = database.with_extension("db-wal");
    let disk = [database, &log]
        .iter()
        .filter_map(|path| fs::metadata(path).ok())
        .map(|metadata| metadata.len())
        .sum();
    Ok(Totals {
        dispatches,
        deliveries,
        audit,
        acts,
        quarantine,
        disk,
        attachments: files
            .total()
            .map_err(|error| StoreError::Broken(format!("attachments: {error}")))?,
    })
}

/// Rows of dispatch, delivery, audit, act, quarantine.
pub(crate) fn counts(conn: &Connection) -> Result<[u64; 5], StoreError> {
    let sql = sql::maintenance::TOTALS;
    let counts = row::first(conn, sql, "all", (), |columns| {
        Ok([
            columns.count("dispatch")?,
            columns.count("delivery")?,
            columns.count("audit")?,
            columns.count("act")?,
            columns.count("quarantine")?,
        ])
    })?;
    Ok(counts.unwrap_or_default())
}
