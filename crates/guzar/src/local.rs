//! Networks on this machine, for the demo and measurements: homes with keys and acts, and the nodes that run on them.
//!
//! Nobody invites anybody here: one process makes the keys of every state and every office. A real network begins with
//! `guzar init` on each machine.

pub(crate) mod child;
pub(crate) mod home;
pub(crate) mod signers;
