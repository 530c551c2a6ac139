//! The console's words to staff. What the customer reads is said in `letters`; here the same facts are told to the shop.

use domain::{
    letter::{Channel, LetterKind, LetterState},
    order::{Order, Refund},
    parcel::{EpisodeKind, Problem},
    return_::HoldReason,
};
use jiff::{Timestamp, tz::TimeZone};
use letters::words;
use store::LedgerRow;
use windows::text::{NAME_CHARS_MAX, shown};

/// An order whose confirmation reached nobody.
pub const UNDELIVERABLE: &str = "The confirmation could not be delivered: the mailbox refused it. Call or text the customer, or correct the address in the shop.";

/// Why a return waits for a person.
#[must_use]
pub fn held_because(why: HoldReason) -> &'static str {
    match why {
        HoldReason::ReasonNeedsPerson => "Your policy wants a person to look at returns for this reason.",
        HoldReason::ValueNeedsPerson => "Its value is above the limit of your policy.",
        HoldReason::DeliveryUnknown => "No carrier told when the items arrived, so the return window cannot be checked.",
    }
}

/// What is wrong with a parcel.
#[must_use]
pub fn problem(problem: &Problem) -> String {
    match problem {
        Problem::Carrier { status, sub, .. } => words::status(*status, sub),
        Problem::Episode(episode) => match episode.kind {
            EpisodeKind::LabelWithoutScan => "Label made, but never scanned by the carrier",
            EpisodeKind::NoMovement => "No scan for days",
            EpisodeKind::OverduePromise => "Past its expected day",
            EpisodeKind::PresumedLost => "Likely lost: no scan for so long",
            EpisodeKind::DeliveryRetracted => "The carrier took \u{201c}delivered\u{201d} back",
            EpisodeKind::Disputed => "Its customer says that it did not arrive",
        }
        .to_owned(),
    }
}

/// What went back of an order, oldest first: "12.00 EUR were refunded on Tuesday 3 November 2026".
#[must_use]
pub fn refunds(order: &Order, zone: &TimeZone) -> Vec<String> {
    // A refund of nothing is a line taken back without money: storefronts tell those too.
    let mut refunds: Vec<&Refund> = order.refunds.values().filter(|refund| refund.amount.minor != 0).collect();
    refunds.sort_by_key(|refund| refund.refunded_at);
    let day = |refund: &Refund| words::day_with_year(refund.refunded_at.to_zoned(zone.clone()).date());
    refunds.into_iter().map(|refund| format!("{} were refunded on {}", refund.amount, day(refund))).collect()
}

/// What a message is about: the catalogue's own word for it, as people write.
#[must_use]
pub fn letter_kind(kind: LetterKind) -> String {
    let code = kind.code().replace('_', " ");
    let mut letters = code.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A way to reach a person.
#[must_use]
pub fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "E-mail",
        Channel::Sms => "Text message",
        Channel::Whatsapp => "WhatsApp",
    }
}

/// What became of a message, and when that was known.
#[must_use]
pub fn became(row: &LedgerRow, zone: &TimeZone) -> (String, Option<Timestamp>) {
    let open = matches!(row.record.state, LetterState::Claimed { .. } | LetterState::Unknown { .. });
    if let (true, Some((_, taken_at))) = (open, &row.taken) {
        return ("Sent".to_owned(), Some(*taken_at));
    }
    match &row.record.state {
        LetterState::Claimed { .. } => ("Being sent".to_owned(), None),
        LetterState::Sent { at, .. } => ("Sent".to_owned(), Some(*at)),
        LetterState::Held { at, until, why } => {
            (format!("Waits until {}: {}", words::moment(*until, zone), why.sentence()), Some(*at))
        }
        LetterState::Merged { at, .. } => ("Told in another message about the same order".to_owned(), Some(*at)),
        LetterState::Superseded { at, .. } => ("Not sent: newer news made it stale while it waited".to_owned(), Some(*at)),
        LetterState::Suppressed { at, why } => (format!("Not sent: {}", why.sentence()), Some(*at)),
        LetterState::Failed { at, why } => {
            (format!("Not sent: the provider refused it ({})", shown(why, NAME_CHARS_MAX)), Some(*at))
        }
        LetterState::Unknown { at, retry_at, .. } => {
            let again = words::moment(*retry_at, zone);
            (
                format!(
                    "Perhaps sent: the provider\u{2019}s answer was lost. Unless its word comes, it is tried again after {again}"
                ),
                Some(*at),
            )
        }
    }
}
