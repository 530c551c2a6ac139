//! What the house costs in AWS by the month, from requests counted on the local stack.
//!
//! Counted is what one webhook, letter, page and return asks of DynamoDB and SQS (`counted`). How many of them a month has is
//! an assumption (`month::Habits`), and so are milliseconds and bytes. Prices are AWS's list (`prices`). Everything is a whole
//! number: units, and micro-dollars.

pub mod counted;
pub mod month;
pub mod prices;
pub mod table;

/// A count of anything.
pub type Units = u128;
