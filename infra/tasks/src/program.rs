//! The programs of the house that a person starts: each is built with everything else, and then becomes this process.

use crate::{
    steps::{root, target},
    tools,
};
use std::{os::unix::process::CommandExt as _, process::Command};

/// Their names: the local stack, and what an operator reads and repairs with.
pub const ALL: [&str; 5] = ["local", "post", "refold", "replay", "shop"];

/// Builds and starts one with these flags. On success it never returns: this process becomes the program, so that Ctrl-C
/// reaches it directly.
pub fn run(name: &str, flags: &[String]) -> Result<(), String> {
    tools::compiler()?;
    let is_house = name == "local";
    let release = is_house && flags.iter().any(|flag| flag == "--release");
    let profile = if release { "release" } else { "debug" };
    let mut build = Command::new(env!("CARGO"));
    // Always the whole workspace: another set of packages would resolve other features and compile the AWS SDK again.
    build.args(["build", "--workspace"]).args(release.then_some("--release")).current_dir(root());
    if is_house {
        println!("building the functions and the local stack ({profile}); the first time takes some minutes");
    } else {
        // What the program prints may be read by another one.
        build.arg("--quiet");
    }
    let built = build.status().map_err(|error| format!("cargo could not be started: {error}"))?;
    if !built.success() {
        return Err("the build failed; the message above says where".to_owned());
    }
    let mut program = Command::new(target().join(profile).join(name));
    program.args(flags);
    if is_house {
        // Its template is here; the others are given files of wherever they are called from.
        program.current_dir(root());
    }
    let error = program.exec();
    Err(format!("{} could not be started: {error}", program.get_program().display()))
}
