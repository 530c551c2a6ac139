//! What every page we show has in common: headers, same-site judgement, nonces of forms, form fields, colours, the head.
//!
//! No page of its own and nothing of one audience: what only customers or only staff see is in their function.

pub mod answer;
pub mod colour;
pub mod form;
pub mod nonce;
pub mod policy;
pub mod sender;
pub mod text;

/// How every page begins: how it is to be read, and that nobody lists it. The title and the style follow.
pub const HEAD: &str = include_str!("../templates/head.html");
