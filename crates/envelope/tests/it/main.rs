//! The wire format from outside: vectors, and one purpose per signature.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests are tests: they panic when something is wrong"
)]

mod ed25519;
mod purpose;
mod python;
mod wycheproof;
