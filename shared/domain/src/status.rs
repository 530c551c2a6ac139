//! The twelve statuses of a parcel, their sub-statuses, and what each asks of people.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a parcel is in its life. Twelve words; the detail is in the [`SubStatus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Registered, nothing known; also the class of scans we cannot read. Never changes anything.
    Pending,
    /// Tracking stopped or gave up.
    Expired,
    /// A label or manifest only; the carrier does not have it.
    InfoReceived,
    /// The carrier has it.
    InTransit,
    /// Something needs attention.
    Exception,
    /// On the vehicle.
    OutForDelivery,
    /// Somebody tried and failed.
    AttemptFailed,
    /// Waits at a pickup point.
    AvailableForPickup,
    /// On its way back.
    Returning,
    /// Arrived.
    Delivered,
    /// Back with the sender.
    Returned,
    /// Label voided.
    Cancelled,
}

impl Status {
    /// Every status, in the order of their ranks.
    pub const ALL: [Self; 12] = [
        Self::Pending,
        Self::Expired,
        Self::InfoReceived,
        Self::InTransit,
        Self::Exception,
        Self::OutForDelivery,
        Self::AttemptFailed,
        Self::AvailableForPickup,
        Self::Returning,
        Self::Delivered,
        Self::Returned,
        Self::Cancelled,
    ];

    /// Breaks a tie between scans of the same minute: the higher leads.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Expired => 5,
            Self::InfoReceived => 10,
            Self::InTransit => 20,
            Self::Exception => 30,
            Self::OutForDelivery => 40,
            Self::AttemptFailed => 42,
            Self::AvailableForPickup => 45,
            Self::Returning => 60,
            Self::Delivered => 90,
            Self::Returned => 91,
            Self::Cancelled => 92,
        }
    }

    /// Whether a scan of this status proves that the carrier has had the parcel in its hands.
    #[must_use]
    pub fn is_physical(self) -> bool {
        match self {
            Self::InTransit
            | Self::OutForDelivery
            | Self::AttemptFailed
            | Self::AvailableForPickup
            | Self::Returning
            | Self::Delivered
            | Self::Returned => true,
            Self::Pending | Self::Expired | Self::InfoReceived | Self::Exception | Self::Cancelled => false,
        }
    }

    /// The word used in keys, JSON and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Expired => "expired",
            Self::InfoReceived => "info_received",
            Self::InTransit => "in_transit",
            Self::Exception => "exception",
            Self::OutForDelivery => "out_for_delivery",
            Self::AttemptFailed => "attempt_failed",
            Self::AvailableForPickup => "available_for_pickup",
            Self::Returning => "returning",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The open second word of a status: `at_door`, `damaged`, `notice_left`. Unknown ones are kept as they are.
///
/// The stable codes are listed in ARCHITECTURE.md's glossary; `other` says that the carrier told nothing finer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubStatus(String);

impl SubStatus {
    /// A sub-status from a code of ours.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self(code.to_owned())
    }

    /// No finer word.
    #[must_use]
    pub fn other() -> Self {
        Self::new("other")
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// Who has to do something before a parcel in trouble moves again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Nobody: the carrier goes on by itself.
    Nobody,
    /// The person who waits for it.
    Customer,
    /// The shop.
    Merchant,
}

/// Who or what a trouble comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The one who carries it.
    Carrier,
    /// The shop.
    Merchant,
    /// The person who waits for it.
    Customer,
    /// A customs office.
    Customs,
    /// The weather.
    Weather,
    /// Something else, or nobody said.
    Other,
}

impl Cause {
    /// The word in JSON and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Carrier => "carrier",
            Self::Merchant => "merchant",
            Self::Customer => "customer",
            Self::Customs => "customs",
            Self::Weather => "weather",
            Self::Other => "other",
        }
    }
}

impl Actor {
    /// The word in JSON and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Customer => "customer",
            Self::Merchant => "merchant",
        }
    }
}

/// The stable sub-statuses of each status, `other` aside: the vocabulary of pages, letters and JSON. The set is open:
/// a code that is not here is kept as it is and told as its status alone.
pub const SUB_STATUSES: [(Status, &[&str]); 12] = [
    (Status::Pending, &[]),
    (Status::Expired, &[]),
    (Status::InfoReceived, &["label_created", "awaiting_pickup", "pickup_failed"]),
    (
        Status::InTransit,
        &[
            "picked_up",
            "accepted",
            "arrived",
            "departed",
            "arrived_destination_country",
            "customs_started",
            "customs_cleared",
            "forwarded",
            "handed_to_partner",
            "transferred_to_post",
            "rescheduled",
            "problem_resolved",
            "edd_updated",
        ],
    ),
    (
        Status::Exception,
        &[
            "delayed_carrier",
            "delayed_weather",
            "delayed_external",
            "delayed_customs",
            "customs_info_required",
            "duties_unpaid",
            "held",
            "address_incorrect",
            "customer_moved",
            "refused",
            "unclaimed",
            "damaged",
            "lost",
            "destroyed",
            "prohibited",
            "missorted",
            "rejected_by_carrier",
            "security",
            "undeliverable",
        ],
    ),
    (Status::OutForDelivery, &["on_vehicle", "appointment_scheduled", "customer_contacted"]),
    (
        Status::AttemptFailed,
        &[
            "recipient_unavailable",
            "business_closed",
            "no_access",
            "notice_left",
            "signature_required",
            "payment_required",
            "id_failed",
            "post_office_attempt",
            "final_attempt",
        ],
    ),
    (Status::AvailableForPickup, &["pickup_point", "post_office", "locker", "depot"]),
    (Status::Returning, &["requested", "in_transit", "out_for_delivery"]),
    (
        Status::Delivered,
        &[
            "at_door",
            "signed",
            "to_neighbour",
            "safe_place",
            "locker",
            "reception",
            "po_box",
            "collected",
            "cod_paid",
            "partial",
            "damaged",
            "by_post_office",
        ],
    ),
    (Status::Returned, &["to_sender"]),
    (Status::Cancelled, &["voided", "by_sender"]),
];

/// What a trouble of this status comes from; `None` where there is no trouble.
#[must_use]
pub fn cause(status: Status, sub: &SubStatus) -> Option<Cause> {
    Some(match (status, sub.code()) {
        (Status::Exception, "delayed_weather") => Cause::Weather,
        (Status::Exception, "delayed_customs" | "customs_info_required" | "duties_unpaid" | "prohibited") => Cause::Customs,
        (Status::Exception, "address_incorrect" | "customer_moved" | "refused" | "unclaimed") => Cause::Customer,
        (
            Status::Exception,
            "delayed_carrier" | "held" | "damaged" | "lost" | "destroyed" | "missorted" | "rejected_by_carrier",
        ) => Cause::Carrier,
        (Status::Exception, _) => Cause::Other,
        (
            Status::AttemptFailed,
            "recipient_unavailable"
            | "business_closed"
            | "no_access"
            | "notice_left"
            | "signature_required"
            | "payment_required"
            | "id_failed",
        ) => Cause::Customer,
        (Status::AttemptFailed | Status::Returning | Status::Returned | Status::Expired, _) => Cause::Other,
        (Status::InfoReceived, "pickup_failed") => Cause::Merchant,
        (
            Status::Pending
            | Status::InfoReceived
            | Status::InTransit
            | Status::OutForDelivery
            | Status::AvailableForPickup
            | Status::Delivered
            | Status::Cancelled,
            _,
        ) => return None,
    })
}

/// Who must act on a parcel with this status.
#[must_use]
pub fn who_must_act(status: Status, sub: &SubStatus) -> Actor {
    match status {
        Status::Exception => match sub.code() {
            "address_incorrect" | "customs_info_required" | "duties_unpaid" | "customer_moved" | "unclaimed" => Actor::Customer,
            "delayed_carrier" | "delayed_weather" | "delayed_external" | "delayed_customs" | "missorted" | "held" => {
                Actor::Nobody
            }
            _ => Actor::Merchant,
        },
        Status::AttemptFailed | Status::AvailableForPickup => Actor::Customer,
        Status::Returning | Status::Returned | Status::Expired => Actor::Merchant,
        Status::Pending
        | Status::InfoReceived
        | Status::InTransit
        | Status::OutForDelivery
        | Status::Delivered
        | Status::Cancelled => Actor::Nobody,
    }
}
