//! The whole house under test: its rules, its template, and what people get when webhooks knock at its doors.
#![allow(clippy::unwrap_used, reason = "a test that stumbles fails, and says where")]

mod answers;
mod arrows;
mod browser;
mod budgets;
mod consent;
mod console;
mod contracts_kept;
mod crashes;
mod doors;
mod finding;
mod hours;
mod journey;
mod kills;
mod parcels;
mod poison;
mod returns;
mod rights;
mod shuffled;
mod sources;
mod staff;
mod telling;
mod template;
mod texts;
mod timers;
mod truth;
