//! guzar
fn main() {}
