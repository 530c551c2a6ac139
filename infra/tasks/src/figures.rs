//! `cargo figures`: builds everything as it is deployed, and measures it.

use crate::steps::{cargo, root, step, target};
use std::process::Command;

/// Builds the release binaries and runs the measurements, the short one first.
pub fn run() -> Result<(), String> {
    step("build", &mut cargo(&["build", "--workspace", "--release", "--quiet"]))?;
    step("figures of the readers", Command::new(target().join("release").join("readers")).current_dir(root()))?;
    step("figures", Command::new(target().join("release").join("bench")).current_dir(root()))
}
