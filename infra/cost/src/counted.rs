//! What was counted on the local stack, brought down to one of each thing that happens.

use crate::Units;
use serde_json::Value as Json;

/// What one of each thing asks of AWS, in thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// A storefront's webhook, from the door to the vault.
    pub hook: Each,
    /// A carrier's webhook, from the door to the vault.
    pub event: Each,
    /// A letter on one channel.
    pub message: Each,
    /// What SES tells of a mail afterwards.
    pub told: Each,
    /// A look at a customer's page.
    pub page: Each,
    /// A step of a return.
    pub step: Each,
    /// Something new in the vault, on its way from the stream to the queues of the postmen.
    pub change: Each,
}

/// What one thing asks of AWS, in thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Each {
    /// Read units of DynamoDB.
    pub reads: Units,
    /// Write units of DynamoDB.
    pub writes: Units,
    /// Requests that put messages on queues.
    pub sends: Units,
}

/// How many of each thing were played while the stack counted. What is not given is told by the counters themselves: a door
/// sends once for each delivery, a postman asks a provider once for each letter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Played {
    /// Webhooks of storefronts.
    pub hooks: Option<Units>,
    /// Webhooks of carriers.
    pub events: Option<Units>,
}

impl Counted {
    /// Reads the answer of `GET /_local/requests`.
    ///
    /// # Errors
    /// Names what is missing: without deliveries and letters there is nothing to divide by.
    pub fn read(requests: &Json, played: Played) -> Result<Self, String> {
        let count = |function: &str, what: &str| requests[function][what].as_u64().map_or(0, Units::from);
        let sends = |function: &str| count(function, "sqs:SendMessage") + count(function, "sqs:SendMessageBatch");
        let sum = |functions: &[&str], divisor: Units| -> Each {
            let of = |what: &dyn Fn(&str) -> Units| functions.iter().map(|function| what(function)).sum::<Units>();
            let per = |thousandths: Units| thousandths.checked_div(divisor).unwrap_or(0);
            Each {
                reads: per(of(&|function| count(function, "dynamodb:read_units_x1000"))),
                writes: per(of(&|function| count(function, "dynamodb:write_units_x1000"))),
                sends: per(of(&|function| sends(function) * 1000)),
            }
        };
        let hooks = played.hooks.unwrap_or_else(|| sends("storefront_webhook"));
        let events = played.events.unwrap_or_else(|| sends("carrier_webhook"));
        let mails = count("notify", "ses:SendEmail");
        let messages = mails + count("notify", "sns:Publish");
        // Each look at an order's page reads its parcels once.
        let pages = count("customer_pages", "dynamodb:BatchGetItem");
        let steps = sends("customer_pages") + sends("merchant_console");
        for (what, count) in [("a storefront's webhook", hooks), ("a carrier's webhook", events), ("a letter", messages)] {
            if count == 0 {
                return Err(format!("the stack has not seen {what}; play a journey first"));
            }
        }
        let door = |each: Each, own: Each| Each { sends: own.sends, ..each };
        Ok(Self {
            hook: door(sum(&["storefront_webhook", "orders"], hooks), sum(&["storefront_webhook"], hooks)),
            event: door(sum(&["carrier_webhook", "tracking"], events), sum(&["carrier_webhook"], events)),
            message: door(sum(&["notify"], messages), Each::default()),
            told: door(sum(&["mail_events"], mails), Each::default()),
            page: door(sum(&["customer_pages"], pages), Each::default()),
            step: door(sum(&["returns", "merchant_console"], steps), Each { sends: 1000, ..Each::default() }),
            change: sum(&["announce"], hooks + events + steps),
        })
    }
}
