//! What a customer may ask for and did ask for, in words for the customer, and for the carrier whom the shop asks.

use super::{day, day_with_year};
use crate::clean;
use domain::{
    address::Address,
    answer::{NOTE_CHARS_MAX, Offer, Wish},
    parcel::Parcel,
    status::Status,
};

/// The longest address in a text for a carrier: six lines of what a form takes are cut only when they abuse it.
const ADDRESS_CHARS_MAX: usize = 500;

/// A choice of the form: what it is called, and what to know before it is chosen. No carrier has promised anything, so neither
/// does a hint.
#[must_use]
pub fn offer(offer: Offer) -> (&'static str, &'static str) {
    match offer {
        Offer::AnotherDay => (
            "Deliver it on another day",
            "From tomorrow on, within the next two weeks. The shop asks the carrier; not every wish can be met.",
        ),
        Offer::CorrectedAddress => {
            ("Correct the address", "Write the whole address as it should stand on the parcel, with flat, entrance or company.")
        }
        Offer::Neighbour => {
            ("Leave it with a neighbour", "Somebody who knows about it: the name on the bell, and the house or flat.")
        }
        Offer::PickupPoint => {
            ("Bring it to a pickup point", "A shop, locker or post office of this carrier near you: its name and street.")
        }
        Offer::NotReceived => (
            "It did not arrive",
            "Please look at the door and ask neighbours first, and say where you looked. The shop then asks the carrier.",
        ),
    }
}

/// What was asked for, as a line of the order's history. Neither an address nor a note is shown back: who has the link
/// need not be who wrote it.
#[must_use]
pub fn wish(wish: &Wish) -> String {
    match wish {
        Wish::AnotherDay { day: wanted } => format!("You asked for delivery on {}", day(*wanted)),
        Wish::CorrectedAddress { .. } => "You corrected the address".to_owned(),
        Wish::Neighbour { .. } => "You asked to leave it with a neighbour".to_owned(),
        Wish::PickupPoint { .. } => "You asked for a pickup point".to_owned(),
        Wish::NotReceived { .. } => "You told us that it did not arrive".to_owned(),
    }
}

/// What a person of the shop copies into the carrier's contact form or a mail: which parcel, whose, and what is asked for.
/// Plain text of two to six lines; what strangers wrote stays on its own line.
#[must_use]
pub fn for_carrier(parcel: &Parcel, wish: &Wish, shop_name: &str, recipient: Option<&Address>) -> String {
    let number = &parcel.key.number;
    let carrier = match parcel.key.carrier.as_str() {
        "unknown" => String::new(),
        _ => format!("{}, ", clean::capital(&clean::line(&parcel.carrier_name(), clean::NAME_CHARS_MAX))),
    };
    let mut lines = vec![clean::capital(&format!("{carrier}tracking number {number}"))];
    let to = recipient.map(on_one_line).filter(|text| !text.is_empty());
    let to_name = if matches!(wish, Wish::CorrectedAddress { .. }) { "Address until now" } else { "Recipient" };
    lines.extend(to.map(|to| format!("{to_name}: {to}")));
    let noted = |note: &str| clean::line(note, NOTE_CHARS_MAX);
    match wish {
        Wish::AnotherDay { day: wanted } => {
            lines.push(format!("The recipient asks you to deliver this parcel on {}.", day_with_year(*wanted)));
        }
        Wish::CorrectedAddress { address } => {
            lines.push("The address is to be corrected. Please deliver this parcel to:".to_owned());
            lines.push(on_one_line(address));
        }
        Wish::Neighbour { note } => {
            lines.push(format!("The recipient asks you to leave this parcel with a neighbour: {}", noted(note)));
        }
        Wish::PickupPoint { note } => {
            lines.push(format!("The recipient asks you to leave this parcel at a pickup point: {}", noted(note)));
        }
        Wish::NotReceived { note } => {
            let when = delivered_on(parcel).map_or_else(
                || "It is reported as delivered".to_owned(),
                |when| format!("It is reported as delivered on {when}"),
            );
            lines.push(format!(
                "{when}, but the recipient says that it did not arrive. Please send us the proof of delivery and start a search."
            ));
            let note = noted(note);
            lines.extend((!note.is_empty()).then(|| format!("The recipient adds: {note}")));
        }
    }
    let shop = clean::line(shop_name, clean::SHOP_CHARS_MAX);
    let sender = if shop.is_empty() { "the sender".to_owned() } else { format!("{shop} (the sender)") };
    let ask = match wish {
        Wish::NotReceived { .. } => "Please tell us what you find.",
        Wish::AnotherDay { .. } | Wish::CorrectedAddress { .. } | Wish::Neighbour { .. } | Wish::PickupPoint { .. } => {
            "Please tell us whether this is possible."
        }
    };
    lines.push(format!("{ask} Thank you, {sender}"));
    lines.join("\n")
}

fn on_one_line(address: &Address) -> String {
    let parts = address.lines().into_iter().map(|part| clean::line(&part, ADDRESS_CHARS_MAX));
    clean::line(&parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "), ADDRESS_CHARS_MAX)
}

/// When the carrier says it delivered: in UTC, as its own clock at that door is not known, or the bare day.
fn delivered_on(parcel: &Parcel) -> Option<String> {
    let at = parcel.folded().delivered_at?;
    let scan = parcel.history().into_iter().find(|scan| scan.status == Status::Delivered && scan.at == at)?;
    let format = if scan.zone_known { "%-d %B %Y, %H:%M UTC" } else { "%-d %B %Y" };
    Some(at.strftime(format).to_string())
}
