//! The data folder: one stack at a time works in it.

use crate::trouble::Trouble;
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// What the stack keeps there; nothing else is ever deleted.
const OURS: [&str; 9] =
    [CLOCK, "clock.new", "dynamodb.db", "dynamodb.db-shm", "dynamodb.db-wal", "logs", "stack.db", "stack.db-shm", "stack.db-wal"];
/// How far house time is ahead.
pub const CLOCK: &str = "clock";
/// The extension of a file that is still being written.
pub const NEW: &str = "new";

/// A data folder that is ours until this is dropped.
pub struct Data {
    /// Where it is.
    pub path: PathBuf,
    _lock: File,
}

/// Takes the folder, making it if need be; `fresh` empties it.
pub fn take(path: &Path, fresh: bool) -> Result<Data, Trouble> {
    let trouble = |source: io::Error| Trouble::file(path, source);
    fs::create_dir_all(path).map_err(trouble)?;
    let path = path.canonicalize().map_err(trouble)?;
    let lock = File::create(path.join("lock")).map_err(|source| Trouble::file(&path, source))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Trouble::DataInUse(path)),
        Err(TryLockError::Error(source)) => return Err(Trouble::file(path, source)),
    }
    if fresh {
        for name in OURS {
            let entry = path.join(name);
            let gone = if entry.is_dir() { fs::remove_dir_all(&entry) } else { fs::remove_file(&entry) };
            if let Err(source) = gone
                && source.kind() != io::ErrorKind::NotFound
            {
                return Err(Trouble::file(entry, source));
            }
        }
    }
    Ok(Data { path, _lock: lock })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_stack_and_fresh_takes_only_what_is_ours() {
        let path = std::env::temp_dir().join(format!("doorstep-data-{}", uuid::Uuid::new_v4()));
        let first = take(&path, false).unwrap();
        assert!(matches!(take(&path, false), Err(Trouble::DataInUse(_))));
        drop(first);
        fs::write(path.join("stack.db"), "old").unwrap();
        fs::write(path.join("mine.txt"), "keep").unwrap();
        drop(take(&path, true).unwrap());
        assert!(!path.join("stack.db").exists() && path.join("mine.txt").exists());
        fs::remove_dir_all(path).unwrap();
    }
}
