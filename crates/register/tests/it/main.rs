//! The region as it is built in, and the rules that hold for every network.

#![cfg(test)]

mod accession;
mod golden;
#[path = "../../../envelope/tests/mutations/mutator.rs"]
mod mutator;
mod network;
mod order;
mod prefix;
mod region;
mod verdict;
