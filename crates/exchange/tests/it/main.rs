//! The wire of `exchange` from outside: frames, streams of them, bundle files.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests: they panic when something is wrong"
)]

mod any;
mod bundle;
mod frame;
mod golden;
