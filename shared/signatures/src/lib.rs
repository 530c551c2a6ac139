//! A delivery at a door: proved to come from who it says, then read field by field without trusting its shape.
//!
//! Storefronts and carriers sign differently, but all of them keep one form: an HMAC-SHA256 over some text followed by the
//! exact body. [`sealed`] is that form and, with [`token`], the maker of a [`Verified`] at a door; parsers take nothing else.

mod coverage;
mod delivery;
mod read;
mod seal;
pub mod standard;

pub use coverage::{Answers, Topic};
pub use delivery::{Delivery, Headers, Refusal, Verified, answered, kept};
pub use read::{BadDelivery, Field, List, Part};
pub use seal::{Key, Mac, TOLERANCE_S, fresh, keys, seal, sealed, token};
