//! Tools the checks need: found, installed where this may be done, else named with the command that installs them.

use crate::steps::{cargo, root, step};
use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

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

/// Makes sure that there is a C compiler: the local stack carries SQLite, the TLS library carries assembler.
pub fn compiler() -> Result<(), String> {
    if ["cc", "gcc", "clang"].into_iter().any(has) {
        return Ok(());
    }
    Err("a C compiler is needed (for SQLite and TLS): install it with `sudo apt-get install gcc libc6-dev`".to_owned())
}

/// Makes sure that there is a C++ compiler: libFuzzer is written in it.
pub fn fuzzer_compiler() -> Result<(), String> {
    if ["c++", "g++", "clang++"].into_iter().any(has) {
        return Ok(());
    }
    Err("a C++ compiler is needed (for libFuzzer): install it with `sudo apt-get install g++`".to_owned())
}

/// `cargo-fuzz`: the one that is there, or our own outside the checkout, made once for each version.
pub fn fuzzer() -> Result<PathBuf, String> {
    if has("cargo-fuzz") {
        return Ok(PathBuf::from("cargo-fuzz"));
    }
    let folder = cache()?.join(format!("cargo-fuzz-{CARGO_FUZZ}"));
    let program = folder.join("bin").join("cargo-fuzz");
    if !program.is_file() {
        let mut install = cargo(&["install", "cargo-fuzz", "--version", CARGO_FUZZ, "--locked", "--quiet", "--root"]);
        // Its build is of no use to anybody else.
        step("install cargo-fuzz", install.arg(&folder).env_remove("CARGO_TARGET_DIR"))?;
    }
    Ok(program)
}

/// The version of `cargo-fuzz` that is installed where none is.
const CARGO_FUZZ: &str = "0.13.2";

/// A folder of ours for what is made once on a machine.
fn cache() -> Result<PathBuf, String> {
    let home = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cache")));
    Ok(home.ok_or("neither XDG_CACHE_HOME nor HOME is set")?.join("doorstep"))
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

/// The `bin` of a Python environment outside the checkout, with these packages in it: made once, and again when the list
/// changes. A later change of the list is seen because the list that was installed is kept beside it.
pub fn python(name: &str, packages: &str) -> Result<PathBuf, String> {
    let folder = cache()?.join(format!("venv-{name}"));
    let (bin, installed) = (folder.join("bin"), folder.join("installed.txt"));
    if std::fs::read_to_string(&installed).is_ok_and(|text| text == packages) {
        return Ok(bin);
    }
    if !has("python3") {
        return Err("the template is judged by AWS's own tools, which need Python: install it with `sudo apt-get install python3 python3-venv`".to_owned());
    }
    let list = std::env::temp_dir().join(format!("doorstep-{name}-{}.txt", std::process::id()));
    std::fs::write(&list, packages).map_err(|error| format!("{}: {error}", list.display()))?;
    step(&format!("a Python environment for {name}"), Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    step(&format!("install {name}"), Command::new(bin.join("python")).args(pip).arg(&list))?;
    std::fs::write(&installed, packages).map_err(|error| format!("{}: {error}", installed.display()))?;
    Ok(bin)
}

/// A list of pinned packages that is kept in the repository.
pub fn packages(file: &str) -> Result<String, String> {
    let file = root().join(file);
    std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
}

fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
