//! A backup: one encrypted file with a consistent copy of the database and all complete attachments.
//!
//! Inside the encryption ([`crate::stream`]):
//!
//! ```text
//! manifest   version 1, root key 32, rows of dispatch, delivery, audit, act, quarantine,
//!            length of the database, count of attachments        (numbers in 8 bytes)
//! database
//! attachment id 32, length 8, bytes                              once for each
//! ```
//! Private keys in the database stay encrypted under the root key, so the root key travels in the manifest,
//! under the backup's passphrase: whoever has file and passphrase has all that the node had.
//! The database is copied by SQLite's online backup inside one read transaction, so writers go on; the copy lies
//! in the scratch folder until the file is written, and needs as much room as the database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::ids::AttachmentId;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use store::{StoreError, WriteError, sql};
use zeroize::Zeroizing;

use crate::file::{self, Files};
use crate::kdf::KdfCost;
use crate::maintenance;
use crate::root_key::RootKey;
use crate::row;
use crate::stream::Sealer;

/// What a backup is made of.
pub(crate) struct Plan {
    pub(crate) file: PathBuf,
    pub(crate) passphrase: Zeroizing<String>,
    pub(crate) cost: KdfCost,
    pub(crate) root: RootKey,
    pub(crate) files: Arc<Files>,
}

/// Called with bytes done and bytes in all.
type Progress<'p> = &'p mut dyn FnMut(u64, u64);

pub(crate) fn write(
    conn: &Connection,
    plan: &Plan,
    progress: Progress<'_>,
) -> Result<(), WriteError> {
    if plan.passphrase.is_empty() {
        return Err(StoreError::Broken("a backup needs a passphrase".to_owned()).into());
    }
    if plan.file.exists() {
        return Err(failed(&plan.file, &io::ErrorKind::AlreadyExists.into()));
    }
    let copy = plan.files.scratch().join("backup.db");
    let partial = partial(&plan.file);
    let written = copy_database(conn, &copy)
        .and_then(|()| seal(plan, &copy, &partial, progress))
        .and_then(|()| settle(&partial, &plan.file).map_err(|error| failed(&plan.file, &error)));
    remove(&copy);
    if written.is_err() {
        remove(&partial);
    }
    written
}

/// All pages of one instant, while others write.
fn copy_database(from: &Connection, copy: &Path) -> Result<(), WriteError> {
    remove(copy);
    let run = || {
        let mut to = Connection::open(copy)?;
        to.pragma_update(None, "synchronous", "off")?;
        // Inside a read transaction every step sees the same instant, and a write does not begin it anew.
        let view = from.unchecked_transaction()?;
        view.query_row("select count(*) from meta", (), |_| Ok(()))?;
        let backup = Backup::new(&view, &mut to)?;
        loop {
            match backup.step(PAGES_AT_A_TIME)? {
                StepResult::Done => return Ok(()),
                StepResult::Busy | StepResult::Locked => {
                    std::thread::sleep(std::time::Duration::from_millis(10));
                }
                _ => {}
            }
        }
    };
    run().map_err(|error| row::refused(&error))
}

fn seal(
    plan: &Plan,
    copy: &Path,
    partial: &Path,
    progress: Progress<'_>,
) -> Result<(), WriteError> {
    let (counts, attachments) = contents(copy)?;
    let attachments = sizes(plan, attachments)?;
    let database = fs::metadata(copy)
        .map_err(|error| failed(copy, &error))?
        .len();
    let all = attachments
        .iter()
        .fold(database, |all, (_, size)| all.saturating_add(*size));
    let mut done = 0;
    let mut write = || -> io::Result<()> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(partial)?;
        let mut to = Sealer::new(BufWriter::new(file), &plan.passphrase, plan.cost)?;
        to.write_all(&[VERSION])?;
        to.write_all(plan.root.bytes())?;
        let number = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
        for count in counts
            .into_iter()
            .chain([database, number(attachments.len())])
        {
            to.write_all(&count.to_be_bytes())?;
        }
        let mut tick = |count: u64| {
            done = count.saturating_add(done);
            progress(done, all);
        };
        pour(&File::open(copy)?, database, &mut to, &mut tick)?;
        for (id, size) in &attachments {
            to.write_all(id.as_bytes())?;
            to.write_all(&size.to_be_bytes())?;
            pour(
                &File::open(plan.files.whole(*id))?,
                *size,
                &mut to,
                &mut tick,
            )?;
        }
        to.finish()?.into_inner()?.sync_all()
    };
    write().map_err(|error| failed(&plan.file, &error))
}

/// Rows of the copy, and the attachments that belong to it.
fn contents(copy: &Path) -> Result<([u64; 5], Vec<AttachmentId>), StoreError> {
    let conn = Connection::open(copy).map_err(|error| row::broken(&error))?;
    let sql = sql::attachment::COMPLETE;
    let attachments = row::list(&conn, sql, "attachment", (), |columns| {
        columns.attachment("attachment")
    })?;
    Ok((maintenance::counts(&conn)?, attachments))
}

fn sizes(
    plan: &Plan,
    attachments: Vec<AttachmentId>,
) -> Result<Vec<(AttachmentId, u64)>, WriteError> {
    attachments
        .into_iter()
        .map(|id| {
            let path = plan.files.whole(id);
            let metadata = fs::metadata(&path).map_err(|error| failed(&path, &error))?;
            Ok((id, metadata.len()))
        })
        .collect()
}

/// Exactly so many bytes.
fn pour(
    from: &File,
    size: u64,
    to: &mut impl io::Write,
    tick: &mut impl FnMut(u64),
) -> io::Result<()> {
    let mut left = size;
    while left > 0 {
        let count = io::copy(&mut from.take(left.min(TICK)), to)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        left = left.saturating_sub(count);
        tick(count);
    }
    Ok(())
}

/// The file takes its name when it is whole.
fn settle(partial: &Path, file: &Path) -> io::Result<()> {
    fs::rename(partial, file)?;
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

fn partial(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

fn failed(path: &Path, error: &io::Error) -> WriteError {
    if file::is_full(error) {
        WriteError::Full
    } else {
        StoreError::Broken(format!("backup: {}: {error}", path.display())).into()
    }
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "a file of a backup stays behind");
        }
        Ok(()) | Err(_) => {}
    }
}

pub(crate) const VERSION: u8 = 1;
/// 4 MiB.
const PAGES_AT_A_TIME: i32 = 1024;
/// Bytes between two reports.
const TICK: u64 = 4 * 1024 * 1024;
