//! The conformance suite, with threads and without.

use std::sync::Arc;

use store::Store;
use store_sqlite::{KdfCost, Options, RootKey, SqliteStore};
use tempfile::TempDir;

fn root() -> RootKey {
    RootKey::from_bytes([7; 32])
}

fn options() -> Options {
    Options {
        backup_kdf: KdfCost::DANGEROUS_FAST,
        ..Options::default()
    }
}

mod threads {
    use super::*;

    fn home() -> (TempDir, impl Fn() -> Arc<dyn Store>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store");
        let open = move || -> Arc<dyn Store> {
            if path.exists() {
                SqliteStore::open(&path, root(), options()).unwrap()
            } else {
                SqliteStore::create(&path, root(), options()).unwrap()
            }
        };
        (dir, open)
    }

    store::suite!(home());
}

mod inline {
    use super::*;

    fn home() -> (TempDir, impl Fn() -> Arc<dyn Store>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        let open = move || -> Arc<dyn Store> {
            SqliteStore::open_inline(&path, root(), options()).unwrap()
        };
        (dir, open)
    }

    store::suite!(home());
}
