//! Signed acts, replayed into the network as it stands at an instant.
//!
//! ```text
//! founding ─┬─ state ──┬─ membership          who may sign
//!           │          ├─ authority ─┐
//!           │          ├─ crossing   ├─ office ─┬─ desk
//!           │          └─────────────┘          ├─ node        where its mail goes
//!           │                                   ├─ key         how it is sealed and signed
//!           └──────────────────────────────────── coupling ─── suspension ─── lifting
//! ```
//!
//! An act is applied once all acts that it names are there, in whatever order they come: two nodes with the same acts
//! have the same register and the same checkpoint. Who must sign what is in [`act::Act::required`]; whether a dispatch
//! may go is in [`Register::may_send`], which names the act that is missing when it may not.
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

pub mod act;
pub mod authority;
pub mod coupling;
pub mod crossing;
pub mod desk;
pub mod file;
pub mod key;
pub mod membership;
pub mod names;
pub mod network;
pub mod node;
pub mod office;
pub mod permit;
pub mod refusal;
pub mod region;
pub mod signed;
pub mod state;
pub mod suspension;

mod apply;
mod checkpoint;
mod history;
mod query;
mod register;
mod signature;

pub use crate::permit::{Missing, Permit, SendQuery};
pub use crate::refusal::RegisterError;
pub use crate::register::{Applied, AppliedAct, Register};
