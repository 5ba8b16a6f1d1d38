//! The region as it is built in, and the rules that hold for every network.

mod accession;
mod network;
mod order;
mod prefix;
mod region;
mod verdict;
