//! Opening: one process, the right key, a schema that is known. What is refused is left as it was.

use std::fs;

use rusqlite::Connection;
use store_sqlite::{OpenError, RootKey, SqliteStore};

use crate::{create, is_whole, open, options, root, send};

#[test]
fn a_store_is_open_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());

    let second = SqliteStore::open(dir.path(), root(), options());

    assert!(matches!(second, Err(OpenError::Locked { .. })));
    drop(store);
    drop(open(dir.path()));
}

#[test]
fn a_store_is_made_once_and_never_by_accident() {
    let dir = tempfile::tempdir().unwrap();
    let missing = SqliteStore::open(dir.path(), root(), options());
    assert!(matches!(missing, Err(OpenError::Missing { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);

    drop(create(dir.path()));
    let again = SqliteStore::create(dir.path(), root(), options());
    assert!(matches!(again, Err(OpenError::Exists { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_root_key_opens_nothing_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    send(&*store, 1).await.unwrap();
    drop(store);
    let before = fs::read(dir.path().join("store.db")).unwrap();

    let other = RootKey::from_bytes([8; 32]);
    let answer = SqliteStore::open(dir.path(), other, options());

    assert!(matches!(answer, Err(OpenError::WrongRootKey)));
    assert_eq!(fs::read(dir.path().join("store.db")).unwrap(), before);
    assert!(is_whole(&*open(dir.path()), 1).await);
}

#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    let conn = Connection::open(dir.path().join("store.db")).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);

    let answer = SqliteStore::open(dir.path(), root(), options());

    assert!(matches!(
        answer,
        Err(OpenError::NewerSchema { found: 99, .. })
    ));
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("store.db"), [b'x'; 5_000]).unwrap();

    let answer = SqliteStore::open(dir.path(), root(), options());

    assert!(matches!(answer, Err(OpenError::Store(_))), "{answer:?}");
    assert_eq!(
        fs::read(dir.path().join("store.db")).unwrap(),
        [b'x'; 5_000]
    );
}
