//! Writes `infra/SOURCES.md` from the tables of sources, says whether it is what they say, or makes the seeds of fuzzing.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

use coverage::{page, seeds};
use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = match arguments.as_slice() {
        [] => page::write().map(|()| format!("{} is written", page::FILE)),
        ["--check"] => page::check().map(|()| format!("{} is what the code says", page::FILE)),
        ["--seeds", folder] => seeds::write(Path::new(folder)).map(|count| format!("{count} seeds are in {folder}")),
        _ => Err("say nothing (to write the page), `--check` or `--seeds FOLDER`".to_owned()),
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
