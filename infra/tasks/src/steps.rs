//! Where things are, and running one step with its name and its time.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// The root of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The target folder this program was built into.
pub fn target() -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    exe.ancestors().nth(2).map_or_else(|| root().join("target"), Path::to_path_buf)
}

/// Runs one step from the root; its output is the person's to read.
pub fn step(name: &str, command: &mut Command) -> Result<(), String> {
    println!("\n== {name}");
    let started = Instant::now();
    let status = command.current_dir(root()).status();
    let seconds = started.elapsed().as_secs();
    match status {
        Ok(status) if status.success() => {
            println!("== {name}: fine ({seconds} s)");
            Ok(())
        }
        Ok(status) => Err(format!("{name}: failed ({status}) after {seconds} s; the message above says where")),
        Err(error) => Err(format!("{name}: {} could not be started: {error}", command.get_program().to_string_lossy())),
    }
}

/// `cargo` with these arguments.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments);
    command
}
