//! The outside world's APIs as the postmen use them: the merchant's own webhook receivers, WhatsApp, and whatever storefronts
//! and carriers are asked.
//!
//! A receiver of webhooks was named by a stranger: [`guard`] decides *at connect* which addresses may be reached. WhatsApp's address
//! is our own configuration, as are those of storefronts and carriers, and an access token is never sent in the clear. None of our own credentials is kept in this crate;
//! what a call needs it is handed.

pub mod call;
mod delivery;
pub mod guard;
pub mod outgoing_webhook;
pub mod whatsapp;
mod wire;

#[cfg(test)]
mod receiver;

pub use delivery::Delivery;
