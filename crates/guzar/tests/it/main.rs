//! The binary itself, as a registrar, an administrator and an officer use it.

#![cfg(test)]

mod demo;
mod enroll;
mod input;
mod keep;
mod manual;
mod network;
mod send;
mod verify;
