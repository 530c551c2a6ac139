//! Measures the house on this machine: what the door takes, what reaches the vault, what letters take, what it costs in requests,
//! memory and start.
//!
//! Starts its own stack of release binaries, sends events, and prints tables for `infra/benchmarks.md`. Every figure stands
//! beside a floor measured in the same run with the same client. Run it with `cargo figures`, or give it a folder of other
//! function binaries (those that `sam build` made); `--starts` leaves out the load. Functions named after the folder are the only
//! ones whose starts are measured.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

mod load;
mod post_room;
mod stack;
mod starts;

use load::Load;
use stack::Stack;
use std::process::ExitCode;

/// Events sent by each run.
const EVENTS: usize = 3000;
/// Letters sent by one run.
const LETTERS: usize = 500;
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
    let mut arguments = std::env::args().skip(1).peekable();
    let only_starts = arguments.next_if(|first| first == "--starts").is_some();
    let functions = arguments.next();
    let named: Vec<String> = arguments.collect();
    if !only_starts {
        load(functions.as_deref())?;
    }
    println!("\n## Start, first event, memory\n{}", starts::measure(functions.as_deref(), &named)?);
    Ok(())
}

fn load(functions: Option<&str>) -> Result<(), String> {
    let stack = Stack::start(functions)?;
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
    println!("\n## Letters\n{}", post_room::letters(&stack, LETTERS)?);
    println!("\n## Memory\n{}", stack.functions()?);
    Ok(())
}

fn ms(duration: std::time::Duration) -> String {
    format!("{}.{:02}", duration.as_millis(), duration.as_micros() % 1000 / 10)
}
