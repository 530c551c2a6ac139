//! The outside world's APIs as the postmen use them: the merchant's own webhook receivers, and WhatsApp.
//!
//! Every call goes through [`guard`], which decides *at connect* which addresses may be reached: a receiver of webhooks was
//! named by a stranger, and an access token is never sent in the clear. None of our own credentials is kept in this crate;
//! what a call needs it is handed.

pub mod guard;
pub mod outgoing_webhook;
pub mod whatsapp;

#[cfg(test)]
mod receiver;
