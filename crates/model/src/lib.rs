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

pub mod action;
pub mod address;
pub mod alert;
pub mod check;
pub mod check_request;
pub mod code;
pub mod codes;
pub mod content;
pub mod conveyance;
pub mod correction;
pub mod delivery;
pub mod dispatch;
pub mod draft;
pub mod hex;
pub mod ids;
pub mod kind;
pub mod lane;
pub mod lang;
pub mod note;
pub mod outcome;
pub mod person;
pub mod place;
pub mod presence;
pub mod quantity;
pub mod recall;
pub mod reply;
pub mod seizure;
pub mod step;
pub mod time;
pub mod when;
