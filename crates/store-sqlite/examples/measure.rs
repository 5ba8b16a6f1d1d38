//! What a write costs: CPU and time for each, bytes on disk, memory.
//!
//! `cargo run --release -p store-sqlite --example measure -- [dispatches] [in flight]`
#![expect(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for developers"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use model::delivery::DeliveryState;
use store::conformance::sample;
use store::dispatch::Dispatches as _;
use store::{Change, Store, Write};
use store_sqlite::{Options, RootKey, SqliteStore};

const SIZE: usize = 5_770;

#[tokio::main(worker_threads = 2)]
async fn main() {
    let number = |place: usize, other: u64| {
        std::env::args()
            .nth(place)
            .map_or(other, |text| text.parse().unwrap())
    };
    let (count, flight) = (number(1, 50_000), number(2, 64));
    let dir = tempfile::tempdir_in(".").unwrap();
    let place = |name: &str| dir.path().join(name);
    println!("{count} dispatches of {SIZE} bytes, {flight} in flight");

    let sender = open(&place("sender"));
    println!("idle: {} KiB resident", resident());
    measure(&sender, "send", count, flight, sending).await;
    measure(&sender, "receipt", count, flight, receipted).await;
    disk(&*sender, "sender", count).await;
    println!("loaded: {} KiB resident", resident());
    drop(sender);

    let receiver = open(&place("receiver"));
    measure(&receiver, "receive", count, flight, receiving).await;
    disk(&*receiver, "receiver", count).await;
    measure(&receiver, "one at a time", 500, 1, |number| {
        receiving(number + 10_000_000)
    })
    .await;
    println!("loaded: {} KiB resident", resident());
    reads(&receiver, count).await;
}

fn open(dir: &Path) -> Arc<SqliteStore> {
    SqliteStore::create(dir, RootKey::from_bytes([7; 32]), Options::default()).unwrap()
}

fn sending(number: u64) -> Vec<Change> {
    let mut row = sample::out_of(number, SIZE);
    row.line.stored = sample::at(0).plus_millis(i64::try_from(number).unwrap());
    let to = |office, node| Change::AddDelivery(sample::delivery(number, office, node, number));
    let counter = |name: &str| Change::RaiseCounter {
        name: name.to_owned(),
        value: number,
    };
    vec![
        sample::add(row),
        to(sample::FOTEHOBOD, "tj-fotehobod"),
        to(sample::DUSHANBE, "tj-fotehobod"),
        to(sample::OYBEK, "tj-fotehobod"),
        Change::AddAudit(sample::audit(&sample::id(number).to_string())),
        counter("reference.UZ-OYBEK-2026"),
        counter("sequence.tj-fotehobod"),
    ]
}

fn receipted(number: u64) -> Vec<Change> {
    let from = [DeliveryState::Queued, DeliveryState::Relayed];
    let moved = |office| sample::move_to(number, office, &from, DeliveryState::Delivered);
    vec![
        Change::AddReceipt(sample::receipt(number, "tj-fotehobod", "stored")),
        moved(sample::FOTEHOBOD),
        moved(sample::DUSHANBE),
        moved(sample::OYBEK),
    ]
}

fn receiving(number: u64) -> Vec<Change> {
    let mut row = sample::incoming(number, number);
    row.bytes = sample::noise(number, SIZE);
    row.line.stored = sample::at(0).plus_millis(i64::try_from(number).unwrap());
    vec![
        sample::add(row),
        Change::AddReceipt(sample::receipt(number, "tj-fotehobod", "stored")),
        Change::AddAudit(sample::audit(&sample::id(number).to_string())),
    ]
}

/// Runs so many writes with so many in flight; says what each took of all threads but the makers' own share.
async fn measure(
    store: &Arc<SqliteStore>,
    name: &'static str,
    count: u64,
    flight: u64,
    make: fn(u64) -> Vec<Change>,
) {
    // Making the rows is not the store's cost: it is measured by itself and taken off.
    let before = cpu_us();
    for number in 0..2_000 {
        std::hint::black_box(make(number));
    }
    let making = (cpu_us() - before) as f64 / 2_000.0;

    let writer = writer_us();
    let (before, started) = (cpu_us(), Instant::now());
    let mut tasks = tokio::task::JoinSet::new();
    for lane in 0..flight {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            for number in (lane..count).step_by(usize::try_from(flight).unwrap()) {
                let changes = make(number);
                store.write(Write { name, changes }).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let cpu = (cpu_us() - before) as f64 / count as f64 - making;
    let wall = started.elapsed().as_secs_f64();
    println!(
        "{name}: {cpu:.1} us of CPU each (and {making:.1} to make), {:.0} a second, writer {:.1} us",
        count as f64 / wall,
        (writer_us() - writer) / count as f64,
    );
}

async fn disk(store: &dyn Store, name: &str, count: u64) {
    let totals = store.totals().await.unwrap();
    let bytes = count * u64::try_from(SIZE).unwrap();
    println!(
        "{name}: {} bytes on disk with the log, {:.3} for each byte",
        totals.disk,
        totals.disk as f64 / bytes as f64
    );
}

async fn reads(store: &Arc<SqliteStore>, count: u64) {
    let started = Instant::now();
    for number in 0..2_000 {
        let id = sample::id(number * 7 % count);
        assert!(store.dispatch(id).await.unwrap().is_some());
    }
    println!("a dispatch read: {:.1} us", each(started));
    let started = Instant::now();
    for number in 0..2_000 {
        let id = sample::id(number * 7 % count);
        assert!(store.dispatch_line(id).await.unwrap().is_some());
    }
    println!("a line read: {:.1} us", each(started));
}

fn each(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e6 / 2_000.0
}

/// User and system time of this process, from the kernel's clock ticks.
fn cpu_us() -> u64 {
    threads().iter().map(|(_, ns)| ns / 1_000).sum()
}

fn threads() -> Vec<(String, u64)> {
    std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = std::fs::read_to_string(path.join("comm")).ok()?;
            let stat = std::fs::read_to_string(path.join("schedstat")).ok()?;
            let ns = stat.split_ascii_whitespace().next()?.parse().ok()?;
            Some((name.trim().to_owned(), ns))
        })
        .collect()
}

fn writer_us() -> f64 {
    let total: u64 = threads()
        .iter()
        .filter(|(name, _)| name == "guzar-write" || name == "guzar-log")
        .map(|(_, ns)| ns)
        .sum();
    total as f64 / 1_000.0
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let mut words = line.unwrap().split_ascii_whitespace();
    words.nth(1).unwrap().parse().unwrap()
}
