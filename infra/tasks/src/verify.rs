//! `cargo verify`: everything CI checks, in the order in which it fails soonest.

use crate::{
    fuzz,
    steps::{cargo, root, step, target},
    tools,
};
use std::{process::Command, time::Instant};

/// Runs every check, or stops at the first that fails.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if let Some(unknown) = arguments.first() {
        return Err(format!("`cargo verify` takes no arguments, but got {unknown}"));
    }
    let started = Instant::now();
    tools::components()?;
    tools::compiler()?;
    tools::fuzzer_compiler()?;
    step("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    step("formatting of the fuzz targets", &mut cargo(&["fmt", "--manifest-path", "infra/fuzz/Cargo.toml", "--check"]))?;
    tools::browser()?;
    step("lints", &mut cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    step("build", &mut cargo(&["build", "--workspace", "--quiet"]))?;
    step("tests", &mut cargo(&["test", "--workspace", "--no-fail-fast"]))?;
    fuzz::run(&[])?;
    template()?;
    packages()?;
    step("an independent deploy", Command::new("bash").arg("infra/independent/run.sh").arg(target().join("debug")))?;
    println!("\neverything is fine ({} s)", started.elapsed().as_secs());
    Ok(())
}

/// Builds what is deployed as the README says, for this processor, and holds every zip to its size.
fn packages() -> Result<(), String> {
    let bin = tools::python("build", &tools::packages("infra/requirements-build.txt")?)?;
    let folder = target().join("sam");
    let path = std::env::join_paths(
        std::iter::once(bin.clone()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let path = path.map_err(|error| error.to_string())?;
    // A folder of its own, so that it stays built whatever else is done with the other.
    let within = |command: &mut Command| {
        command.env("PATH", &path).env("CARGO_TARGET_DIR", &folder).env("SAM_CLI_TELEMETRY", "0");
    };
    // SAM builds one function after the other, and most of that is linking on one core. All at once first, it finds them built.
    let mut all = cargo(&["lambda", "build", "--release"]);
    for function in functions()? {
        all.arg("--bin").arg(function);
    }
    within(&mut all);
    step("the functions as they are deployed", &mut all)?;
    let mut sam = Command::new(bin.join("sam"));
    sam.args(["build", "--config-file", "infra/samconfig.toml", "--parameter-overrides", "Architecture=x86_64", "--build-dir"]);
    sam.arg(folder.join("build"));
    within(&mut sam);
    step("sam build", &mut sam)?;
    step("sizes of the zips", Command::new(bin.join("python")).arg("infra/zips.py").arg(folder.join("build")))
}

/// The names of the functions, which are those of their folders.
fn functions() -> Result<Vec<String>, String> {
    let folder = root().join("functions");
    let rooms = std::fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let rooms = rooms.map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = rooms.iter().map(|room| room.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// AWS's own tools judge the template, each in an environment of its own: checkov wants an older boto3 than SAM.
fn template() -> Result<(), String> {
    let lint = tools::python("lint", &tools::packages("infra/requirements-lint.txt")?)?;
    let checkov = tools::python("checkov", &tools::packages("infra/requirements-checkov.txt")?)?;
    step("template: cfn-lint", Command::new(lint.join("cfn-lint")).arg("template.yaml"))?;
    let mut sam = Command::new(lint.join("sam"));
    sam.args(["validate", "--lint", "--template", "template.yaml", "--region", "us-east-1"]).env("SAM_CLI_TELEMETRY", "0");
    // `sam` looks for credentials even to validate; these open nothing.
    sam.env("AWS_ACCESS_KEY_ID", "none").env("AWS_SECRET_ACCESS_KEY", "none");
    step("template: sam validate", &mut sam)?;
    step("template: checkov", Command::new(checkov.join("checkov")).arg("--config-file").arg(".checkov.yaml"))
}
