//! Programs by seed: a fixed list, and a new one at each run.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// A seed that ever failed stays here.
const SEEDS: [u64; 18] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 131, 163,
];

async fn run(seed: u64) {
    if let Err(error) = Box::pin(testkit::program::run(seed)).await {
        panic!("{error:#}");
    }
}

#[tokio::test(start_paused = true)]
async fn known_seeds_first_half() {
    let (first, _) = SEEDS.split_at(SEEDS.len() / 2);
    for seed in first {
        run(*seed).await;
    }
}

#[tokio::test(start_paused = true)]
async fn known_seeds_second_half() {
    let (_, second) = SEEDS.split_at(SEEDS.len() / 2);
    for seed in second {
        run(*seed).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_seed() {
    let seed = RandomState::new().build_hasher().finish();
    println!("seed {seed}: put it into SEEDS if it fails");
    run(seed).await;
}
