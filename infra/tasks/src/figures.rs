//! `cargo figures`: builds everything as it would be deployed, without LTO, and measures it.

use crate::steps::{cargo, root, step, target};
use std::process::Command;

/// Builds the release binaries and runs the measurement.
pub fn run() -> Result<(), String> {
    step("build", &mut cargo(&["build", "--workspace", "--release", "--quiet"]))?;
    step("figures", Command::new(target().join("release").join("bench")).current_dir(root()))
}
