//! Folds every parcel of a shop again: `cargo refold SHOP` tells what would change, `… SHOP --write` changes it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

use domain::id::ShopId;
use std::process::ExitCode;
use store::{CommitError, Vault, Versioned, Write};

const USAGE: &str = "say `SHOP` to see what would change, or `SHOP --write` to change it, with TABLE_NAME and AWS credentials in \
                     the environment";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = match words.as_slice() {
        [shop] => refold(shop, false).await,
        [shop, "--write"] => refold(shop, true).await,
        _ => Err(USAGE.to_owned()),
    };
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

async fn refold(shop: &str, write: bool) -> Result<(), String> {
    let shop: ShopId = shop.parse().map_err(|error| format!("{shop}: {error}"))?;
    let aws = boot::aws::Aws::from_env(boot::env::process).map_err(|error| error.to_string())?;
    let table = boot::env::required(boot::env::process, "TABLE_NAME").map_err(|error| error.to_string())?;
    let vault = Vault::new(aws.dynamodb(), table);
    let (mut seen, mut different, mut written, mut raced) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut from = None;
    loop {
        let page = vault.parcel_page(&shop, from).await.map_err(|error| error.to_string())?;
        for parcel in page.parcels {
            seen += 1;
            let Some(difference) = refold::difference(&parcel.value) else { continue };
            different += 1;
            println!("{}", parcel.value.key);
            difference.lines.iter().for_each(|line| println!("  {line}"));
            if !write {
                continue;
            }
            match vault.commit(vec![Write::Parcel(Versioned { value: difference.after, version: parcel.version })]).await {
                Ok(()) => written += 1,
                // A webhook was quicker. What it wrote is seen by the next run.
                Err(CommitError::Raced) => raced += 1,
                Err(error) => return Err(format!("{}: {error}", parcel.value.key)),
            }
        }
        eprintln!("{seen} parcels seen, {different} different");
        match page.next {
            Some(next) => from = Some(next),
            None => break,
        }
    }
    match (write, raced) {
        (false, _) => println!("{different} of {seen} parcels would change; say --write to change them"),
        (true, 0) => println!("{written} of {seen} parcels changed"),
        (true, raced) => println!("{written} of {seen} parcels changed; {raced} were written by others meanwhile, run it again"),
    }
    Ok(())
}
