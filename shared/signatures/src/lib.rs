//! A delivery at a door: proved to come from who it says, then read field by field without trusting its shape.
//!
//! Storefronts and carriers sign differently, but most of them keep one form: an HMAC-SHA256 over some text followed by the
//! exact body ([`sealed`]). Others sign with a private key ([`rsa_signed`], [`detached_jws`]), send a password ([`password`],
//! [`token`]) or a token that we gave them ([`granted`]). These are the makers of a [`Verified`] at a door; parsers take nothing
//! else.

mod coverage;
mod delivery;
mod grant;
mod public_key;
mod read;
mod seal;
pub mod standard;

pub use coverage::{Answers, Topic};
pub use delivery::{Delivery, Headers, Refusal, Verified, answered, hello, json_within, kept};
pub use grant::{GRANTED_S, Grant, grant, granted, is_pair};
pub use public_key::{detached_jws, detached_jws_seal, rsa_seal, rsa_signed};
pub use read::{BadDelivery, Either, Field, List, Part};
pub use seal::{Key, Mac, TOLERANCE_S, digest, digested, fresh, keys, password, seal, sealed, sealed_body, sealed_over, token};
