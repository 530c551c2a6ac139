//! Words about customers' answers to trouble, for staff and for carriers.

use domain::{
    answer::{NOTE_CHARS_MAX, Wish},
    carrier,
    id::ParcelKey,
};
use letters::words;
use windows::text::{NAME_CHARS_MAX, shown_if_any};

/// The longest line of an address the domain keeps.
const LINE_CHARS_MAX: usize = 200;

/// What is wanted.
#[must_use]
pub fn wish(wish: &Wish) -> &'static str {
    match wish {
        Wish::AnotherDay { .. } => "Another delivery day",
        Wish::CorrectedAddress { .. } => "Delivery to a corrected address",
        Wish::Neighbour { .. } => "Delivery to a neighbour",
        Wish::PickupPoint { .. } => "Delivery to a pickup point",
        Wish::NotReceived { .. } => "The customer says that it did not arrive",
    }
}

/// Everything the customer gave with it, as lines: the day, the address, the note.
#[must_use]
pub fn details(wish: &Wish) -> Vec<String> {
    match wish {
        Wish::AnotherDay { day } => vec![words::day_with_year(*day)],
        Wish::CorrectedAddress { address } => {
            address.lines().iter().filter_map(|line| shown_if_any(line, LINE_CHARS_MAX)).collect()
        }
        Wish::Neighbour { note } | Wish::PickupPoint { note } | Wish::NotReceived { note } => {
            note.lines().filter_map(|line| shown_if_any(line, NOTE_CHARS_MAX)).collect()
        }
    }
}

/// A text to copy into the carrier's own form or mail; before dispatch, one for who packs.
#[must_use]
pub fn for_carrier(wish: &Wish, parcel: Option<&ParcelKey>, order_number: Option<&str>) -> String {
    let mut lines = Vec::new();
    lines.extend(parcel.map(|parcel| format!("Tracking number: {}", parcel.number)));
    lines.extend(
        order_number.and_then(|number| shown_if_any(number, NAME_CHARS_MAX)).map(|number| format!("Our order: {number}")),
    );
    let asks = match wish {
        Wish::AnotherDay { .. } => "Please deliver this parcel on:",
        Wish::CorrectedAddress { .. } if parcel.is_none() => "Please send this order to:",
        Wish::CorrectedAddress { .. } => "Please deliver this parcel to:",
        Wish::Neighbour { .. } => "Please leave this parcel with a neighbour:",
        Wish::PickupPoint { .. } => "Please leave this parcel at a pickup point:",
        Wish::NotReceived { .. } => {
            "This parcel is reported as delivered, but the recipient does not have it. Please open a search and send us the proof of delivery."
        }
    };
    lines.push(asks.to_owned());
    let details = details(wish);
    if matches!(wish, Wish::NotReceived { .. }) && !details.is_empty() {
        lines.push("The recipient writes:".to_owned());
    }
    lines.extend(details);
    lines.join("\n")
}

/// The carrier of a parcel, and its own page for it.
#[must_use]
pub fn carrier_of(parcel: &ParcelKey) -> (String, Option<String>) {
    (carrier::display_name(&parcel.carrier), carrier::tracking_url(&parcel.carrier, &parcel.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel() -> ParcelKey {
        ParcelKey {
            shop: "demo".parse().unwrap(),
            carrier: "ups".parse().unwrap(),
            number: "1Z999AA10123456784".parse().unwrap(),
        }
    }

    #[test]
    fn the_text_for_the_carrier_is_ready_to_send() {
        let day = Wish::AnotherDay { day: "2026-11-28".parse().unwrap() };
        assert_eq!(
            for_carrier(&day, Some(&parcel()), Some("#1001")),
            "Tracking number: 1Z999AA10123456784\nOur order: #1001\nPlease deliver this parcel on:\nSaturday 28 November 2026"
        );
        let missing = Wish::NotReceived { note: String::new() };
        assert!(for_carrier(&missing, Some(&parcel()), None).ends_with("proof of delivery."));
    }

    #[test]
    fn words_of_customers_stay_on_their_lines() {
        let note = Wish::Neighbour { note: "Ms Lee\u{202e}\n\n  flat 4\u{0} ".into() };
        assert_eq!(details(&note), ["Ms Lee", "flat 4"]);
    }
}
