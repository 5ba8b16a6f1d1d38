//! The store on real files: the suite that every backend passes, and what only this one has.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests are tests: they panic when something is wrong"
)]

mod backup;
mod damage;
mod full;
mod kill;
mod log;
mod open;
mod rest;
mod suite;

use std::path::Path;
use std::sync::Arc;

use store::conformance::sample;
use store::{Change, Store, WriteError};
use store_sqlite::{KdfCost, Options, RootKey, SqliteStore};

fn root() -> RootKey {
    RootKey::from_bytes([7; 32])
}

fn options() -> Options {
    Options {
        backup_kdf: KdfCost::DANGEROUS_FAST,
        ..Options::default()
    }
}

fn create(dir: &Path) -> Arc<SqliteStore> {
    SqliteStore::create(dir, root(), options()).unwrap()
}

fn open(dir: &Path) -> Arc<SqliteStore> {
    SqliteStore::open(dir, root(), options()).unwrap()
}

/// Bytes of a dispatch as tests send it.
const SIZE: usize = 5_770;

/// A dispatch with a delivery and an audit entry, as a send writes them.
async fn send(store: &dyn Store, number: u64) -> Result<(), WriteError> {
    let changes = vec![
        sample::add(sample::out_of(number, SIZE)),
        Change::AddDelivery(sample::delivery(
            number,
            sample::FOTEHOBOD,
            "tj-fotehobod",
            number,
        )),
        Change::AddAudit(sample::audit(&sample::id(number).to_string())),
    ];
    sample::write(store, changes).await
}

/// Says whether that send is kept whole; panics if a part of it is kept.
async fn is_whole(store: &dyn Store, number: u64) -> bool {
    let id = sample::id(number);
    let row = store.dispatch(id).await.unwrap();
    let deliveries = store.deliveries(id).await.unwrap().len();
    let audit = store.audit_of(&id.to_string()).await.unwrap().len();
    let expected = usize::from(row.is_some());
    assert_eq!((deliveries, audit), (expected, expected), "send {number}");
    row.is_some_and(|row| {
        assert_eq!(row, sample::out_of(number, SIZE));
        true
    })
}
