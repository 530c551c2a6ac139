//! Tells the house again what it was told: `cargo replay SHOP deliveries`; `--help` tells what else there is.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

use replay::{
    arguments::{self, Command, What},
    desk::Desk,
    run::{self, Listener, Manner},
};
use std::{
    io::{ErrorKind, Write as _},
    process::ExitCode,
};

/// The answer goes to stdout, the progress to stderr.
struct Terminal;

impl Listener for Terminal {
    fn line(&mut self, line: &str) {
        match writeln!(std::io::stdout(), "{line}") {
            // Who pipes it into `head` has read enough; what is being sent is sent nonetheless.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => eprintln!("{line}"),
            _ => {}
        }
    }

    fn progress(&mut self, line: &str) {
        eprintln!("{line}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments::read(&words) {
        Ok(command) => Box::pin(replay(command)).await,
        Err(why) => Err(why),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{}", why.trim_end());
            ExitCode::FAILURE
        }
    }
}

async fn replay(command: Command) -> Result<(), String> {
    let Command::Replay { shop, what, write, fields } = command else {
        Terminal.line(arguments::HELP.trim_end());
        return Ok(());
    };
    let manner = Manner { write, fields, now: boot::clock::now() };
    let desk = Desk::open(boot::env::process, shop, write, matches!(what, What::AftershipCsv(_))).await?;
    match what {
        What::Deliveries(wanted) => run::deliveries(&desk, &wanted, manner, &mut Terminal).await,
        What::ShopifyCsv(place) => run::shopify_csv(&desk, &place, manner, &mut Terminal).await,
        What::AftershipCsv(place) => run::aftership_csv(&desk, &place, manner, &mut Terminal).await,
    }
}
