//! Nodes in one process over a network that loses, doubles, reorders and breaks.

#![cfg(test)]

mod program;
mod scenarios;
