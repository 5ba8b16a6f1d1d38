//! A full disk: a clear refusal, nothing half-written, and work goes on when there is room.

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use store::WriteError;
use store::attachment::Attachments as _;
use store::audit::Audit as _;
use store::conformance::sample;
use store::maintenance::Maintenance as _;
use store_sqlite::{Options, SqliteStore};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::{is_whole, open, options, root, send};

/// Writes until one is refused for want of room; what was kept is whole, what was refused left nothing.
async fn fill(store: &Arc<SqliteStore>, at_once: u64, most: u64) -> Vec<u64> {
    let mut refused = Vec::new();
    let mut number = 0;
    while refused.is_empty() && number < most {
        let mut group = JoinSet::new();
        for number in number..number + at_once {
            let store = Arc::clone(store);
            group.spawn(async move { (number, send(&*store, number).await) });
        }
        number += at_once;
        for (number, answer) in group.join_all().await {
            if let Err(error) = answer {
                assert!(matches!(error, WriteError::Full), "send {number}: {error}");
                refused.push(number);
            }
        }
    }
    assert!(!refused.is_empty(), "the disk never got full");
    for number in 0..number {
        let kept = is_whole(&**store, number).await;
        assert_eq!(kept, !refused.contains(&number), "send {number}");
    }
    assert_eq!(store.audit_check().await.unwrap(), None);
    assert_eq!(store.integrity().await.unwrap(), [""; 0]);
    refused
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_database_refuses_and_keeps_nothing_by_halves() {
    for at_once in [1, 40] {
        let dir = tempfile::tempdir().unwrap();
        let small = Options {
            pages_max: Some(400),
            ..options()
        };
        let store = SqliteStore::create(dir.path(), root(), small).unwrap();
        let refused = fill(&store, at_once, 1_000).await;
        drop(store);

        // With more room, what was refused is written after all.
        let store = open(dir.path());
        for number in refused {
            send(&*store, number).await.unwrap();
            assert!(is_whole(&*store, number).await);
        }
        assert_eq!(store.integrity().await.unwrap(), [""; 0]);
    }
}

/// Where the test goes on inside a mount namespace of its own, with this folder on a disk of 8 MiB.
const INSIDE: &str = "GUZAR_TEST_SMALL_DISK";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_and_keeps_nothing_by_halves() {
    if let Some(disk) = env::var_os(INSIDE) {
        return on_a_small_disk(Path::new(&disk)).await;
    }
    let disk = tempfile::tempdir().unwrap();
    // Root, or a kernel that lets users have namespaces.
    let inside = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
            .arg(format!(
                "mount -t tmpfs -o size=8m tmpfs \"$1\" && {script}"
            ))
            .arg("sh")
            .arg(disk.path())
            .arg(env::current_exe().unwrap());
        command.output()
    };
    if !inside("true").is_ok_and(|output| output.status.success()) {
        println!("not run: store-sqlite: a full disk: needs `unshare` and root or user namespaces");
        return;
    }
    let name = "full::a_full_disk_refuses_and_keeps_nothing_by_halves";
    let output = inside(&format!(
        "{INSIDE}=\"$1\" exec \"$2\" --exact {name} --nocapture"
    ))
    .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

async fn on_a_small_disk(disk: &Path) {
    let home = disk.join("store");
    let store = SqliteStore::create(&home, root(), options()).unwrap();
    let refused = fill(&store, 20, 3_000).await;

    // A backup and an attachment find no room either, and leave nothing.
    let backup = disk.join("backup");
    let words = Zeroizing::new("parol".to_owned());
    let answer = store.backup(&backup, words, &|_, _| {}).await;
    assert!(matches!(answer, Err(WriteError::Full)), "{answer:?}");
    let left: Vec<_> = std::fs::read_dir(disk)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["store"]);
    assert_eq!(std::fs::read_dir(store.scratch()).unwrap().count(), 0);
    let id = sample::attachment_id(1);
    let answer = store.attachment_write(id, 0, vec![1; 8 << 20]).await;
    assert!(matches!(answer, Err(WriteError::Full)), "{answer:?}");
    store.attachment_drop(id).await.unwrap();
    drop(store);

    // Somebody makes room.
    let remount = Command::new("mount")
        .args(["-o", "remount,size=64m"])
        .arg(disk)
        .status();
    assert!(remount.unwrap().success());
    let store = open(&home);
    for number in refused {
        send(&*store, number).await.unwrap();
        assert!(is_whole(&*store, number).await);
    }
    assert_eq!(store.integrity().await.unwrap(), [""; 0]);
}
