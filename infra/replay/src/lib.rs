//! Tells the house again what it was told: deliveries that were kept, read with today's readers, and what other systems export.
//!
//! Data flows one way: [`deliveries`], [`shopify`] and [`aftership`] make reports ([`told`]) of what was kept or exported; the
//! [`ledger`] folds them as the desks do and remembers what would differ; [`run`] shows that, and with `--write` puts the
//! reports that do it on the desks' queues. Nothing is written past a desk, so that a replay can do no more than webhooks can.

pub mod aftership;
pub mod arguments;
mod cells;
pub mod deliveries;
pub mod desk;
pub mod difference;
pub mod ledger;
pub mod run;
pub mod shopify;
pub mod table;
pub mod told;
