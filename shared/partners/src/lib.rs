//! The outside world's APIs as the postman of errands uses them: today the merchant's own webhook receivers.
//!
//! Whoever is called here was named by a stranger, so every call goes through [`guard`]: it decides *at connect* which
//! addresses may be reached. None of our own credentials is known in this crate.

pub mod guard;
pub mod outgoing_webhook;
