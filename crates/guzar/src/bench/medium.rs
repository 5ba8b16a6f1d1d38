//! What the disk takes: appends with fdatasync, and SQLite commits, by the size of their group.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde::Serialize;

use crate::bench::load::rate;

/// How long each group size is measured.
const LENGTH: Duration = Duration::from_millis(700);

/// Bytes of one append.
const APPEND: usize = 4_096;

/// Bytes of one row: a sealed dispatch of 2 KiB with three recipients.
const ROW: usize = 5_770;

/// Records per second by the number in one commit.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Groups {
    pub(crate) of_1: f64,
    pub(crate) of_8: f64,
    pub(crate) of_64: f64,
}

impl Groups {
    fn measure(mut commit: impl FnMut(u64) -> anyhow::Result<()>) -> anyhow::Result<Self> {
        let mut of = |size: u64| -> anyhow::Result<f64> {
            let start = Instant::now();
            let mut records: u64 = 0;
            while start.elapsed() < LENGTH {
                commit(size)?;
                records = records.saturating_add(size);
            }
            Ok(rate(records, start.elapsed()))
        };
        Ok(Self {
            of_1: of(1)?,
            of_8: of(8)?,
            of_64: of(64)?,
        })
    }
}

/// Appends and fdatasync, the file growing.
pub(crate) fn append(dir: &Path) -> anyhow::Result<Groups> {
    let file = dir.join("append.bench");
    let mut out = File::create(&file)?;
    let record = vec![1_u8; APPEND];
    let groups = Groups::measure(|size| {
        for _ in 0..size {
            out.write_all(&record)?;
        }
        out.sync_data()?;
        Ok(())
    })?;
    drop(out);
    std::fs::remove_file(file)?;
    Ok(groups)
}

/// Rows with an index, in WAL mode with `synchronous = FULL`, as a durable store has to.
pub(crate) fn sqlite(dir: &Path) -> anyhow::Result<Groups> {
    let file = dir.join("limits.bench");
    let conn = Connection::open(&file)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.execute_batch(
        "create table record (record_id integer primary key, name blob not null, bytes blob not null) strict;
         create unique index record_name on record (name);",
    )?;
    let bytes = vec![3_u8; ROW];
    let mut next: u64 = 0;
    let groups = Groups::measure(|size| {
        let commit = conn.unchecked_transaction()?;
        {
            let mut insert =
                conn.prepare_cached("insert into record (name, bytes) values (?1, ?2)")?;
            for _ in 0..size {
                next = next.wrapping_add(0x9E37_79B9_7F4A_7C15);
                insert.execute((next.to_be_bytes(), &bytes))?;
            }
        }
        commit.commit()?;
        Ok(())
    })?;
    drop(conn);
    for end in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(groups)
}
