//! Cold starts: kills a function's process, calls it again, and asks the stack how long it took to the first `next`.

use crate::{ms, stack::Stack};
use std::time::{Duration, Instant};

/// Starts of each function; the median is told.
const STARTS: usize = 25;

/// A little more than the stack's first back-off (100 ms).
const AFTER_A_DEATH: Duration = Duration::from_millis(150);

/// How a function is made to run once.
pub enum Call {
    /// A page.
    Get(&'static str),
    /// A schedule that fires now.
    Schedule(&'static str),
    /// Any message on its queue: it cannot be read and is buried, but the function has started for it.
    Message(&'static str),
}

/// Every function, and the floor first.
pub const FUNCTIONS: &[(&str, Call)] = &[
    ("noop", Call::Get("/noop")),
    ("storefront_webhook", Call::Get("POST /webhooks/demo/storefront/shopify")),
    ("carrier_webhook", Call::Get("POST /webhooks/demo/carrier/easypost")),
    ("customer_pages", Call::Get("/demo/track")),
    ("merchant_console", Call::Get("/console")),
    ("orders", Call::Message("orders")),
    ("tracking", Call::Message("tracking")),
    ("returns", Call::Message("returns")),
    ("notify", Call::Message("letters")),
    ("errands", Call::Message("errands")),
    ("mail_events", Call::Message("feedback")),
    ("timers", Call::Schedule("timers")),
];

/// What was measured of one function.
pub struct Cold {
    name: &'static str,
    start: Duration,
    first: Option<Duration>,
    warm: Option<Duration>,
}

/// Measures one function.
pub fn measure(stack: &Stack, name: &'static str, call: &Call) -> Result<Cold, String> {
    let (mut starts, mut firsts, mut warms) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        stack.kill(name)?;
        // The stack waits a little before it starts again what died; that wait is its own, not the function's.
        std::thread::sleep(AFTER_A_DEATH);
        let total = once(stack, call)?;
        let start = stack.start_of(name)?;
        // What the caller waited beside the start itself: the first event.
        firsts.push(total.saturating_sub(start));
        starts.push(start);
        warms.push(once(stack, call)?);
    }
    let http = matches!(call, Call::Get(_));
    let told = |values| http.then(|| median(values));
    Ok(Cold { name, start: median(starts), first: told(firsts), warm: told(warms) })
}

/// The table of all functions, each beside the floor.
pub fn table(measured: &[Cold]) -> String {
    let floor = measured.first().map_or(Duration::ZERO, |cold| cold.start);
    let mut table =
        "| function | start to first next, ms | times the no-op | first event, ms | warm event, ms |\n|---|---|---|---|---|"
            .to_owned();
    for cold in measured {
        let hundredths = cold.start.as_nanos() * 100 / floor.as_nanos().max(1);
        let told = |value: Option<Duration>| value.map_or_else(|| "-".to_owned(), ms);
        table += &format!(
            "\n| {} | {} | {}.{:02} | {} | {} |",
            cold.name,
            ms(cold.start),
            hundredths / 100,
            hundredths % 100,
            told(cold.first),
            told(cold.warm)
        );
    }
    table
}

fn once(stack: &Stack, call: &Call) -> Result<Duration, String> {
    let began = Instant::now();
    match call {
        Call::Get(path) => stack.visit(path)?,
        Call::Schedule(name) => stack.visit(&format!("POST /_local/schedules/{name}"))?,
        Call::Message(queue) => {
            stack.message(queue)?;
            stack.idle()?;
        }
    }
    Ok(began.elapsed())
}

fn median(mut values: Vec<Duration>) -> Duration {
    values.sort();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
