//! A network of nodes in one process, for tests: real nodes with real stores over links that lose, double, reorder
//! and break, on a clock that is moved by hand.
//!
//! ```text
//! program (a seed) ──> World ──> Station: node + store in a folder of its own, killed, restored, its clock jumping
//!                        │
//!                        └─────> Wire: frames between two stations, with the dice's faults
//! ledger: every send that was acknowledged  ──> books: is each where it should be, once?
//! ```
//! A test runs on one thread with tokio's clock paused (`#[tokio::test(start_paused = true)]`): waiting costs nothing,
//! and resolves when nothing else has work. Keys, nonces and ids come from the machine all the same: a seed gives the
//! same program and the same faults, not the same bytes.

pub mod book;
pub mod clock;
pub mod dice;
mod ledger;
pub mod post;
pub mod program;
mod region;
mod station;
mod wire;
pub mod world;
