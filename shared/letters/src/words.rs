//! The house's words about parcels and returns: the same on the page, in mails and in texts.
//!
//! [`Tongue`] says them in every language. The functions beside it say the same in English.

mod amounts;
mod names;
mod returns;
mod statuses;
mod times;
mod troubles;

pub(crate) use names::{Carrier, support_email, support_hours, support_phone};
pub use troubles::Trouble;

use crate::catalogue::{self, Catalogue};
use domain::{
    journey::StepKind,
    locale::Locale,
    parcel::{Basis, ExpectedShown, Problem},
    policy::{Outcome, ReturnReason},
    return_::{DeclineReason, HoldReason, Return, ReturnState},
    settings::ShopSettings,
    status::{Cause, Status, SubStatus},
};
use fluent_bundle::{FluentArgs, FluentValue};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The house's words in one language.
#[derive(Debug, Clone, Copy)]
pub struct Tongue(&'static Catalogue);

/// What the free functions of this module speak.
const ENGLISH: Locale = Locale::En;

impl Tongue {
    /// Of a language.
    #[must_use]
    pub fn of(locale: Locale) -> Self {
        Self(catalogue::of(locale))
    }

    /// Which language.
    #[must_use]
    pub fn locale(self) -> Locale {
        self.0.locale
    }

    /// The message of a key with these values.
    pub(crate) fn say(self, key: &str, values: &[(&'static str, FluentValue)]) -> String {
        let args: FluentArgs = values.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.0.say(key, &args)
    }

    /// The same with values that are there already.
    pub(crate) fn tell(self, key: &str, args: &FluentArgs) -> String {
        self.0.say(key, args)
    }

    /// A message without variables.
    pub(crate) fn label(self, key: &str) -> &'static str {
        self.0.label(key)
    }

    /// Whether there is such a message.
    pub(crate) fn has(self, key: &str) -> bool {
        self.0.has(key)
    }
}

/// How to reach a person of the shop, as an order in the middle of a sentence: "write to help@demo.example or call
/// +1 555 0100 (Mon–Fri 9–17)". A shop that names neither is named itself.
#[must_use]
pub fn contact(settings: &ShopSettings) -> String {
    Tongue::of(ENGLISH).contact(settings)
}

/// See [`Tongue::decline`].
#[must_use]
pub fn decline(reason: &DeclineReason) -> String {
    Tongue::of(ENGLISH).decline(reason)
}

/// See [`Tongue::hold`].
#[must_use]
pub fn hold(why: HoldReason) -> String {
    Tongue::of(ENGLISH).hold(why)
}

/// See [`Tongue::reason`].
#[must_use]
pub fn reason(reason: ReturnReason) -> &'static str {
    Tongue::of(ENGLISH).reason(reason)
}

/// See [`Tongue::outcome`].
#[must_use]
pub fn outcome(outcome: Outcome) -> &'static str {
    Tongue::of(ENGLISH).outcome(outcome)
}

/// See [`Tongue::return_state`].
#[must_use]
pub fn return_state(state: &ReturnState) -> &'static str {
    Tongue::of(ENGLISH).return_state(state)
}

/// See [`Tongue::what_happens_next`].
#[must_use]
pub fn what_happens_next(return_: &Return, settings: &ShopSettings) -> String {
    Tongue::of(ENGLISH).what_happens_next(return_, settings)
}

/// See [`Tongue::status`].
#[must_use]
pub fn status(status: Status, sub: &SubStatus) -> String {
    Tongue::of(ENGLISH).status(status, sub)
}

/// See [`Tongue::step`].
#[must_use]
pub fn step(kind: StepKind) -> &'static str {
    Tongue::of(ENGLISH).step(kind)
}

/// "Thursday 26 November".
#[must_use]
pub fn day(date: Date) -> String {
    Tongue::of(ENGLISH).day(date)
}

/// "Thursday 26 November 2026", for a last day that may be far away.
#[must_use]
pub fn day_with_year(date: Date) -> String {
    Tongue::of(ENGLISH).day_with_year(date)
}

/// "Thu 26 Nov, 14:05" by the clocks of this zone.
#[must_use]
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    Tongue::of(ENGLISH).moment(at, zone)
}

/// See [`Tongue::expected`].
#[must_use]
pub fn expected(expected: ExpectedShown) -> String {
    Tongue::of(ENGLISH).expected(expected)
}

/// See [`Tongue::expected_by`].
#[must_use]
pub fn expected_by(by: Basis) -> &'static str {
    Tongue::of(ENGLISH).expected_by(by)
}

/// See [`Tongue::trouble`].
#[must_use]
pub fn trouble(problem: &Problem, carrier_name: &str, shop_name: &str) -> Trouble {
    Tongue::of(ENGLISH).trouble(problem, carrier_name, shop_name)
}

/// See [`Tongue::cause`].
#[must_use]
pub fn cause(cause: Cause) -> &'static str {
    Tongue::of(ENGLISH).cause(cause)
}
