//! Data at rest: nothing secret is in any file of the store, nor what it protects.

use std::fs;
use std::path::Path;

use store::Change;
use store::conformance::sample;
use store::dispatch::Dispatches as _;
use store::secret::Secrets as _;
use zeroize::Zeroizing;

use crate::{create, open};

/// Says whether any file beneath the folder holds these bytes.
fn holds(dir: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        let file = fs::read(&path).unwrap();
        file.windows(bytes.len()).any(|part| part == bytes)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_secrets_are_in_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let seed = sample::noise(4_711, 32);
    let row = sample::out(1);
    let content_key = *row.content_key.clone().unwrap();
    let store = create(dir.path());
    let changes = vec![
        sample::add(row.clone()),
        Change::PutSecret {
            name: "office.sign".to_owned(),
            value: Zeroizing::new(seed.clone()),
        },
    ];
    sample::write(&*store, changes).await.unwrap();

    // First with the log, then with what is left when all is closed.
    let nowhere = |when| {
        assert!(holds(dir.path(), b"office.sign"), "{when}");
        assert!(holds(dir.path(), &row.bytes[..64]), "{when}");
        for secret in [&seed[..], &content_key, &[7; 32]] {
            assert!(!holds(dir.path(), secret), "{when}");
        }
    };
    assert!(dir.path().join("store.db-wal").exists());
    nowhere("open");
    drop(store);
    nowhere("closed");

    let store = open(dir.path());
    let kept = store.dispatch(sample::id(1)).await.unwrap().unwrap();
    assert_eq!(*kept.content_key.unwrap(), content_key);
    let secret = store.secret("office.sign").await.unwrap().unwrap();
    assert_eq!(*secret, seed);
}
