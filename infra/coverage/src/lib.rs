//! What every source covers, told by its code: the page `infra/SOURCES.md`, the fixtures in `events/`, and what fuzzing begins with.
//!
//! All of it walks the tables of `carriers` and `storefronts`, so that a new source is in it as soon as it has its row there.

pub mod fixtures;
pub mod knock;
pub mod page;
pub mod secrets;
pub mod seeds;
mod table;

use carriers::CarrierSource;
use signatures::{Answers, Delivery, Topic};
use std::{
    fmt,
    path::{Path, PathBuf},
};
use storefronts::Storefront;

/// Anybody whose deliveries are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It tells of parcels.
    Carrier(CarrierSource),
    /// It tells of orders.
    Storefront(Storefront),
}

impl Source {
    /// All of them, those that tell of parcels first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let carriers = CarrierSource::ALL.iter().copied().map(Self::Carrier);
        carriers.chain(Storefront::ALL.iter().copied().map(Self::Storefront)).collect()
    }

    /// The part of its address before its name.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Carrier(_) => "carrier",
            Self::Storefront(_) => "storefront",
        }
    }

    /// Its name in the address.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Carrier(source) => source.as_str(),
            Self::Storefront(source) => source.as_str(),
        }
    }

    /// Its topics and what is made of each.
    #[must_use]
    pub fn topics(self) -> &'static [Topic] {
        match self {
            Self::Carrier(source) => source.topics(),
            Self::Storefront(source) => source.topics(),
        }
    }

    /// The headers that its reader looks at.
    #[must_use]
    pub fn headers_read(self) -> &'static [&'static str] {
        match self {
            Self::Carrier(source) => source.headers_read(),
            Self::Storefront(source) => source.headers_read(),
        }
    }

    /// How it proves itself.
    #[must_use]
    pub fn proof(self) -> &'static str {
        match self {
            Self::Carrier(source) => source.proof(),
            Self::Storefront(source) => source.proof(),
        }
    }

    /// How it is turned away.
    #[must_use]
    pub fn answers(self) -> Answers {
        match self {
            Self::Carrier(source) => source.answers(),
            Self::Storefront(source) => source.answers(),
        }
    }

    /// Where its public keys are: a whole address, or a path below the storefront's own.
    #[must_use]
    pub fn keys_at(self) -> Option<&'static str> {
        match self {
            Self::Carrier(source) => source.keys_url(),
            Self::Storefront(source) => source.keys_path(),
        }
    }

    /// The headers with which it would sign a body.
    #[must_use]
    pub fn sign(self, delivery: &Delivery<'_>, message_id: &str, secret: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::Carrier(source) => source.sign(delivery, message_id, secret),
            Self::Storefront(source) => source.sign(delivery, message_id, secret),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.name())
    }
}

/// The root of the checkout.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}
