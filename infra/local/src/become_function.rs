//! The first moments of a function's process: it ties its life to ours, notes the time, and becomes the function.

use rustix::{
    process::{Pid, Signal, getppid, set_parent_process_death_signal},
    time::{ClockId, clock_gettime},
};
use std::{
    fs::File,
    io::Write,
    os::{fd::AsFd, unix::process::CommandExt},
    process::{Command, ExitCode, Stdio},
};

/// The flag under which this program starts itself: `--become PARENT BINARY`.
pub const FLAG: &str = "--become";

/// Never returns when all is well. The kernel keeps the death signal across `exec`, so no unsafe code runs between
/// `fork` and `exec` of the stack itself.
pub fn run(mut arguments: impl Iterator<Item = String>) -> ExitCode {
    let (Some(parent), Some(binary)) = (arguments.next(), arguments.next()) else { return ExitCode::from(2) };
    let tied = set_parent_process_death_signal(Some(Signal::KILL)).is_ok();
    let orphan = getppid().map(Pid::as_raw_nonzero).is_none_or(|pid| pid.to_string() != parent);
    if !tied || orphan {
        return ExitCode::from(2); // the stack died before we could be tied to it
    }
    // Standard input is a pipe back to the stack; it closes with `exec`, which gives the function an empty one.
    if let Ok(input) = std::io::stdin().as_fd().try_clone_to_owned() {
        let told = File::from(input).write_all(&monotonic_ns().to_le_bytes());
        if told.is_err() {
            return ExitCode::from(2);
        }
    }
    let failed = Command::new(&binary).stdin(Stdio::null()).exec();
    let _nobody_reads = writeln!(std::io::stderr(), "{binary}: {failed}");
    ExitCode::from(126)
}

/// A clock that all processes of the machine share.
pub fn monotonic_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    u64::try_from(now.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}
