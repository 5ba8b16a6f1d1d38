//! Opening the files of a store: one process at a time, the right schema, the right root key.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use store::{StoreError, sql};
use thiserror::Error;

use crate::crypter::{CellOf, Crypter};
use crate::options::Options;
use crate::row;
use crate::schema;

/// Why a store could not be opened. Nothing in it was changed.
#[derive(Debug, Error)]
pub enum OpenError {
    #[error("failed to use {}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is open in another process", path.display())]
    Locked { path: PathBuf },
    #[error("there is no store in {}", path.display())]
    Missing { path: PathBuf },
    #[error("there is a store in {} already", path.display())]
    Exists { path: PathBuf },
    #[error(
        "the store has schema {found}, and this program knows up to {known}: use the newer program"
    )]
    NewerSchema { found: i64, known: i64 },
    #[error("SQLite {found} is too old: before 3.51.3 it can lose commits when its log is reset")]
    OldSqlite { found: &'static str },
    #[error("this root key does not open this store")]
    WrongRootKey,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The files of a store, locked for this process.
pub(crate) struct Home {
    pub(crate) dir: PathBuf,
    /// Unlocked when it is closed.
    _lock: File,
}

impl Home {
    pub(crate) fn lock(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join("store.lock");
        let failed = |source| OpenError::Io {
            path: path.clone(),
            source,
        };
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                dir: dir.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked {
                path: dir.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        database(&self.dir)
    }
}

pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join("store.db")
}

/// Makes the folder of a new store, and an empty database in it.
pub(crate) fn create(dir: &Path) -> Result<Home, OpenError> {
    let failed = |source| OpenError::Io {
        path: dir.to_owned(),
        source,
    };
    fs::create_dir_all(dir).map_err(failed)?;
    let home = Home::lock(dir)?;
    if home.database().exists() {
        return Err(OpenError::Exists {
            path: dir.to_owned(),
        });
    }
    Ok(home)
}

/// The folder of a store that is there.
pub(crate) fn existing(dir: &Path) -> Result<Home, OpenError> {
    if !database(dir).exists() {
        return Err(OpenError::Missing {
            path: dir.to_owned(),
        });
    }
    Home::lock(dir)
}

/// The writing connection, with the schema brought up to date and the root key checked.
pub(crate) fn writer(
    path: Option<&Path>,
    crypter: &Crypter,
    options: &Options,
) -> Result<Connection, OpenError> {
    check_version(rusqlite::version_number(), rusqlite::version())?;
    let mut conn = match path {
        Some(path) => Connection::open_with_flags(path, flags(true)),
        None => Connection::open_in_memory(),
    }
    .map_err(|error| row::broken(&error))?;
    tune(&conn, options.write_cache_kib).map_err(|error| row::broken(&error))?;
    if let Some(pages) = options.pages_max {
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .map_err(|error| row::broken(&error))?;
    }
    schema::migrate(&mut conn)?;
    check_root_key(&conn, crypter)?;
    Ok(conn)
}

/// A connection that cannot write.
pub(crate) fn reader(path: &Path, options: &Options) -> Result<Connection, StoreError> {
    let open = || {
        let conn = Connection::open_with_flags(path, flags(false))?;
        tune(&conn, options.read_cache_kib)?;
        conn.pragma_update(None, "query_only", true)?;
        Ok(conn)
    };
    open().map_err(|error| row::broken(&error))
}

/// A second writing connection, for the log only.
pub(crate) fn checkpointer(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let conn = Connection::open_with_flags(path, flags(false))?;
        tune(&conn, 64)?;
        Ok(conn)
    };
    open().map_err(|error| row::broken(&error))
}

fn flags(create: bool) -> OpenFlags {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        flags
    }
}

fn tune(conn: &Connection, cache_kib: u32) -> rusqlite::Result<()> {
    conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Without it a query is prepared anew when its parameters change.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    conn.execute_batch(&format!(
        // The page size comes first: it cannot change once there is a page. `piece.rs` counts on it.
        "pragma page_size = 4096;
         pragma journal_mode = wal;
         pragma synchronous = full;
         pragma wal_autocheckpoint = 0;
         pragma journal_size_limit = 8388608;
         pragma foreign_keys = off;
         pragma temp_store = memory;
         pragma mmap_size = 0;
         pragma trusted_schema = off;
         pragma secure_delete = fast;
         pragma cache_size = -{cache_kib};"
    ))
}

fn check_version(number: i32, found: &'static str) -> Result<(), OpenError> {
    if number < SQLITE_MIN {
        return Err(OpenError::OldSqlite { found });
    }
    Ok(())
}

/// A new store remembers its root key by a cell that only that key opens.
fn check_root_key(conn: &Connection, crypter: &Crypter) -> Result<(), OpenError> {
    let known: Option<Vec<u8>> = row::first(conn, sql::meta::FIND, "meta", (PROOF,), |columns| {
        columns.take("value")
    })?;
    let cell = CellOf {
        table: "meta",
        column: "value",
        row: PROOF.as_bytes(),
    };
    let Some(proof) = known else {
        let proof = crypter.encrypt(cell, PROOF.as_bytes())?;
        conn.execute(sql::meta::PUT, (PROOF, proof))
            .map_err(|error| row::broken(&error))?;
        return Ok(());
    };
    if crypter.decrypt(cell, &proof).is_err() {
        return Err(OpenError::WrongRootKey);
    }
    Ok(())
}

/// Before it, a log that was reset could lose commits (the WAL-reset bug).
const SQLITE_MIN: i32 = 3_051_003;
/// More than there are queries, so that each is prepared once.
const STATEMENTS_MAX: usize = 128;
const PROOF: &str = "root_key";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root_key::RootKey;

    #[test]
    fn a_library_that_can_lose_commits_is_refused() {
        for (number, found) in [(3_051_002, "3.51.2"), (3_050_004, "3.50.4"), (0, "0")] {
            let answer = check_version(number, found);
            assert!(matches!(answer, Err(OpenError::OldSqlite { found: said }) if said == found));
        }
        assert!(check_version(3_051_003, "3.51.3").is_ok());
        assert!(check_version(rusqlite::version_number(), rusqlite::version()).is_ok());
    }

    #[test]
    fn every_connection_syncs_and_leaves_the_log_to_its_thread() {
        let dir = tempfile::tempdir().unwrap();
        let path = database(dir.path());
        let options = Options::default();
        let crypter = Crypter::new(&RootKey::from_bytes([7; 32])).unwrap();
        let writer = writer(Some(&path), &crypter, &options).unwrap();
        let reader = reader(&path, &options).unwrap();
        let asked = |conn: &Connection, pragma: &str| -> i64 {
            let sql = format!("pragma {pragma}");
            conn.query_row(&sql, (), |row| row.get(0)).unwrap()
        };
        for conn in [&writer, &checkpointer(&path).unwrap()] {
            assert_eq!(asked(conn, "synchronous"), 2);
            assert_eq!(asked(conn, "wal_autocheckpoint"), 0);
            assert_eq!(asked(conn, "page_size"), 4_096);
        }
        assert_eq!(asked(&reader, "query_only"), 1);
        assert!(reader.execute("delete from meta", ()).is_err());
    }
}
