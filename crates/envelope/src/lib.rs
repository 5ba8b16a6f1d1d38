//! The wire format: canonical bytes, sign, seal, open, verify; receipts, attachments, evidence files.
//!
//! ```text
//! Statement --seal--> bytes --parse--> Parsed --open--> Opened --verify--> Verified
//! ```
//! Each arrow is the only way to make the next type, so later code cannot skip a check. What is hashed
//! and verified are the bytes that were received; nothing is encoded again first.
//!
//! Pure: no I/O, no async, no clock. Randomness comes from aws-lc-rs.
#![expect(
    clippy::map_err_ignore,
    reason = "what a cipher or a length check says by itself is nothing, or too much for the other side"
)]
#![cfg_attr(
    not(test),
    warn(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::wildcard_enum_match_arm,
        missing_docs
    )
)]

pub mod archive;
pub mod attachment;
pub mod canonical;
pub mod cobblestone;
mod compress;
pub mod cose;
pub mod error;
pub mod evidence;
#[cfg(test)]
mod fixture;
pub mod hash;
pub mod header;
pub mod hpke;
pub mod key;
pub mod labels;
pub mod open;
pub mod pad;
pub mod primitives;
pub mod receipt;
pub mod seal;
mod slot;
mod wire;
pub mod xwing;
