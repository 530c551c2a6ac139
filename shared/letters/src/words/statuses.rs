//! Short labels of statuses and steps.

use super::Tongue;
use domain::{
    journey::StepKind,
    status::{Status, SubStatus},
};

impl Tongue {
    /// A short label for a scan or a parcel: "On its way", "Out for delivery", "Arrived at a depot". A code without a label
    /// of its own has its status's.
    #[must_use]
    pub fn status(self, status: Status, sub: &SubStatus) -> String {
        let message = match status {
            Status::Pending => "status_pending",
            Status::Expired => "status_expired",
            Status::InfoReceived => "status_info_received",
            Status::InTransit => "status_in_transit",
            Status::Exception => "status_exception",
            Status::OutForDelivery => "status_out_for_delivery",
            Status::AttemptFailed => "status_attempt_failed",
            Status::AvailableForPickup => "status_available_for_pickup",
            Status::Returning => "status_returning",
            Status::Delivered => "status_delivered",
            Status::Returned => "status_returned",
            Status::Cancelled => "status_cancelled",
        };
        let exact = format!("{message}.{}", sub.code());
        self.label(if self.has(&exact) { &exact } else { message }).to_owned()
    }

    /// The label of a step of the journey.
    #[must_use]
    pub fn step(self, kind: StepKind) -> &'static str {
        self.label(match kind {
            StepKind::Placed => "step_placed",
            StepKind::Confirmed => "step_confirmed",
            StepKind::Packed => "step_packed",
            StepKind::OnItsWay => "step_on_its_way",
            StepKind::OutForDelivery => "step_out_for_delivery",
            StepKind::Delivered => "step_delivered",
        })
    }
}
