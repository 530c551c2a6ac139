//! The harness of the whole-house tests: a stack that runs the real functions, a browser, and readers of what they answer.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a harness that stumbles is a failing test, and says where")]

pub mod browser;
mod clock;
pub mod company;
pub mod dice;
pub mod http;
mod launch;
mod message;
pub mod page;
pub mod repository;
mod settings;
pub mod sign;
pub mod stack;
pub mod story;
pub mod turns;
pub mod yaml;
