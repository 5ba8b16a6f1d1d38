//! SIGKILL at any moment: what was acknowledged is there, and nothing is there by halves.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use store::audit::Audit as _;
use store::maintenance::Maintenance as _;
use store_sqlite::SqliteStore;

use crate::{is_whole, open, options, root, send};

/// The folder of the store, in the process that is going to be killed.
const INSIDE: &str = "GUZAR_TEST_KILLED_STORE";

/// The number of its first send.
const FIRST: &str = "GUZAR_TEST_KILLED_FIRST";

const ROUNDS: u64 = 12;

/// More than a round can write before it is killed.
const ROUND_MAX: u64 = 100_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_a_kill() {
    if let Some(home) = env::var_os(INSIDE) {
        let first = env::var_os(FIRST).unwrap();
        let first = first.to_str().unwrap().parse().unwrap();
        return write_until_killed(Path::new(&home), first).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("store");
    drop(SqliteStore::create(&home, root(), options()).unwrap());
    for round in 0..ROUNDS {
        let first = round * ROUND_MAX;
        let acknowledged = killed_after(&home, first, 1 + round * 37 % 200);
        let store = open(&home);
        let last = acknowledged.iter().max().unwrap();
        for number in first..last + 50 {
            let kept = is_whole(&*store, number).await;
            assert!(kept || !acknowledged.contains(&number), "send {number}");
        }
        assert_eq!(store.audit_check().await.unwrap(), None);
        assert_eq!(store.integrity().await.unwrap(), [""; 0]);
    }
}

/// Runs this test in a process of its own until it has acknowledged so many sends, then kills it.
fn killed_after(home: &Path, first: u64, count: u64) -> Vec<u64> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "kill::what_was_acknowledged_outlives_a_kill",
            "--nocapture",
        ])
        .env(INSIDE, home)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    for line in lines.by_ref() {
        acknowledged.extend(number(&line.unwrap()));
        if u64::try_from(acknowledged.len()).unwrap() == count {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    // What it said before the kill and was not read until after it was acknowledged all the same.
    assert!(u64::try_from(acknowledged.len()).unwrap() >= count);
    acknowledged
}

fn number(line: &str) -> Option<u64> {
    line.strip_prefix("acknowledged ")?.parse().ok()
}

async fn write_until_killed(home: &Path, first: u64) {
    let store = open(home);
    let mut tasks = tokio::task::JoinSet::new();
    for lane in 0..16 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in (first + lane..first + ROUND_MAX).step_by(16) {
                send(&*store, number).await.unwrap();
                let line = format!("acknowledged {number}\n");
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
        });
    }
    tasks.join_all().await;
}
