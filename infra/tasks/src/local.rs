//! `cargo local`: builds every function and the local stack as one set, then becomes the stack.

use crate::{
    steps::{root, target},
    tools,
};
use std::{os::unix::process::CommandExt as _, process::Command};

/// Builds and starts the stack with these flags. On success it never returns: this process becomes the stack, so that
/// Ctrl-C reaches it directly.
pub fn run(flags: &[String]) -> Result<(), String> {
    tools::compiler()?;
    let release = flags.iter().any(|flag| flag == "--release");
    let profile = if release { "release" } else { "debug" };
    println!("building the functions and the local stack ({profile}); the first time takes a few minutes");
    let mut build = Command::new(env!("CARGO"));
    // Always the whole workspace: another set of packages would resolve other features and compile the AWS SDK again.
    build.args(["build", "--workspace"]).args(release.then_some("--release")).current_dir(root());
    let built = build.status().map_err(|error| format!("cargo could not be started: {error}"))?;
    if !built.success() {
        return Err("the build failed; the message above says where".to_owned());
    }
    let stack = target().join(profile).join("local");
    let error = Command::new(&stack).args(flags).current_dir(root()).exec();
    Err(format!("{} could not be started: {error}", stack.display()))
}
