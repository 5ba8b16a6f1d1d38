//! The write-ahead log: short under load, and short again after a reader that held an old view.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use store_sqlite::SqliteStore;
use tokio::task::JoinSet;

use crate::{create, send};

/// A busy store leaves a log of 4 to 8 MiB; with the thread that moves it starved, one of some more.
const LONGEST: u64 = 32 << 20;

async fn send_all(store: &Arc<SqliteStore>, numbers: std::ops::Range<u64>) {
    let mut tasks = JoinSet::new();
    for lane in 0..64 {
        let store = Arc::clone(store);
        let numbers = numbers.clone();
        tasks.spawn(async move {
            for number in numbers.skip(lane).step_by(64) {
                send(&*store, number).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
}

fn log(dir: &Path) -> u64 {
    std::fs::metadata(dir.join("store.db-wal")).unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_short_and_shrinks_after_a_long_look() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    send_all(&store, 0..4_000).await;
    let busy = log(dir.path());
    assert!(busy < LONGEST, "{busy}");

    // A view that is held keeps the log from beginning anew.
    let held = Connection::open(dir.path().join("store.db")).unwrap();
    held.execute_batch("begin; select count(*) from dispatch;")
        .unwrap();
    send_all(&store, 4_000..9_000).await;
    let during = log(dir.path());
    assert!(during > LONGEST, "{during}");

    held.execute_batch("commit").unwrap();
    drop(held);
    // The log is cut when it begins anew, which is with the first write after it was moved whole.
    let mut number = 9_000;
    while log(dir.path()) > LONGEST && number < 20_000 {
        send_all(&store, number..number + 100).await;
        number += 100;
    }
    let after = log(dir.path());
    assert!(after <= LONGEST, "{after}");
}
