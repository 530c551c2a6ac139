//! Puts the settings files of `infra/shops`, or of another folder, in force when the stack starts: NAME.toml is the shop NAME.

use crate::{own_vault::OwnVault, trouble::Trouble};
use std::path::Path;

/// Puts every shop's file in force. A file that is not right is named; the stack then does not start.
pub async fn open(own: &OwnVault, folder: &Path) -> Result<(), Trouble> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut files: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "toml")) {
        let wrong = |why: String| Trouble::Shop { path: file.clone(), why };
        let text = std::fs::read_to_string(file).map_err(|source| Trouble::file(file, source))?;
        let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let id = name.parse().map_err(|error| wrong(format!("{name}: {error}")))?;
        let settings = shop::read(&text).map_err(|error| wrong(error.to_string()))?;
        shop::put(&own.vault, &id, &settings).await.map_err(|error| wrong(error.to_string()))?;
    }
    Ok(())
}
