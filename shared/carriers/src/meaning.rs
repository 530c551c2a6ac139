//! What the words of carriers mean to us, and the few steps that reading a scan is the same for every source.

use domain::{
    carrier,
    id::{CarrierCode, TrackingNumber},
    scan::{CODE_CHARS_MAX, Scan, ScanId},
    status::{Status, SubStatus},
};
use serde::Deserialize;
use signatures::{BadDelivery, Field};
use std::collections::BTreeSet;

/// Codes we could not read that are kept of one report; one is enough to look for it.
const UNKNOWN_CODES_MAX: usize = 20;

/// What a pair of words means, and whether we know the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) status: Status,
    pub(crate) sub: &'static str,
    pub(crate) is_known: bool,
}

impl Meaning {
    pub(crate) fn of(status: Status, sub: &'static str) -> Self {
        Self { status, sub, is_known: true }
    }

    /// The general word is known, the finer one is not: the general one holds.
    pub(crate) fn unsure(status: Status) -> Self {
        Self { status, sub: "other", is_known: false }
    }

    /// Not even the general word is known: a scan that changes nothing.
    pub(crate) fn none() -> Self {
        Self::unsure(Status::Pending)
    }

    pub(crate) fn sub(self) -> SubStatus {
        SubStatus::new(self.sub)
    }
}

/// A town as carriers write it. Streets and postal codes are not read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    pub(crate) city: Field,
    state: Field,
    country: Field,
}

impl Place {
    /// `Reno, NV, US`.
    pub(crate) fn line(&self) -> String {
        [&self.city, &self.state, &self.country].into_iter().filter_map(Field::text).collect::<Vec<_>>().join(", ")
    }
}

/// Two words of a source as one raw code: `in_transit/arrived_at_facility`.
pub(crate) fn raw_code(status: &Field, detail: &Field) -> String {
    [status, detail].into_iter().filter_map(Field::text).collect::<Vec<_>>().join("/")
}

/// The name of the parcel; the number's own form tells the carrier when the source does not.
pub(crate) fn name(carrier: &Field, number: &Field, number_path: &str) -> Result<(CarrierCode, TrackingNumber), BadDelivery> {
    let text = number.required(number_path)?;
    let number =
        TrackingNumber::read(text).map_err(|error| BadDelivery::bad(number_path, format!("is not readable: {error}")))?;
    let named = carrier.text().map(carrier::code).filter(|code| !matches!(code.as_str(), "unknown" | "other"));
    Ok((named.unwrap_or_else(|| carrier::guess(&number)), number))
}

/// Scans and what could not be read of them, as they are gathered.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) scans: Vec<Scan>,
    seen: BTreeSet<ScanId>,
    unknown: BTreeSet<String>,
}

impl Gathered {
    /// Adds a scan unless the same one was added.
    pub(crate) fn add(&mut self, scan: Scan) {
        let scan = scan.bounded();
        if self.seen.insert(scan.id()) {
            self.scans.push(scan);
        }
    }

    /// Remembers a code that is not known.
    pub(crate) fn wonder(&mut self, code: &str) {
        if self.unknown.len() < UNKNOWN_CODES_MAX && !code.is_empty() {
            self.unknown.insert(code.chars().take(CODE_CHARS_MAX).collect());
        }
    }

    pub(crate) fn finish(self) -> (Vec<Scan>, Vec<String>) {
        (self.scans, self.unknown.into_iter().collect())
    }
}
