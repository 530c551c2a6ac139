//! Measures proving and reading the recorded deliveries of every source on one core: MB a second, and what is allocated.
//!
//! The floor of the same run is `serde_json` reading the same bodies into its own tree, which proves nothing and keeps everything.
//! Rounds of both take turns, so that a machine that becomes slower becomes slower for both. Prints a line of JSON for each source
//! and then the table. `cargo run --release -p bench --bin readers`, or as a part of `cargo figures`; a second a source.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

use coverage::{
    Source,
    fixtures::{self, Fixture},
    page,
    secrets::{self, Secret},
};
use jiff::Timestamp;
use signatures::{Delivery, kept};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::{
    alloc::System,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How long a source is measured, its floor included.
const MEASURED_FOR: Duration = Duration::from_millis(900);
/// The times that all bodies of a source are read before the clock is looked at.
const AT_ONCE: usize = 20;

/// A delivery as it stands before the door.
struct Signed {
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    at: Timestamp,
}

/// The recorded deliveries of a source.
struct Bodies {
    source: Source,
    deliveries: Vec<Signed>,
    /// None: it takes none of those there are, and only reading is measured.
    secret: Option<[String; 1]>,
}

/// What reading all bodies took.
#[derive(Default)]
struct Taken {
    rounds: u128,
    time: Duration,
    allocations: usize,
    bytes: usize,
}

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
    let fixtures = fixtures::all()?;
    let mut table =
        "| source | deliveries | KB | proof, µs | proof and reading, µs | floor, µs | times the floor | MB/s | floor, MB/s | \
                     allocations | floor | KB allocated | floor |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
            .to_owned();
    for source in Source::all() {
        let bodies = Bodies::of(source, &fixtures)?;
        if !bodies.deliveries.is_empty() {
            table += &bodies.measure()?;
        }
    }
    println!("\n## Proof and reading of each source, one core; the figures of one delivery\n\n{table}");
    Ok(())
}

impl Bodies {
    fn of(source: Source, fixtures: &[Fixture]) -> Result<Self, String> {
        let fixtures: Vec<_> = fixtures.iter().filter(|fixture| fixture.source == source && !fixture.is_answer).collect();
        let with = |secret: Option<&Secret>| Self {
            source,
            deliveries: fixtures.iter().map(|fixture| Signed::of(fixture, secret)).collect(),
            secret: secret.map(|secret| [secret.proves.clone()]),
        };
        // The first secret that it takes; without one, only reading is measured.
        let proved = secrets::of(source).iter().map(|secret| with(Some(secret)));
        let bodies = proved.into_iter().find(|bodies| bodies.deliveries.iter().all(|one| bodies.prove(one)));
        let bodies = bodies.unwrap_or_else(|| with(None));
        // What is refused or broken would be measured as very quick.
        let all_read = bodies.deliveries.iter().all(|delivery| bodies.parse(delivery));
        if all_read { Ok(bodies) } else { Err(format!("{source}: not every delivery is read")) }
    }

    fn measure(&self) -> Result<String, String> {
        let (mut proof, mut reading, mut floor) = (Taken::default(), Taken::default(), Taken::default());
        let started = Instant::now();
        while started.elapsed() < MEASURED_FOR {
            proof.round(&self.deliveries, |delivery| self.prove(delivery));
            reading.round(&self.deliveries, |delivery| self.read(delivery));
            floor.round(&self.deliveries, |delivery| serde_json::from_slice::<serde_json::Value>(&delivery.body));
        }
        let count = self.deliveries.len();
        let bytes: usize = self.deliveries.iter().map(|delivery| delivery.body.len()).sum();
        let nanoseconds = |taken: &Taken| taken.time.as_nanos() / (taken.rounds * count as u128).max(1);
        let megabytes = |taken: &Taken| bytes as u128 * taken.rounds * 1000 / taken.time.as_nanos().max(1);
        let proved = if self.secret.is_some() { tenths(nanoseconds(&proof) / 100) } else { "–".to_owned() };
        let each = |value: usize| value / count;
        println!(
            "{}",
            serde_json::json!({
                "bench": "readers", "source": self.source.to_string(), "deliveries": count, "bytes": bytes,
                "proof_ns": self.secret.as_ref().map(|_| as_u64(nanoseconds(&proof))), "read_ns": as_u64(nanoseconds(&reading)),
                "floor_ns": as_u64(nanoseconds(&floor)), "read_allocations": each(reading.allocations),
                "read_bytes": each(reading.bytes), "floor_allocations": each(floor.allocations), "floor_bytes": each(floor.bytes),
            })
        );
        Ok(format!(
            "| {} | {count} | {} | {proved} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            self.source,
            tenths(each(bytes) as u128 / 100),
            tenths(nanoseconds(&reading) / 100),
            tenths(nanoseconds(&floor) / 100),
            hundredths(nanoseconds(&reading), nanoseconds(&floor)),
            megabytes(&reading),
            megabytes(&floor),
            each(reading.allocations),
            each(floor.allocations),
            tenths(each(reading.bytes) as u128 / 100),
            tenths(each(floor.bytes) as u128 / 100),
        ))
    }

    fn prove(&self, signed: &Signed) -> bool {
        match (self.source, &self.secret) {
            (Source::Carrier(source), Some(secrets)) => source.verify(signed.delivery(), secrets).is_ok(),
            (Source::Storefront(source), Some(secrets)) => source.verify(signed.delivery(), secrets).is_ok(),
            (_, None) => true,
        }
    }

    fn parse(&self, signed: &Signed) -> bool {
        let proved = kept(&signed.headers, &signed.body, signed.at);
        match self.source {
            Source::Carrier(source) => black_box(source.parse(&proved)).is_ok(),
            Source::Storefront(source) => black_box(source.parse(&proved)).is_ok(),
        }
    }

    fn read(&self, signed: &Signed) -> bool {
        self.prove(signed) && self.parse(signed)
    }
}

impl Signed {
    fn of(fixture: &Fixture, secret: Option<&Secret>) -> Self {
        let (nothing, path, at): ([(&str, &str); 0], _, _) = ([], page::path("demo", fixture.source), fixture.sent_at());
        let delivery = Delivery { method: "POST", path: &path, query: "", headers: &nothing, body: &fixture.body, now: at };
        let signed = secret.map(|secret| fixture.source.sign(&delivery, "msg_1", &secret.signs)).unwrap_or_default();
        Self { headers: [signed, fixture.headers()].concat(), body: fixture.body.clone(), at, path }
    }

    fn delivery(&self) -> Delivery<'_> {
        Delivery { method: "POST", path: &self.path, query: "", headers: &self.headers, body: &self.body, now: self.at }
    }
}

impl Taken {
    /// Does it to every delivery, several times; what is allocated is counted once.
    fn round<T>(&mut self, deliveries: &[Signed], once: impl Fn(&Signed) -> T) {
        if self.rounds == 0 {
            let region = Region::new(ALLOCATOR);
            deliveries.iter().for_each(|delivery| drop(black_box(once(delivery))));
            let change = region.change();
            (self.allocations, self.bytes) = (change.allocations + change.reallocations, change.bytes_allocated);
        }
        let started = Instant::now();
        for _ in 0..AT_ONCE {
            deliveries.iter().for_each(|delivery| drop(black_box(once(black_box(delivery)))));
        }
        self.time += started.elapsed();
        self.rounds += AT_ONCE as u128;
    }
}

fn as_u64(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

fn tenths(value: u128) -> String {
    format!("{}.{}", value / 10, value % 10)
}

fn hundredths(one: u128, other: u128) -> String {
    let ratio = one * 100 / other.max(1);
    format!("{}.{:02}", ratio / 100, ratio % 100)
}
