//! Tools the checks need: found, installed where this may be done, else named with the command that installs them.

use crate::steps::step;
use std::process::{Command, Stdio};

/// Makes sure that Chromium and its driver are there, for the page in a real browser.
pub fn browser() -> Result<(), String> {
    if has("chromium") && has("chromedriver") {
        return Ok(());
    }
    if !(has("apt-get") && is_root()) {
        return Err(
            "the page is checked in a real browser: install it with `sudo apt-get install chromium chromium-driver`".to_owned()
        );
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        command
    };
    step("package lists", &mut apt(&["update", "-q"]))?;
    step(
        "install the browser",
        &mut apt(&["install", "-y", "-q", "--no-install-recommends", "chromium", "chromium-driver", "fonts-dejavu-core"]),
    )
}

/// Makes sure that cargo can format and lint.
pub fn components() -> Result<(), String> {
    for (component, binary) in [("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")] {
        if !has(binary) {
            return Err(format!("`rustup component add {component}` installs what is missing"));
        }
    }
    Ok(())
}

fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
