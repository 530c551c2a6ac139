//! Puts a shop's settings in force: `cargo shop put NAME FILE`, or only checks them: `… check FILE`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

use std::process::ExitCode;

const USAGE: &str = "say `check FILE`, or `put NAME FILE` with TABLE_NAME and AWS credentials in the environment";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = match words.as_slice() {
        ["check", file] => check(file).map(|_| format!("{file} is well formed")),
        ["put", name, file] => put(name, file).await,
        _ => Err(USAGE.to_owned()),
    };
    match told {
        Ok(sentence) => {
            println!("{sentence}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn check(file: &str) -> Result<domain::settings::ShopSettings, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let settings = shop::read(&text).map_err(|error| format!("{file}: {error}"))?;
    shop::warnings(&settings).iter().for_each(|warning| eprintln!("{file}: {warning}"));
    Ok(settings)
}

async fn put(name: &str, file: &str) -> Result<String, String> {
    let settings = check(file)?;
    let id = name.parse().map_err(|error| format!("{name}: {error}"))?;
    let aws = boot::aws::Aws::from_env(boot::env::process).map_err(|error| error.to_string())?;
    let table = boot::env::required(boot::env::process, "TABLE_NAME").map_err(|error| error.to_string())?;
    let vault = store::Vault::new(aws.dynamodb(), table);
    let version = shop::put(&vault, &id, &settings).await.map_err(|error| format!("{name}: {error}"))?;
    Ok(format!("the settings of {name} are in force as version {version}"))
}
