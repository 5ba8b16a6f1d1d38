//! The binary itself, as a registrar, an administrator and an officer use it.

#![cfg(test)]

mod enroll;
mod input;
mod network;
mod verify;
