//! Short labels of statuses and steps.

use domain::{
    journey::StepKind,
    status::{Status, SubStatus},
};

/// A short label for a scan or a parcel: "On its way", "Out for delivery", "Arrived at a depot".
#[must_use]
pub fn status(status: Status, sub: &SubStatus) -> String {
    let label = match status {
        Status::Pending => "No news yet",
        Status::Expired => "No more news",
        Status::InfoReceived => match sub.code() {
            "label_created" => "Label made",
            "awaiting_pickup" => "Waiting for the carrier",
            "pickup_failed" => "The carrier could not collect it",
            _ => "Announced to the carrier",
        },
        Status::InTransit => match sub.code() {
            "picked_up" => "Collected by the carrier",
            "accepted" => "Accepted by the carrier",
            "arrived" => "Arrived at a depot",
            "departed" => "Left a depot",
            "arrived_destination_country" => "Arrived in the destination country",
            "customs_started" => "In customs",
            "customs_cleared" => "Cleared customs",
            "forwarded" => "Forwarded",
            "handed_to_partner" => "Handed to a partner carrier",
            "transferred_to_post" => "Handed to the post",
            "rescheduled" => "Delivery rescheduled",
            "problem_resolved" => "Moving again",
            "edd_updated" => "New expected day",
            _ => "On its way",
        },
        Status::Exception => match sub.code() {
            "delayed_carrier" => "Delayed",
            "delayed_weather" => "Delayed by weather",
            "delayed_external" => "Delayed by outside events",
            "delayed_customs" => "Delayed in customs",
            "customs_info_required" => "Customs needs information",
            "duties_unpaid" => "Duties or taxes are due",
            "held" => "Held by the carrier",
            "address_incorrect" => "Problem with the address",
            "customer_moved" => "Recipient not known at the address",
            "refused" => "Refused at the door",
            "unclaimed" => "Not collected",
            "damaged" => "Damaged",
            "lost" => "Lost",
            "destroyed" => "Destroyed",
            "prohibited" => "May not be carried further",
            "missorted" => "Sent the wrong way, being redirected",
            "rejected_by_carrier" => "Not accepted by the carrier",
            "security" => "Security check",
            "undeliverable" => "Cannot be delivered",
            _ => "Problem reported",
        },
        Status::OutForDelivery => match sub.code() {
            "appointment_scheduled" => "Delivery appointment made",
            "customer_contacted" => "Carrier got in touch about delivery",
            _ => "Out for delivery",
        },
        Status::AttemptFailed => match sub.code() {
            "recipient_unavailable" => "Delivery tried: nobody there",
            "business_closed" => "Delivery tried: closed",
            "no_access" => "Delivery tried: no access",
            "notice_left" => "Delivery tried: notice left",
            "signature_required" => "Delivery tried: signature needed",
            "payment_required" => "Delivery tried: payment needed",
            "id_failed" => "Delivery tried: identity not confirmed",
            "post_office_attempt" => "Delivery tried by the post office",
            "final_attempt" => "Last delivery attempt failed",
            _ => "Delivery tried without success",
        },
        Status::AvailableForPickup => match sub.code() {
            "pickup_point" => "Ready to collect at a pickup point",
            "post_office" => "Ready to collect at a post office",
            "locker" => "Ready to collect from a locker",
            "depot" => "Ready to collect at the depot",
            _ => "Ready to collect",
        },
        Status::Returning => match sub.code() {
            "requested" => "Called back to the sender",
            "out_for_delivery" => "Nearly back with the sender",
            _ => "On its way back to the sender",
        },
        Status::Delivered => match sub.code() {
            "at_door" => "Delivered at the door",
            "signed" => "Delivered and signed for",
            "to_neighbour" => "Delivered to a neighbour",
            "safe_place" => "Left in a safe place",
            "locker" => "Delivered to a locker",
            "reception" => "Delivered to a reception desk",
            "po_box" => "Delivered to a PO box",
            "collected" => "Collected",
            "cod_paid" => "Delivered and paid for",
            "partial" => "Partly delivered",
            "damaged" => "Delivered with damage",
            "by_post_office" => "Delivered by the post office",
            _ => "Delivered",
        },
        Status::Returned => "Back with the sender",
        Status::Cancelled => match sub.code() {
            "voided" => "Label voided",
            "by_sender" => "Cancelled by the sender",
            _ => "Cancelled",
        },
    };
    label.to_owned()
}

/// The label of a step of the journey.
#[must_use]
pub fn step(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Placed => "Ordered",
        StepKind::Confirmed => "Confirmed",
        StepKind::Packed => "Packed",
        StepKind::OnItsWay => "On its way",
        StepKind::OutForDelivery => "Out for delivery",
        StepKind::Delivered => "Delivered",
    }
}
