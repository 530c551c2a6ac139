//! `cargo verify`: everything CI checks, in the order in which it fails soonest.

use crate::{
    steps::{cargo, step},
    tools,
};
use std::time::Instant;

/// Runs every check, or stops at the first that fails.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if let Some(unknown) = arguments.first() {
        return Err(format!("`cargo verify` takes no arguments, but got {unknown}"));
    }
    let started = Instant::now();
    tools::components()?;
    step("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    tools::browser()?;
    step("lints", &mut cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    step("build", &mut cargo(&["build", "--workspace", "--quiet"]))?;
    step("tests", &mut cargo(&["test", "--workspace", "--no-fail-fast"]))?;
    println!("\neverything is fine ({} s)", started.elapsed().as_secs());
    Ok(())
}
