//! Runs the house on one machine: reads template.yaml and makes what it says, in one process.

mod aws;
mod become_function;
mod clock;
mod counts;
mod data;
mod demo;
mod disk;
mod door;
mod eml;
mod faults;
mod filter;
mod flags;
mod form;
mod functions;
mod gateway;
mod graph;
mod house;
mod idle;
mod intrinsics;
mod letters_desk;
mod link;
mod mail;
mod mail_events;
mod message_headers;
mod mime;
mod nursery;
mod outbox;
mod own_vault;
mod page;
mod plan;
mod pulse;
mod queues;
mod refusal;
mod runtime_api;
mod schedules;
mod secrets;
mod shops;
mod sources;
mod sqs;
mod stack;
mod streams;
mod suppression;
mod table;
mod template;
mod texts;
mod topics;
mod triggers;
mod trouble;
mod visitor;
mod whatsapp;
mod worker;
mod yaml;

use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Runs the stack as its command line says, until it is told to stop; trouble at the start is one sentence and exit code 1.
pub fn main(arguments: impl IntoIterator<Item = String>) -> ExitCode {
    let mut arguments = arguments.into_iter().skip(1).peekable();
    if arguments.next_if(|first| first == become_function::FLAG).is_some() {
        return become_function::run(arguments);
    }
    let flags = match flags::read(arguments) {
        Ok(Some(flags)) => flags,
        Ok(None) => {
            let _nobody_reads = io::stdout().write_all(flags::HELP.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(trouble) => return complain(&trouble),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return complain(&trouble::Trouble::Listen(e)),
    };
    let ended = runtime.block_on(stack::run(flags));
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => complain(&trouble),
    }
}

fn complain(trouble: &trouble::Trouble) -> ExitCode {
    let _nobody_reads = writeln!(io::stderr(), "local: {trouble}");
    ExitCode::from(1)
}
