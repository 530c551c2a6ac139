//! The catalogue: every reason there is to write to somebody, with what the house thinks of it until a shop says otherwise.

use super::Channel;
use serde::{Deserialize, Serialize};

/// Makes the kinds of one list, so that none can be missing in another.
macro_rules! catalogue {
    ($($(#[doc = $doc:literal])+ $kind:ident = $code:literal,)+) => {
        /// What a letter is for. A kind without words in `letters` does not compile.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum LetterKind {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $kind,)+
        }

        impl LetterKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The word in keys, tags, settings and logs.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$kind => $code,)+
                }
            }
        }
    };
}

catalogue! {
    /// The order is paid for: summary, address, link.
    OrderConfirmed = "order_confirmed",
    /// The shop holds it back for a check.
    OrderHeld = "order_on_hold",
    /// The check is over.
    OrderReleased = "order_released",
    /// What was ordered, or where it goes, is another now.
    OrderChanged = "order_changed",
    /// It is called off.
    OrderCancelled = "order_cancelled",
    /// A part of it was handed over, the rest follows.
    OrderPartlyShipped = "order_partly_shipped",
    /// Somebody collects the items.
    Picking = "picking",
    /// Everything is in its box.
    Packed = "packed",
    /// A label was made.
    LabelMade = "label_made",
    /// The carrier has the parcel.
    Shipped = "shipped",
    /// It is expected tomorrow.
    ArrivingSoon = "arriving_soon",
    /// It is on the vehicle.
    OutForDelivery = "out_for_delivery",
    /// Somebody tried and failed.
    AttemptFailed = "attempt_failed",
    /// It waits where it can be collected.
    ReadyForPickup = "ready_for_pickup",
    /// It still waits there.
    PickupReminder = "pickup_reminder",
    /// It arrived.
    Delivered = "delivered",
    /// It arrived next door.
    DeliveredToNeighbour = "delivered_to_neighbour",
    /// The last parcel of several arrived.
    AllDelivered = "all_delivered",
    /// It is expected on another day than was said.
    NewDay = "new_day",
    /// It is late, and nobody has a better day.
    Delayed = "delayed",
    /// Nobody has scanned it for days.
    Stalled = "stalled",
    /// Customs want something, or take their time.
    Customs = "customs",
    /// Duties or a fee have to be paid.
    PaymentDue = "payment_due",
    /// The address does not do.
    AddressProblem = "address_problem",
    /// It was damaged.
    Damaged = "damaged",
    /// It is lost, or likely so.
    Lost = "lost",
    /// It is on its way back to the shop.
    Returning = "returning",
    /// It is back at the shop.
    ReturnedToSender = "returned_to_sender",
    /// Something else went wrong.
    DeliveryProblem = "delivery_problem",
    /// What went wrong is over.
    ProblemSolved = "problem_solved",
    /// A return was asked for and a person will look at it.
    ReturnReceived = "return_received",
    /// It may come back.
    ReturnApproved = "return_approved",
    /// It may not.
    ReturnDeclined = "return_declined",
    /// The shop has to know more first.
    ReturnNeedsInformation = "return_needs_information",
    /// The label, or the code for the drop-off, is there.
    ReturnLabel = "return_label",
    /// The carrier has it.
    ReturnOnItsWay = "return_on_its_way",
    /// The shop has it.
    ReturnArrived = "return_arrived",
    /// The shop has looked at it.
    ReturnInspected = "return_inspected",
    /// Money went back.
    ReturnRefunded = "return_refunded",
    /// Store credit was given.
    ReturnCredited = "return_credited",
    /// The other item is on order.
    ReturnExchanged = "return_exchanged",
    /// Soon it can no longer come back.
    ReturnWindowClosing = "return_window_closing",
    /// Thanks, and how to take care of it.
    ThankYou = "thank_you",
    /// How did the delivery go?
    RatingRequest = "rating_request",
    /// Would you review what you bought?
    ReviewRequest = "review_request",
    /// It may be used up soon.
    Replenishment = "replenishment",
    /// Somebody asked for the order's link: it signs in.
    OrderLink = "order_link",
    /// The preferences are others now.
    PreferencesChanged = "preferences_changed",
    /// For the staff: a person is needed.
    PersonNeeded = "person_needed",
}

/// Why a person may be written to. Consent is asked for each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// News of what they bought.
    OrderNews,
    /// Something the shop would like: it needs consent, and can be ended with one click.
    Marketing,
    /// They asked for it this very moment; nothing turns it off.
    Account,
    /// To the shop's own staff.
    Staff,
}

impl LetterKind {
    /// What it is sent for.
    #[must_use]
    pub fn purpose(self) -> Purpose {
        match self {
            Self::OrderLink | Self::PreferencesChanged => Purpose::Account,
            Self::ThankYou | Self::RatingRequest | Self::ReviewRequest | Self::Replenishment => Purpose::Marketing,
            Self::PersonNeeded => Purpose::Staff,
            _ => Purpose::OrderNews,
        }
    }

    /// Whether it is sent until a shop says otherwise. The few that matter: those that ask nothing and change nothing are off.
    #[must_use]
    pub fn is_on_by_default(self) -> bool {
        !matches!(
            self,
            Self::OrderChanged
                | Self::OrderPartlyShipped
                | Self::Picking
                | Self::Packed
                | Self::LabelMade
                | Self::ArrivingSoon
                | Self::AllDelivered
                | Self::ReturnWindowClosing
        ) && self.purpose() != Purpose::Marketing
    }

    /// Whether it may ring at night: the customer has just done something and waits for it.
    #[must_use]
    pub fn is_urgent_by_default(self) -> bool {
        self.purpose() == Purpose::Account
            || matches!(self, Self::OrderConfirmed | Self::ReturnReceived | Self::ReturnApproved | Self::ReturnDeclined)
    }

    /// Hours for which it waits after the thing it is about; `None` for news, which does not wait.
    #[must_use]
    pub fn delay_hours_by_default(self) -> Option<u32> {
        match self {
            Self::ThankYou => Some(24),
            Self::PickupReminder => Some(48),
            Self::RatingRequest => Some(72),
            Self::ReviewRequest => Some(10 * 24),
            Self::Replenishment => Some(30 * 24),
            _ => None,
        }
    }

    /// Whether it asks for something once everything arrived well: never while a parcel is missing, in trouble or coming back.
    #[must_use]
    pub fn is_after_all(self) -> bool {
        matches!(self, Self::ThankYou | Self::RatingRequest | Self::ReviewRequest | Self::Replenishment)
    }

    /// Hours after which it is yesterday's news.
    #[must_use]
    pub fn max_age_hours_by_default(self) -> u32 {
        match self {
            Self::OutForDelivery | Self::OrderLink => 12,
            Self::ArrivingSoon | Self::PickupReminder => 24,
            Self::Picking | Self::Packed | Self::LabelMade | Self::AttemptFailed | Self::NewDay => 48,
            _ => 7 * 24,
        }
    }

    /// Whether those of several parcels of one order become one message.
    #[must_use]
    pub fn merges(self) -> bool {
        matches!(self, Self::LabelMade | Self::Shipped | Self::OutForDelivery | Self::Delivered)
    }

    /// How far on its way a parcel is that this is written about. Of letters that were held, one that is further and newer
    /// makes the earlier ones stale. `None`: nothing makes it stale.
    #[must_use]
    pub fn stage(self) -> Option<u8> {
        match self {
            Self::LabelMade => Some(1),
            Self::Shipped => Some(2),
            Self::ArrivingSoon | Self::NewDay | Self::Delayed | Self::Stalled | Self::Customs | Self::ProblemSolved => Some(3),
            Self::PaymentDue | Self::AddressProblem => Some(3),
            Self::OutForDelivery => Some(4),
            Self::AttemptFailed => Some(5),
            Self::ReadyForPickup | Self::PickupReminder => Some(6),
            Self::Delivered | Self::DeliveredToNeighbour => Some(7),
            _ => None,
        }
    }

    /// The kind that tells of a parcel's trouble, by its code: a carrier's sub-status or an episode's.
    #[must_use]
    pub fn of_trouble(code: &str) -> Self {
        match code {
            "delayed_carrier" | "delayed_weather" | "delayed_external" | "overdue_promise" => Self::Delayed,
            "no_movement" => Self::Stalled,
            "delayed_customs" | "customs_info_required" => Self::Customs,
            "duties_unpaid" => Self::PaymentDue,
            "address_incorrect" | "customer_moved" => Self::AddressProblem,
            "damaged" | "destroyed" => Self::Damaged,
            "lost" | "presumed_lost" => Self::Lost,
            "returning" => Self::Returning,
            "returned" => Self::ReturnedToSender,
            _ => Self::DeliveryProblem,
        }
    }

    /// Whether it is one that [`LetterKind::of_trouble`] gives.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        matches!(
            self,
            Self::Delayed
                | Self::Stalled
                | Self::Customs
                | Self::PaymentDue
                | Self::AddressProblem
                | Self::Damaged
                | Self::Lost
                | Self::Returning
                | Self::ReturnedToSender
                | Self::DeliveryProblem
        )
    }

    /// The channels it may use at all. A promotion has no place in a text or a utility template.
    #[must_use]
    pub fn channels(self) -> &'static [Channel] {
        match self.purpose() {
            Purpose::OrderNews => &Channel::ALL,
            Purpose::Account => &[Channel::Email, Channel::Sms],
            Purpose::Marketing | Purpose::Staff => &[Channel::Email],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parcel::EpisodeKind, status::SUB_STATUSES};
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_told_apart_and_written_as_json_writes_them() {
        let codes: BTreeSet<&str> = LetterKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), LetterKind::ALL.len());
        for kind in LetterKind::ALL {
            assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{}\"", kind.code()));
        }
    }

    #[test]
    fn every_code_of_trouble_has_a_kind_of_trouble() {
        let codes = SUB_STATUSES.iter().flat_map(|(_, codes)| *codes).copied();
        let episodes = EpisodeKind::ALL.map(EpisodeKind::code);
        for code in codes.chain(episodes).chain(["other", "returning", "returned"]) {
            assert!(LetterKind::of_trouble(code).is_trouble(), "{code}");
        }
    }

    #[test]
    fn no_promotion_is_sent_unasked_or_outside_of_mail() {
        for kind in LetterKind::ALL.iter().filter(|kind| kind.purpose() == Purpose::Marketing) {
            assert!(!kind.is_on_by_default(), "{kind:?}");
            assert_eq!(kind.channels(), [Channel::Email], "{kind:?}");
        }
    }
}
