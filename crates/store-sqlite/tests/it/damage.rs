//! Damage by a disk or a hand: it is named, never shown as something else.

use std::path::Path;

use rusqlite::Connection;
use store::StoreError;
use store::audit::Audit as _;
use store::conformance::sample;
use store::dispatch::Dispatches as _;
use store::maintenance::Maintenance as _;

use crate::{create, open, send};

/// Five sends, then this done to the database while nobody has it open.
async fn damaged(dir: &Path, sql: &str) {
    let store = create(dir);
    for number in 1..=5 {
        send(&*store, number).await.unwrap();
    }
    drop(store);
    let conn = Connection::open(dir.join("store.db")).unwrap();
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    assert!(conn.execute(sql, ()).unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_audit_trail_that_was_touched_is_named_by_its_entry() {
    for (sql, position) in [
        ("update audit set reason = 'another' where position = 3", 3),
        ("update audit set at = at + 1 where position = 1", 1),
        (
            "update audit set actor_no = action_no where position = 2",
            2,
        ),
        ("update audit set object_no = 1 where position = 4", 4),
        ("update audit set hash = zeroblob(32) where position = 5", 5),
        ("update audit set hash = x'00' where position = 4", 4),
        ("delete from audit where position = 2", 3),
        ("update audit set position = 9 where position = 5", 9),
    ] {
        let dir = tempfile::tempdir().unwrap();
        damaged(dir.path(), sql).await;
        let store = open(dir.path());

        assert_eq!(store.audit_check().await.unwrap(), Some(position), "{sql}");
        let wrong = store.integrity().await.unwrap();
        let said = format!("audit entry {position} does not fit the chain");
        assert!(wrong.contains(&said), "{sql}: {wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispatch_that_is_not_whole_is_not_given() {
    for sql in [
        "delete from piece where piece_no = (select min(piece_no) from piece)",
        "update piece set bytes = x'00' where piece_no = (select min(piece_no) from piece)",
        "update dispatch set content_key = (select content_key from dispatch where dispatch_no = 2) \
         where dispatch_no = 1",
        "update dispatch set lane = 77 where dispatch_no = 1",
    ] {
        let dir = tempfile::tempdir().unwrap();
        damaged(dir.path(), sql).await;
        let store = open(dir.path());

        let answer = store.dispatch(sample::id(1)).await;

        assert!(
            matches!(answer, Err(StoreError::Corrupt { .. })),
            "{sql}: {answer:?}"
        );
        assert!(
            store.dispatch(sample::id(2)).await.unwrap().is_some(),
            "{sql}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_point_nowhere_are_named() {
    let dir = tempfile::tempdir().unwrap();
    damaged(dir.path(), "delete from dispatch where dispatch_no = 1").await;

    let wrong = open(dir.path()).integrity().await.unwrap();

    assert!(
        wrong
            .iter()
            .any(|line| line.contains("delivery points to no row of dispatch")),
        "{wrong:?}"
    );
}
