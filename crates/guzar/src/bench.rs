//! `guzar bench`: what this machine can do, what the product makes of it, and whether it loses anything.
//!
//! Each part makes its own nodes in a folder of its own and leaves nothing behind. Nothing here is a test:
//! a slow machine gives low figures, not an error.

pub(crate) mod crash;
pub(crate) mod exchange;
pub(crate) mod limits;
pub(crate) mod link;
mod load;
mod medium;
mod network;
mod tls;
