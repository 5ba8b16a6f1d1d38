//! The conformance suite, with threads and without.

use std::sync::Arc;

use store::Store;
use store_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::{options, root};

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
