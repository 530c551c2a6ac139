//! Prints what a month costs. `cargo run -p cost -- --help` tells how.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

use cost::{
    Units,
    counted::{Counted, Played},
    month::Habits,
    table,
};
use serde_json::Value as Json;
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::ExitCode,
    time::Duration,
};

const HELP: &str = "\
What a month in AWS costs, from the requests that a local stack counted while a journey was played.

  --from URL        a running local stack (http://127.0.0.1:8787)
  --file FILE       the JSON of its /_local/requests, kept (without either: infra/cost/demo-journey.json)
  --hooks N         webhooks of storefronts that were played (without: one for each message that door sent)
  --events N        webhooks of carriers that were played (the same)

What a month is assumed to hold, for each order:
  --parcels-percent 115   --events-per-parcel 12   --hooks-per-order 4   --repeats-percent 1   --mails 4
  --texts-percent 0       --views 4                --returns-percent 17  --steps-per-return 5
  --batch 1               messages a function gets at once: 1 when they come slowly, 10 in a rush
  --traced yes            whether X-Ray follows calls (the template's parameter Tracing)
";

/// Counted while `cargo local` played its demo journey.
const DEMO: &str = include_str!("../demo-journey.json");

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<String, String> {
    let (mut habits, mut played, mut text) = (Habits::default(), Played::default(), DEMO.to_owned());
    while let Some(flag) = arguments.next() {
        if flag == "--help" {
            return Ok(HELP.to_owned());
        }
        let value = arguments.next().ok_or_else(|| format!("{flag} needs a value; --help tells which flags there are"))?;
        let number = || value.parse::<u32>().map(Units::from).map_err(|_| format!("{flag} {value}: this is not a whole number"));
        match flag.as_str() {
            "--from" => text = get(&value, "/_local/requests")?,
            "--file" => text = std::fs::read_to_string(&value).map_err(|error| format!("{value}: {error}"))?,
            "--hooks" => played.hooks = Some(number()?),
            "--events" => played.events = Some(number()?),
            "--parcels-percent" => habits.parcels_percent = number()?,
            "--events-per-parcel" => habits.events = number()?,
            "--hooks-per-order" => habits.hooks = number()?,
            "--repeats-percent" => habits.repeats_percent = number()?,
            "--mails" => habits.mails = number()?,
            "--texts-percent" => habits.texts_percent = number()?,
            "--views" => habits.views = number()?,
            "--returns-percent" => habits.returns_percent = number()?,
            "--steps-per-return" => habits.steps = number()?,
            "--batch" => habits.batch = number()?,
            "--traced" => habits.traced = value == "yes",
            _ => return Err(format!("{flag} is no flag of this program; --help tells which there are")),
        }
    }
    let requests: Json = serde_json::from_str(&text).map_err(|error| format!("the counted requests are not JSON: {error}"))?;
    Ok(table::show(&habits, &Counted::read(&requests, played)?))
}

/// One plain HTTP request to this machine; the local stack needs no more.
fn get(base_url: &str, path: &str) -> Result<String, String> {
    let host = base_url.trim_end_matches('/').strip_prefix("http://").ok_or("--from takes http://HOST:PORT")?;
    let failed = |error: std::io::Error| format!("{base_url}: {error}");
    let mut stream = TcpStream::connect(host).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(failed)?;
    // HTTP/1.0: the answer ends where the connection does, and comes in one piece.
    write!(stream, "GET {path} HTTP/1.0\r\nhost: {host}\r\naccept: application/json\r\n\r\n").map_err(failed)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(failed)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.split(' ').nth(1) == Some("200") => Ok(body.to_owned()),
        _ => Err(format!("{base_url}{path} did not answer 200: is this a local stack?")),
    }
}
