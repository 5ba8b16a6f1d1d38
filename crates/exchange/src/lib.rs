//! The protocol between two nodes, decided without I/O: frames, lanes, the credit window, what each side
//! has, bundle files, when to dial again, and how a delivery moves.
//!
//! Pure: no I/O, no async, no clock. `now` is always an argument.
#![cfg_attr(
    not(test),
    warn(
        missing_docs,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::wildcard_enum_match_arm
    )
)]

pub mod bundle;
mod cbor;
pub mod credit;
pub mod delivery;
pub mod frame;
pub mod have;
pub mod lane;
pub mod retry;
