//! What time it is. On AWS the machine's clock; where a stack of ours plays a night in a second, that clock and a shift.

use jiff::{SignedDuration, Timestamp};
use std::{path::PathBuf, sync::OnceLock};

/// Names the file that holds the shift. Never set on AWS: the template does not know it.
pub const FILE_VARIABLE: &str = "DOORSTEP_CLOCK_FILE";

static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();

/// Now, to the shift in the file that [`FILE_VARIABLE`] names, as whole seconds in text; without one, or while it cannot be
/// read, the machine's own time.
#[must_use]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    let file = FILE.get_or_init(|| std::env::var_os(FILE_VARIABLE).map(PathBuf::from));
    let shift_s = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok()).and_then(|text| text.trim().parse().ok());
    shift_s.map_or(now, |shift_s| now.saturating_add(SignedDuration::from_secs(shift_s)).unwrap_or(now))
}

/// Makes this process follow a file whatever its environment says: for the stack that writes the file.
pub fn follow(file: PathBuf) {
    // Asked before: it stays as it was.
    let _first = FILE.set(Some(file));
}
