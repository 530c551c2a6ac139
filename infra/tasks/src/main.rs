//! The commands of the house: `cargo local` runs it, `cargo verify` checks it, `cargo figures` measures it, `cargo shop`, `post`,
//! `refold` and `replay` look after it, `cargo run -p tasks -- fuzz` looks for what breaks its readers.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

mod figures;
mod fuzz;
mod program;
mod steps;
mod tools;
mod verify;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let told = match arguments.next().as_deref() {
        Some("figures") => figures::run(),
        Some("fuzz") => fuzz::by_hand(&arguments.collect::<Vec<_>>()),
        Some("verify") => verify::run(&arguments.collect::<Vec<_>>()),
        Some(name) if program::ALL.contains(&name) => program::run(name, &arguments.collect::<Vec<_>>()),
        _ => Err("say `cargo local`, `cargo verify` or `cargo figures`".to_owned()),
    };
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
