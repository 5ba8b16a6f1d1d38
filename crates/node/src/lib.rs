//! The node of one organisation: takes drafts, seals, stores, carries, receives, answers for what it did.
//!
//! Use cases are methods of [`Node`]; each lives in the file of its noun. What is pure is below, in
//! `exchange`, `register`, `envelope` and `model`; what is kept is behind [`store::Store`].

pub mod api;
pub mod clock;
pub mod config;
pub mod control;
pub mod enroll;
pub mod keyring;
pub mod link;
pub mod process;
pub mod restore;

mod audit;
mod bundle;
mod courier;
mod dispatch;
mod doctor;
mod effect;
mod evidence;
mod failure;
mod host;
mod inbox;
mod node;
mod plan;
mod receipt;
mod recipient;
mod register;
mod relay;
mod sequence;
mod step;
mod transfer;
mod view;

pub use node::{Node, OpenError};
