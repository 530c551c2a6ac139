//! What went wrong with a parcel, and what the person who waits for it can do now.

use super::{Carrier, Tongue};
use crate::clean;
use domain::{
    parcel::Problem,
    status::{Cause, Status},
};
use fluent_bundle::FluentArgs;

/// A problem in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What happened, as a title without a full stop.
    pub headline: String,
    /// What is known about it, in a sentence or two.
    pub explanation: String,
    /// What to do now, even if it is nothing.
    pub what_now: String,
}

impl Tongue {
    /// What went wrong in words, with what to do now. Codes nobody has words for are told as what they are: a problem of
    /// which no more is known.
    #[must_use]
    pub fn trouble(self, problem: &Problem, carrier_name: &str, shop_name: &str) -> Trouble {
        let mut args = FluentArgs::new();
        self.name_carrier(&mut args, &Carrier::of(carrier_name));
        self.name_shop(&mut args, &clean::line(shop_name, clean::SHOP_CHARS_MAX));
        let message = self.trouble_message(problem);
        Trouble {
            headline: self.tell(&message, &args),
            explanation: self.tell(&format!("{message}.explanation"), &args),
            what_now: self.tell(&format!("{message}.what_now"), &args),
        }
    }

    fn trouble_message(self, problem: &Problem) -> String {
        let (family, code) = match problem {
            Problem::Carrier { status, sub, .. } => match status {
                Status::AttemptFailed => ("attempt", sub.code()),
                Status::Returning => ("returning", sub.code()),
                Status::Returned => ("returned", sub.code()),
                Status::Expired => return "expired".to_owned(),
                Status::Exception => ("exception", sub.code()),
                Status::Pending
                | Status::InfoReceived
                | Status::InTransit
                | Status::OutForDelivery
                | Status::AvailableForPickup
                | Status::Delivered
                | Status::Cancelled => return "exception".to_owned(),
            },
            Problem::Episode(episode) => return format!("episode_{}", episode.kind.code()),
        };
        // "returned" and "to_sender" make `returned_to_sender`.
        let exact = format!("{family}_{code}");
        if self.has(&exact) { exact } else { family.to_owned() }
    }

    /// What it comes from, as it stands after "because of": "bad weather".
    #[must_use]
    pub fn cause(self, cause: Cause) -> &'static str {
        self.label(match cause {
            Cause::Carrier => "cause-carrier",
            Cause::Merchant => "cause-merchant",
            Cause::Customer => "cause-customer",
            Cause::Customs => "cause-customs",
            Cause::Weather => "cause-weather",
            Cause::Other => "cause-other",
        })
    }
}
