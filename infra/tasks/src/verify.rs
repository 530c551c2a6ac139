//! `cargo verify`: everything CI checks, in the order in which it fails soonest.

use crate::{
    steps::{cargo, step, target},
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
    step("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    tools::browser()?;
    step("lints", &mut cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    step("build", &mut cargo(&["build", "--workspace", "--quiet"]))?;
    step("tests", &mut cargo(&["test", "--workspace", "--no-fail-fast"]))?;
    template()?;
    step("an independent deploy", Command::new("bash").arg("infra/independent/run.sh").arg(target().join("debug")))?;
    println!("\neverything is fine ({} s)", started.elapsed().as_secs());
    Ok(())
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
