//! Lights on.
fn main() {}
