//! Starts: how long each function takes from exec to its first `next`, what its first event costs beside a warm one, and what
//! stays resident.
//!
//! The functions run against a local stack in which nothing else happens, over plain HTTP and over TLS. Their Runtime API is
//! the measurement's own. Functions and ways take turns, so that a machine that becomes slower becomes slower for all.

mod events;
mod merchant;
mod process;
mod tls;

use crate::{
    ms,
    stack::{self, Stack},
};
use events::{Events, fine};
use process::{Process, Program};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tls::Tls;

/// Starts of each function in each way; the medians are told.
const ROUNDS: usize = 41;
/// Events of each start.
const EVENTS: usize = 10;
/// Those after so many are warm.
const WARM_AFTER: usize = 5;
/// Events after which the memory is read.
const LONG: usize = 1000;

/// The machine's roots, read from one file as on Lambda: without a word, Debian's are read a second time from a folder of 145.
const ROOTS_FILE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The floors first, then every function: most of these open a connection or two before they ask for their first event.
const FUNCTIONS: [&str; 16] = [
    "noop",
    "noop, 1 request",
    "noop, 2 requests",
    "announce",
    "carrier_webhook",
    "customer_pages",
    "errands",
    "mail_events",
    "merchant_console",
    "notify",
    "orders",
    "returns",
    "sources",
    "storefront_webhook",
    "timers",
    "tracking",
];

/// How the functions reach AWS.
struct Way {
    name: &'static str,
    environment: Vec<(String, String)>,
}

/// What was measured of one function in one way.
#[derive(Default)]
struct Measured {
    starts: Vec<Duration>,
    firsts: Vec<Duration>,
    warms: Vec<Duration>,
    resident_kb: u64,
}

/// Where programs are, and what they need.
struct Programs<'a> {
    stack: &'a Stack,
    local: PathBuf,
    folder: PathBuf,
}

impl Programs<'_> {
    fn start(&self, function: &str, way: &Way) -> Result<Process, String> {
        let (binary, connections) = match function {
            "noop, 1 request" => ("noop_asks", Some("1")),
            "noop, 2 requests" => ("noop_asks", Some("2")),
            function => (function, None),
        };
        let mut environment = if binary.starts_with("noop") { Vec::new() } else { self.stack.environment(function)? };
        environment.extend(connections.map(|count| ("NOOP_CONNECTIONS".to_owned(), count.to_owned())));
        environment.extend(way.environment.iter().cloned());
        environment.push(("AWS_ACCESS_KEY_ID".to_owned(), format!("AKIALOCAL_{binary}")));
        let log = self.stack.folder().join(format!("{binary}.log"));
        let binary = self.folder.join(binary);
        Process::start(&Program { local: &self.local, binary: &binary, environment: &environment, log: &log })
    }
}

/// Measures the functions of a folder, or those beside this program: all, or those named.
pub fn measure(folder: Option<&str>, named: &[String]) -> Result<String, String> {
    let is_wanted =
        |function: &&str| named.is_empty() || function.starts_with("noop") || named.iter().any(|name| name == function);
    let functions: Vec<&str> = FUNCTIONS.into_iter().filter(is_wanted).collect();
    let stack = Stack::quiet()?;
    let local = stack::beside("local")?;
    let beside = local.parent().map(Path::to_path_buf).unwrap_or_default();
    let programs = Programs { stack: &stack, local, folder: folder.map_or(beside, PathBuf::from) };
    let tls = Tls::open(stack.base_url(), stack.folder())?;
    let roots = tls.roots.to_string_lossy().into_owned();
    let ways = [
        way("HTTP", stack.base_url(), &[("SSL_CERT_FILE", ROOTS_FILE)]),
        way("TLS", &tls.url, &[("DOORSTEP_TRUST", "system"), ("SSL_CERT_FILE", &roots)]),
    ];
    let mut events = Events::prepare(&stack, programs.start("orders", &ways[0])?)?;
    let mut all: Vec<[Measured; 2]> = functions.iter().map(|_| Default::default()).collect();
    for _ in 0..ROUNDS {
        for (function, measured) in functions.iter().zip(&mut all) {
            for (way, measured) in ways.iter().zip(measured) {
                measured.once(&programs, function, way, &events.of(function, EVENTS)?)?;
            }
        }
    }
    for (function, measured) in functions.iter().zip(&mut all) {
        for (way, measured) in ways.iter().zip(measured) {
            let mut process = programs.start(function, way)?;
            for event in events.of(function, LONG)? {
                fine(&process.handle(&event)?.1)?;
            }
            measured.resident_kb = process.resident_kb()?;
        }
    }
    stack.nothing_buried()?;
    Ok(table(&ways, &functions, &all))
}

fn way(name: &'static str, endpoint: &str, more: &[(&str, &str)]) -> Way {
    let fixed = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "us-east-1"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("DOORSTEP_LOCAL", "1"),
    ];
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Way { name, environment: fixed.iter().chain(more).map(owned).collect() }
}

impl Measured {
    fn once(&mut self, programs: &Programs<'_>, function: &str, way: &Way, events: &[String]) -> Result<(), String> {
        let mut process = programs.start(function, way)?;
        self.starts.push(process.start);
        for (n, event) in events.iter().enumerate() {
            let (took, answer) = process.handle(event)?;
            fine(&answer).map_err(|why| format!("{function}: {why}"))?;
            if n == 0 {
                self.firsts.push(took);
            } else if n >= WARM_AFTER {
                self.warms.push(took);
            }
        }
        Ok(())
    }
}

fn table(ways: &[Way; 2], functions: &[&str], all: &[[Measured; 2]]) -> String {
    let mut text = String::new();
    for (n, way) in ways.iter().enumerate() {
        text += &format!(
            "\nOver {}, medians of {ROUNDS} starts:\n\n| function | start, ms | times the no-op | first event, ms | warm event, ms | first by warm | \
             resident after {LONG}, MB |\n|---|---|---|---|---|---|---|\n",
            way.name
        );
        let floor = all.first().map_or(Duration::ZERO, |measured| median(&measured[n].starts));
        for (function, measured) in functions.iter().zip(all) {
            let measured = &measured[n];
            let [start, first, warm] = [&measured.starts, &measured.firsts, &measured.warms].map(|values| median(values));
            text += &format!(
                "| {function} | {} | {} | {} | {} | {} | {}.{} |\n",
                ms(start),
                ratio(start, floor),
                ms(first),
                ms(warm),
                ratio(first, warm),
                measured.resident_kb / 1024,
                measured.resident_kb % 1024 * 10 / 1024
            );
        }
    }
    text
}

fn ratio(one: Duration, other: Duration) -> String {
    let hundredths = one.as_nanos() * 100 / other.as_nanos().max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn median(values: &[Duration]) -> Duration {
    let mut values = values.to_vec();
    values.sort();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
