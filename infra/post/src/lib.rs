//! What became of an order's letters, and the few things that staff may do about it: look, preview, test, resend.
//!
//! Data flows one way: [`arguments`] says what a person asked for, [`desk`] loads one [`Dossier`], and the rest is pure: it
//! makes words of it. Only `main` prints.

pub mod account;
pub mod arguments;
pub mod choice;
pub mod desk;
mod dossier;
pub mod masked;
pub mod moment;
pub mod resend;
#[cfg(test)]
mod sample;
pub mod wording;

pub use dossier::Dossier;
