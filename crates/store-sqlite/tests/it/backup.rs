//! Backups: made while others write, restored, and proved before they count.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use model::ids::{AttachmentId, DispatchId};
use store::attachment::{AttachmentRow, AttachmentState, Attachments as _};
use store::audit::Audit as _;
use store::conformance::sample;
use store::maintenance::Maintenance as _;
use store::secret::Secrets as _;
use store::{Change, Store as _, Write, WriteError};
use store_sqlite::{RestoreError, Restored, SqliteStore, restore};
use tempfile::TempDir;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::{create, is_whole, options, root, send};

const WORDS: &str = "uch ming to'qqiz yuz";

fn words() -> Zeroizing<String> {
    Zeroizing::new(WORDS.to_owned())
}

fn attempt(file: &Path, passphrase: &str, into: &Path) -> Result<Restored, RestoreError> {
    restore(file, passphrase, into, &mut |_, _| Ok(()), &mut |_, _| {})
}

/// A store with five sends, a secret, a complete attachment and one that is under way; and its backup.
struct Kept {
    dir: TempDir,
    store: Arc<SqliteStore>,
    attachment: AttachmentId,
}

impl Kept {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = create(&dir.path().join("store"));
        for number in 0..5 {
            send(&*store, number).await.unwrap();
        }
        let bytes = sample::noise(77, 100_000);
        let attachment = AttachmentId::from_slice(digest(&SHA256, &bytes).as_ref()).unwrap();
        store.attachment_write(attachment, 0, bytes).await.unwrap();
        store.attachment_finish(attachment).await.unwrap();
        let partial = sample::attachment(2, 1);
        store
            .attachment_write(partial.id, 0, vec![1; 500])
            .await
            .unwrap();
        let complete = AttachmentRow {
            id: attachment,
            have: 100_000,
            state: AttachmentState::Complete,
            ..sample::attachment(1, 1)
        };
        let changes = vec![
            Change::AddAttachment(complete),
            Change::AddAttachment(partial),
            Change::PutSecret {
                name: "office.seal".to_owned(),
                value: Zeroizing::new(b"a private key".to_vec()),
            },
        ];
        sample::write(&*store, changes).await.unwrap();
        Self {
            dir,
            store,
            attachment,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    async fn back_up(&self, name: &str) -> PathBuf {
        let file = self.path(name);
        self.store.backup(&file, words(), &|_, _| {}).await.unwrap();
        file
    }

    /// Nothing may be restored, and nothing may be left of it.
    fn fails(&self, file: &Path, passphrase: &str) -> RestoreError {
        let into = self.path("restored");
        let error = attempt(file, passphrase, &into).unwrap_err();
        assert!(!into.exists());
        assert!(!self.path("restored.restoring").exists());
        error
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_store_at_work_is_one_instant_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(&dir.path().join("store"));
    let (acknowledged, stop) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    for number in 0..300 {
        send(&*store, number).await.unwrap();
        acknowledged.store(number + 1, Ordering::SeqCst);
    }
    let mut writing = JoinSet::new();
    writing.spawn({
        let (store, acknowledged, stop) = (
            Arc::clone(&store),
            Arc::clone(&acknowledged),
            Arc::clone(&stop),
        );
        async move {
            let mut number = 300;
            while !stop.load(Ordering::SeqCst) {
                send(&*store, number).await.unwrap();
                number += 1;
                acknowledged.store(number, Ordering::SeqCst);
            }
        }
    });

    let file = dir.path().join("backup");
    let before = acknowledged.load(Ordering::SeqCst);
    store.backup(&file, words(), &|_, _| {}).await.unwrap();
    let after = acknowledged.load(Ordering::SeqCst);
    while acknowledged.load(Ordering::SeqCst) == after {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    stop.store(true, Ordering::SeqCst);
    writing.join_all().await;

    let into = dir.path().join("restored");
    let mut checked = 0;
    let mut check = |_: DispatchId, bytes: &[u8]| {
        checked += 1;
        assert_eq!(bytes.len(), crate::SIZE);
        Ok(())
    };
    let restored = restore(&file, WORDS, &into, &mut check, &mut |_, _| {}).unwrap();
    let count = restored.totals.dispatches;
    assert_eq!(checked, count);
    // One write more may have been committed and not yet acknowledged.
    assert!(
        (before..=after + 1).contains(&count),
        "{before} {count} {after}"
    );
    let restored = SqliteStore::open(&into, restored.root, options()).unwrap();
    for number in 0..=after {
        assert_eq!(is_whole(&*restored, number).await, number < count);
    }
    assert_eq!(restored.audit_check().await.unwrap(), None);
    assert_eq!(restored.integrity().await.unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_restored_goes_on_as_it_was() {
    let kept = Kept::new().await;
    let file = kept.path("backup");
    let reports = std::sync::Mutex::new(Vec::new());
    let report = |done, all| reports.lock().unwrap().push((done, all));
    kept.store.backup(&file, words(), &report).await.unwrap();
    let (done, all) = *reports.lock().unwrap().last().unwrap();
    assert_eq!(done, all);

    let into = kept.path("restored");
    let restored = attempt(&file, WORDS, &into).unwrap();

    // The key is the old one, though it was not asked for.
    let root_file = kept.path("root.key");
    restored.root.save_file(&root_file).unwrap();
    let root = store_sqlite::RootKey::open_file(&root_file).unwrap();
    let store = SqliteStore::open(&into, root, options()).unwrap();
    for number in 0..5 {
        assert!(is_whole(&*store, number).await);
    }
    let secret = store.secret("office.seal").await.unwrap().unwrap();
    assert_eq!(secret.as_slice(), b"a private key");
    let bytes = store.attachment_read(kept.attachment, 0, 100_001).await;
    assert_eq!(bytes.unwrap(), sample::noise(77, 100_000));
    send(&*store, 5).await.unwrap();
    assert_eq!(store.totals().await.unwrap().audit, 6);
    assert_eq!(store.audit_check().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_shows_nothing_of_what_is_in_it() {
    let kept = Kept::new().await;
    let bytes = fs::read(kept.back_up("backup").await).unwrap();
    for plain in [
        &b"SQLite format"[..],
        b"UZ-OYBEK",
        b"officer:A1",
        &[7; 32],
        &sample::noise(0, 64),
        &sample::noise(77, 64),
    ] {
        assert!(!bytes.windows(plain.len()).any(|part| part == plain));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_cut_or_alien_backup_restores_nothing() {
    let kept = Kept::new().await;
    let file = kept.back_up("backup").await;
    let whole = fs::read(&file).unwrap();
    let spoilt = kept.path("spoilt");

    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&spoilt, &bytes).unwrap();
        kept.fails(&spoilt, WORDS);
        fs::write(&spoilt, &whole[..at]).unwrap();
        kept.fails(&spoilt, WORDS);
    }
    let last = whole.len() - 1;
    fs::write(&spoilt, &whole[..last]).unwrap();
    let error = kept.fails(&spoilt, WORDS);
    assert!(matches!(error, RestoreError::Damaged { .. }), "{error}");
    fs::write(
        &spoilt,
        b"PK\x03\x04 something else altogether, and long enough",
    )
    .unwrap();
    let error = kept.fails(&spoilt, WORDS);
    assert!(matches!(error, RestoreError::Format { .. }), "{error}");
    let error = kept.fails(&file, "another");
    assert!(matches!(error, RestoreError::Passphrase { .. }), "{error}");
    let error = kept.fails(&kept.path("nowhere"), WORDS);
    assert!(matches!(error, RestoreError::Read { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_prove_right_is_not_restored() {
    let kept = Kept::new().await;
    let file = kept.back_up("backup").await;

    let into = kept.path("restored");
    let mut check = |id: DispatchId, _: &[u8]| {
        let right = id != sample::id(3);
        right
            .then_some(())
            .ok_or_else(|| "hash is wrong".to_owned())
    };
    let error = restore(&file, WORDS, &into, &mut check, &mut |_, _| {}).unwrap_err();
    assert!(error.to_string().contains("hash is wrong"), "{error}");
    assert!(!into.exists());

    // An attachment that was altered on the disk before the backup.
    let path = kept
        .path("store/attachments")
        .join(kept.attachment.to_string());
    let mut bytes = fs::read(&path).unwrap();
    bytes[50_000] ^= 1;
    fs::write(&path, bytes).unwrap();
    let file = kept.back_up("second").await;
    let error = kept.fails(&file, WORDS);
    assert!(matches!(error, RestoreError::Proof(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_overwritten() {
    let kept = Kept::new().await;
    let file = kept.back_up("backup").await;
    let bytes = fs::read(&file).unwrap();

    let again = kept.store.backup(&file, words(), &|_, _| {}).await;
    assert!(matches!(again, Err(WriteError::Store(_))), "{again:?}");
    assert_eq!(fs::read(&file).unwrap(), bytes);
    let error = attempt(&file, WORDS, &kept.path("store")).unwrap_err();
    assert!(matches!(error, RestoreError::Occupied { .. }), "{error}");
    assert!(is_whole(&*kept.store, 4).await);

    let nowhere = kept.path("other");
    let empty = kept
        .store
        .backup(&nowhere, Zeroizing::default(), &|_, _| {})
        .await;
    assert!(empty.is_err());
    assert!(!nowhere.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_was_stopped_can_begin_anew() {
    let kept = Kept::new().await;
    let file = kept.back_up("backup").await;
    let left = kept.path("restored.restoring");
    fs::create_dir_all(left.join("attachments")).unwrap();
    fs::write(left.join("store.db"), b"half").unwrap();

    let restored = attempt(&file, WORDS, &kept.path("restored")).unwrap();

    assert_eq!(restored.totals.dispatches, 5);
    assert!(!left.exists());
}

#[tokio::test]
async fn a_store_without_threads_is_backed_up_too() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("store");
    let store = SqliteStore::open_inline(&home, root(), options()).unwrap();
    let (name, changes) = ("one", vec![sample::add(sample::out(1))]);
    store.write(Write { name, changes }).await.unwrap();
    let file = dir.path().join("backup");
    store.backup(&file, words(), &|_, _| {}).await.unwrap();

    let restored = attempt(&file, WORDS, &dir.path().join("restored")).unwrap();

    assert_eq!(restored.totals.dispatches, 1);
}
