//! Sends many calls from several clients and says how long they took.

use crate::{ms, stack::Stack};
use carriers::CarrierSource;
use jiff::Timestamp;
use signatures::Delivery;
use std::time::{Duration, Instant};

/// The path of the measured door.
pub const PATH: &str = "/webhooks/demo/carrier/easypost";
/// The recorded event that is sent, with another tracking number each time.
pub const EVENT: &str = include_str!("../../../events/carrier_webhook/easypost_in_transit.json");
/// The number in it.
const NUMBER: &str = "1Z4X82V70341608270";

/// A load on one stack.
pub struct Load<'a> {
    /// Where.
    pub stack: &'a Stack,
    /// Clients at once.
    pub clients: usize,
    /// Calls in all.
    pub count: usize,
}

/// What a load took.
pub struct Taken {
    /// When it began.
    pub started: Instant,
    took: Duration,
    latencies: Vec<Duration>,
}

impl Taken {
    /// Calls per second.
    pub fn per_second(&self) -> u128 {
        self.latencies.len() as u128 * 1_000_000 / self.took.as_micros().max(1)
    }

    /// A row of the table.
    pub fn row(&self, name: &str) -> String {
        let at =
            |percent: usize| self.latencies.get((self.latencies.len() * percent / 100).min(self.latencies.len() - 1)).copied();
        let [p50, p99, max] = [at(50), at(99), self.latencies.last().copied()].map(|d| ms(d.unwrap_or_default()));
        format!("| {name} | {} | {p50} | {p99} | {max} |", self.per_second())
    }
}

impl Load<'_> {
    /// The floor: the same client and server, an answer without work.
    pub fn floor(&self) -> Result<Taken, String> {
        let url = self.stack.url("/_local/ready");
        self.all(|agent, _| agent.get(&url).call().map(|_| ()).map_err(|error| error.to_string()))
    }

    /// Signed events, each of another parcel.
    pub fn events(&self, name: &str) -> Result<Taken, String> {
        self.all(|agent, index| event(self.stack, agent, &format!("1ZBENCH{name}{index:06}")))
    }

    fn all(&self, call: impl Fn(&ureq::Agent, usize) -> Result<(), String> + Sync) -> Result<Taken, String> {
        let started = Instant::now();
        let each = self.count / self.clients;
        let call = &call;
        let done: Vec<Result<Vec<Duration>, String>> = std::thread::scope(|scope| {
            let client = |client: usize| {
                scope.spawn(move || {
                    let agent = agent();
                    (0..each)
                        .map(|n| {
                            let began = Instant::now();
                            call(&agent, client * each + n).map(|()| began.elapsed())
                        })
                        .collect()
                })
            };
            let clients: Vec<_> = (0..self.clients).map(client).collect();
            clients.into_iter().map(|client| client.join().unwrap_or_else(|_| Err("a client panicked".to_owned()))).collect()
        });
        let took = started.elapsed();
        let mut latencies = Vec::with_capacity(self.count);
        for one in done {
            latencies.extend(one?);
        }
        latencies.sort();
        Ok(Taken { started, took, latencies })
    }
}

/// One event from a new client, timed.
pub fn one(stack: &Stack, name: &str) -> Result<Duration, String> {
    let agent = agent();
    // The connection is not what is measured.
    agent.get(&stack.url("/_local/ready")).call().map_err(|error| error.to_string())?;
    let began = Instant::now();
    event(stack, &agent, &format!("1ZBENCHONE{}", name.to_uppercase()))?;
    Ok(began.elapsed())
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(20))).build().into()
}

/// The headers by which EasyPost shows that a body is its own.
pub fn signed(body: &str, secret: &str) -> Vec<(&'static str, String)> {
    let none: [(&str, &str); 0] = [];
    let delivery =
        Delivery { method: "POST", path: PATH, query: "", headers: &none, body: body.as_bytes(), now: Timestamp::now() };
    CarrierSource::EasyPost.sign(&delivery, "bench", secret)
}

fn event(stack: &Stack, agent: &ureq::Agent, number: &str) -> Result<(), String> {
    let body = EVENT.replace(NUMBER, number);
    let mut request = agent.post(stack.url(PATH)).header("content-type", "application/json");
    for (name, value) in signed(&body, &stack.secret("easypost")?) {
        request = request.header(name, value);
    }
    request.send(body.as_bytes()).map(|_| ()).map_err(|error| error.to_string())
}
