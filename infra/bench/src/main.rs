//! Measures the house on this machine: what the door takes, what reaches the vault, what it costs in requests, memory and start.
//!
//! Starts its own stack of release binaries, sends signed EasyPost events, and prints a table for `infra/benchmarks.md`.
//! Every figure stands beside a floor measured in the same run with the same client. Run it with `cargo figures`, or give it
//! a folder of other function binaries (those of the profile `lambda`).
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

mod cold;
mod load;
mod stack;

use load::Load;
use stack::Stack;
use std::process::ExitCode;

/// Events sent by each run.
const EVENTS: usize = 3000;
/// Clients sending at once.
const CLIENTS: [usize; 2] = [1, 8];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("machine: {}", stack::machine());
    let functions = std::env::args().nth(1);
    let stack = Stack::start(functions.as_deref())?;
    println!("\n## First event of each process (cold), then a warm one");
    let (cold, warm) = (load::one(&stack, "cold")?, load::one(&stack, "warm")?);
    stack.idle()?;
    println!(
        "| door answers | ms |\n|---|---|\n| first event, process start included | {} |\n| next event | {} |",
        ms(cold),
        ms(warm)
    );
    for clients in CLIENTS {
        println!("\n## {EVENTS} signed events, {clients} at once");
        let floor = Load { stack: &stack, clients, count: EVENTS }.floor()?;
        stack.forget_requests()?;
        let taken = Load { stack: &stack, clients, count: EVENTS }.events(&format!("C{clients}"))?;
        let vaulted = taken.started.elapsed() + stack.idle()?;
        println!("| | per second | p50 ms | p99 ms | max ms |\n|---|---|---|---|---|");
        println!("{}", floor.row("floor: GET /_local/ready"));
        println!("{}", taken.row("door: signed event to 200"));
        println!("| door to vault, all events | {} | | | |", EVENTS as u128 * 1_000_000 / vaulted.as_micros().max(1));
        println!("| door / floor | {}% | | | |", taken.per_second() * 100 / floor.per_second().max(1));
        println!("\nrequests per event (hundredths): {}", stack.requests_per_event(EVENTS)?);
    }
    println!("\n## Memory\n{}", stack.functions()?);
    println!("\n## Start of each process, median of 25");
    let measured = cold::FUNCTIONS.iter().map(|(name, call)| cold::measure(&stack, name, call)).collect::<Result<Vec<_>, _>>()?;
    println!("{}", cold::table(&measured));
    Ok(())
}

fn ms(duration: std::time::Duration) -> String {
    format!("{}.{:02}", duration.as_millis(), duration.as_micros() % 1000 / 10)
}
