//! The field's vocabulary: ids, time, offices, dispatch kinds and their content.
//!
//! Pure: no I/O, no async, no clock. `now` is always an argument.
#![cfg_attr(
    not(test),
    warn(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::wildcard_enum_match_arm
    )
)]

pub mod address;
pub mod ids;
pub mod kind;
pub mod lane;
pub mod time;
