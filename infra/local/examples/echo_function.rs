//! A function for the tests of the local stack.
fn main() {}
