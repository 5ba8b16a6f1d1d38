//! Keeps the write-ahead log short without making writers wait.
//!
//! A second connection moves pages from the log into the database while the writer goes on. It can never quite
//! catch up with a busy writer, and only a log that is moved whole is begun anew: what is left is then moved by
//! the writer itself, between two commits, when it is little. So the log stays below twice [`MOVE_AT`] pages,
//! unless a reader holds an old view (a backup), and shrinks again after.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};

use rusqlite::Connection;

use crate::engine::Engine;

/// The writer's side.
pub(crate) struct Checkpointer {
    wake: SyncSender<()>,
    busy: Arc<AtomicBool>,
}

impl Checkpointer {
    /// The writer's side, and what the thread has to run.
    pub(crate) fn new(conn: Connection) -> (Self, impl FnOnce() + Send + 'static) {
        let (wake, woken) = mpsc::sync_channel(1);
        let busy = Arc::new(AtomicBool::new(false));
        let state = Arc::clone(&busy);
        (Self { wake, busy }, move || run(&conn, &woken, &state))
    }

    /// Looks at the length of the log after a commit.
    pub(crate) fn after_commit(&self, engine: &Engine) {
        if self.busy.load(Ordering::Acquire) {
            return;
        }
        let done = engine.log_pages().and_then(|(pages, moved)| {
            let left = pages.saturating_sub(moved);
            if pages < MOVE_AT || left <= 0 {
                return Ok(());
            }
            if left <= FEW || (pages >= LONG && left <= MANY) {
                return engine.checkpoint();
            }
            self.wake();
            Ok(())
        });
        if let Err(error) = done {
            tracing::warn!(%error, "the write-ahead log could not be moved into the database");
        }
    }

    fn wake(&self) {
        self.busy.store(true, Ordering::Release);
        if self.wake.try_send(()).is_err() {
            self.busy.store(false, Ordering::Release);
        }
    }
}

fn run(conn: &Connection, woken: &Receiver<()>, busy: &AtomicBool) {
    while woken.recv().is_ok() {
        if let Err(error) = conn.query_row("pragma wal_checkpoint(passive)", (), |_| Ok(())) {
            tracing::warn!(%error, "the write-ahead log could not be moved into the database");
        }
        busy.store(false, Ordering::Release);
    }
}

/// Pages in the log from which on they are moved: 4 MiB.
const MOVE_AT: i64 = 1_000;
/// So few that the writer moves them itself: two milliseconds.
const FEW: i64 = 512;
/// From here on the writer moves more of them, so that the log ends: 8 MiB.
const LONG: i64 = 2_000;
/// The most that the writer moves by itself, some 20 ms. More is left by a backup, and is for the other thread first.
const MANY: i64 = 4_000;
