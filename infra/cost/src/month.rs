//! A month of a shop: how much of each thing happens, what that asks of AWS, and what AWS asks for it.

use crate::{
    Units,
    counted::{Counted, Each},
    prices::{self, Price},
};

/// What happens around one order. Shares are in percent.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// Parcels, in hundredths of a parcel an order.
    pub parcels_percent: Units,
    /// Webhooks of carriers for each parcel.
    pub events: Units,
    /// Webhooks of the storefront for each order.
    pub hooks: Units,
    /// Deliveries that come twice.
    pub repeats_percent: Units,
    /// Mails for each order.
    pub mails: Units,
    /// Texts, in hundredths of a text an order.
    pub texts_percent: Units,
    /// Looks at the page for each order.
    pub views: Units,
    /// Orders of which something comes back.
    pub returns_percent: Units,
    /// Steps of a return.
    pub steps: Units,
    /// Messages a function gets at once. When they come slowly it is one; in a rush it is ten.
    pub batch: Units,
    /// Whether X-Ray follows calls.
    pub traced: bool,
}

impl Default for Habits {
    /// A shop as the goals of the project assume it.
    fn default() -> Self {
        Self {
            parcels_percent: 115,
            events: 12,
            hooks: 4,
            repeats_percent: 1,
            mails: 4,
            texts_percent: 0,
            views: 4,
            returns_percent: 17,
            steps: 5,
            batch: 1,
            traced: true,
        }
    }
}

/// Minutes of a month of thirty days.
const MINUTES: Units = 30 * 24 * 60;
/// Queues that Lambda polls, and requests of five pollers that wait 20 s each, all month.
const POLLS: Units = 7 * 5 * 3 * MINUTES;
/// Metrics in the template's alarms.
const ALARM_METRICS: Units = 34;
/// Read units of one sweep of the timers: how far the last came, and sixteen shards, empty; every tenth time two buckets each.
const SWEEP_READS: Units = 19;
/// Kilobytes of a page with its headers, packed.
const PAGE_KILOBYTES: Units = 14;
/// Bytes of the log for a call: one line of ours.
const LINE_BYTES: Units = 300;
/// Kilobytes kept for an order with parcels, letters, lookups and returns, and the months it is kept.
const ORDER_KILOBYTES: Units = 12;
/// Functions that read the secret, and how often each running process reads it, in a month.
const SECRET_READERS: Units = 8;
const SECRET_READS: Units = SECRET_READERS * 2 * (MINUTES / 4);

/// Milliseconds of a warm call on Lambda, by kind; assumed from published measurements, see infra/README.md.
mod milliseconds {
    use super::Units;
    pub const DOOR: Units = 6;
    pub const PAGE: Units = 8;
    pub const MESSAGE_AT_DESK: Units = 5;
    pub const CHANGE: Units = 5;
    pub const LETTER: Units = 25;
    pub const TOLD: Units = 5;
    pub const SWEEP: Units = 40;
}

/// One line of the bill.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it is for.
    pub what: &'static str,
    /// How much of it.
    pub units: Units,
    /// Its price.
    pub price: Price,
    /// Whether it is infrastructure, and not mail or texts, which cost the same with any software.
    pub is_ours: bool,
}

/// The bill of a month with so many orders.
#[must_use]
pub fn bill(orders: Units, habits: &Habits, counted: &Counted) -> Vec<Line> {
    let h = habits;
    let twice = |n: Units| n * (100 + h.repeats_percent) / 100;
    let parcels = orders * h.parcels_percent / 100;
    let hooks = twice(orders * h.hooks);
    let events = twice(parcels * h.events);
    let (mails, texts) = (orders * h.mails, orders * h.texts_percent / 100);
    let messages = mails + texts;
    let pages = orders * h.views;
    let steps = orders * h.returns_percent / 100 * h.steps;
    // Each parcel has about one timer that fires: a message to its desk.
    let timers = parcels;
    let changes = hooks + events + steps;
    // SES tells of each mail that it was taken and that it arrived.
    let told = 2 * mails;
    let batches = |n: Units| n.div_ceil(h.batch.max(1));

    let http = hooks + events + pages + steps;
    // Calls, by the function they are of: X-Ray counts each function by itself.
    let calls = [
        hooks,
        events,
        pages + steps,
        batches(hooks),
        batches(events + timers),
        batches(steps),
        batches(changes),
        batches(messages),
        batches(told),
        MINUTES,
    ];
    let all_calls: Units = calls.iter().sum();
    let ms = (hooks + events) * (milliseconds::DOOR + milliseconds::MESSAGE_AT_DESK)
        + timers * milliseconds::MESSAGE_AT_DESK
        + pages * milliseconds::PAGE
        + steps * (milliseconds::PAGE + milliseconds::MESSAGE_AT_DESK)
        + changes * milliseconds::CHANGE
        + messages * milliseconds::LETTER
        + told * milliseconds::TOLD
        + MINUTES * milliseconds::SWEEP;
    let each = |of: fn(&Each) -> Units| {
        (hooks * of(&counted.hook)
            + events * of(&counted.event)
            + messages * of(&counted.message)
            + mails * of(&counted.told)
            + pages * of(&counted.page)
            + steps * of(&counted.step)
            + changes * of(&counted.change))
            / 1000
    };
    // A read and a delete for each batch, besides the polls that find nothing. Polls that find something are among the former.
    let read_calls = batches(hooks) + batches(events + timers) + batches(steps) + batches(messages) + batches(told);
    let sqs = each(|e| e.sends) + told + batches(timers) + 2 * read_calls + POLLS;
    let traces = if h.traced { calls.iter().map(|calls| traced(*calls)).sum() } else { 0 };

    let line = |what, price, units| Line { what, units, price, is_ours: true };
    vec![
        line("HTTP API: requests", prices::HTTP_REQUEST, http),
        line("Lambda: calls", prices::CALL, all_calls),
        line("Lambda: GB-seconds, 256 MB", prices::GIGABYTE_SECOND, ms / 4000),
        line("SQS: requests, polling included", prices::SQS_REQUEST, sqs),
        line("SNS: what SES tells", prices::SNS_PUBLISH, told),
        // A fired timer is read with twenty others, and its parcel by itself. Its row goes away for nothing.
        line("DynamoDB: write units", prices::WRITE_UNIT, each(|e| e.writes) + MINUTES),
        line("DynamoDB: read units", prices::READ_UNIT, each(|e| e.reads) + timers + timers / 20 + MINUTES * SWEEP_READS),
        line("DynamoDB: MB kept after this month", prices::KEPT_MEGABYTE, orders * ORDER_KILOBYTES / 1000),
        line("Scheduler: runs", prices::SCHEDULE, MINUTES),
        line("CloudWatch: KB of log", prices::LOG_KILOBYTE, (http + all_calls) * LINE_BYTES / 1000),
        line("CloudWatch: metrics of alarms", prices::ALARM_METRIC, ALARM_METRICS),
        line("X-Ray: traces, at most", prices::TRACE, traces),
        line("Secrets Manager: secrets", prices::SECRET, 1),
        line("Secrets Manager: reads, at most", prices::SECRET_READ, SECRET_READS.min(all_calls - MINUTES)),
        line("Data out: KB of pages", prices::SENT_KILOBYTE, pages * PAGE_KILOBYTES),
        Line { is_ours: false, ..line("SES: mails", prices::MAIL, mails) },
        Line { is_ours: false, ..line("SMS: texts", prices::TEXT, texts) },
    ]
}

/// Calls of one function that X-Ray records at most: one each second, and a twentieth of the others.
fn traced(calls: Units) -> Units {
    let seconds = MINUTES * 60;
    calls.min(seconds) + calls.saturating_sub(seconds) / 20
}

/// A sum of micro-dollars: ours, and with mail and texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// Infrastructure.
    pub ours: Units,
    /// Everything.
    pub all: Units,
}

/// Adds a bill up.
#[must_use]
pub fn total(bill: &[Line], amount: fn(&Line) -> Units) -> Total {
    let ours = bill.iter().filter(|line| line.is_ours).map(amount).sum();
    Total { ours, all: bill.iter().map(amount).sum() }
}

impl Line {
    /// Micro-dollars at the list price.
    #[must_use]
    pub fn listed(&self) -> Units {
        self.price.of(self.units)
    }

    /// Micro-dollars after what every account has for nothing.
    #[must_use]
    pub fn after_free(&self) -> Units {
        self.price.after_free(self.units)
    }
}
