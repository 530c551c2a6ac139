//! The one big sentence of the page: where the order is, said honestly.

use crate::facts::Facts;
use domain::{
    order::Payment,
    parcel::{Basis, Parcel},
    status::{Cause, Status},
};
use letters::words;
use windows::text::{NAME_CHARS_MAX, shown};

/// How a statement feels; carried by words first, by colour second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It goes on.
    Calm,
    /// It is well.
    Good,
    /// It is not.
    Bad,
}

impl Tone {
    /// The word in the style sheet.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

/// The big sentence and the one below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// Without a full stop, as a title.
    pub sentence: String,
    /// A little more.
    pub detail: Option<String>,
    /// How it feels.
    pub tone: Tone,
    /// Whether the sentence is already that of the only trouble there is.
    pub tells_trouble: bool,
}

/// The headline of an order.
#[must_use]
pub fn headline(facts: &Facts) -> Headline {
    if let Some(at) = facts.order.cancelled_at {
        return cancelled(facts, at);
    }
    match facts.parcels.as_slice() {
        [] => unpacked(facts),
        [parcel] => of_one(facts, parcel),
        parcels => of_several(facts, parcels),
    }
}

fn say(tone: Tone, sentence: impl Into<String>, detail: impl Into<String>) -> Headline {
    let detail = Some(detail.into()).filter(|detail| !detail.is_empty());
    Headline { sentence: sentence.into(), detail, tone, tells_trouble: false }
}

fn cancelled(facts: &Facts, at: jiff::Timestamp) -> Headline {
    let mut detail = format!("Cancelled on {}.", words::day(facts.day_of(at)));
    detail += match facts.order.report.as_ref().map(|report| report.payment) {
        Some(Payment::Refunded) => " Your payment was refunded.",
        Some(Payment::PartlyRefunded) => " Part of your payment was refunded.",
        Some(Payment::Voided) => " You were not charged.",
        Some(Payment::Pending | Payment::Authorized | Payment::PartlyPaid | Payment::Paid) | None => "",
    };
    if facts.parcels.iter().any(Parcel::was_scanned) {
        detail += " A parcel was already on its way; it is shown below.";
    }
    say(Tone::Calm, "Your order was cancelled", detail)
}

fn unpacked(facts: &Facts) -> Headline {
    let Some(report) = &facts.order.report else {
        return say(
            Tone::Calm,
            "We are waiting for the details of your order",
            format!("{} has told us that there is one. The rest usually follows within minutes.", facts.shop_name()),
        );
    };
    let promised = facts.order.promised().map(|day| format!("Promised for {}.", facts.day(day)));
    if facts.order.confirmed_at.is_none() {
        return match report.payment {
            Payment::Voided => say(
                Tone::Bad,
                "The payment for your order did not go through",
                "Nothing will be sent. Please order again or talk to the shop.",
            ),
            _ => say(Tone::Calm, "We have your order and wait for the payment", "It is packed once the payment has arrived."),
        };
    }
    if facts.order.is_all_packed() {
        return say(
            Tone::Calm,
            "Your order has been sent",
            "It travels without a tracking number, so nobody can follow it. If it does not come, tell us.",
        );
    }
    if !report.lines.iter().any(|line| line.ships) {
        return say(Tone::Good, "Your order is confirmed", "Nothing of it travels in a parcel.");
    }
    say(
        Tone::Good,
        "Your order is confirmed and being prepared",
        promised.unwrap_or_else(|| "You will hear from us when it is on its way.".to_owned()),
    )
}

fn of_one(facts: &Facts, parcel: &Parcel) -> Headline {
    if let Some(problem) = parcel.problem() {
        let trouble = words::trouble(&problem, &parcel.carrier_name(), &facts.settings.brand.name);
        return Headline { sentence: trouble.headline, detail: None, tone: Tone::Bad, tells_trouble: true };
    }
    let all = facts.order.is_all_packed();
    let rest = if all { "" } else { " The rest is still to be packed." };
    let yours = if all { "Your order" } else { "Part of your order" };
    let now = parcel.folded();
    let carrier = parcel.carrier_name();
    match now.status {
        Status::Delivered => {
            let at = now
                .delivered_at
                .or(now.since)
                .map(|at| format!("{}, {}.", words::status(now.status, &now.sub), facts.moment(at)));
            say(Tone::Good, format!("{yours} has arrived"), at.unwrap_or_default() + rest)
        }
        Status::OutForDelivery => say(Tone::Calm, format!("{yours} is out for delivery"), out_since(facts, parcel) + rest),
        Status::AvailableForPickup => say(
            Tone::Calm,
            format!("{yours} is ready to collect"),
            format!("{}. Take your tracking number along.{rest}", words::status(now.status, &now.sub)),
        ),
        Status::InTransit => {
            say(Tone::Calm, format!("{yours} is on its way"), expected(facts, parcel).unwrap_or_default() + rest)
        }
        Status::Cancelled => say(
            Tone::Calm,
            "The label of your parcel was cancelled",
            format!("{} has not told us yet how it travels instead.", facts.shop_name()),
        ),
        Status::Pending
        | Status::InfoReceived
        | Status::Exception
        | Status::AttemptFailed
        | Status::Returning
        | Status::Returned
        | Status::Expired => {
            let detail = expected(facts, parcel).map(|expected| format!(" {expected}")).unwrap_or_default();
            say(Tone::Calm, format!("{yours} is packed"), format!("It waits for its first scan by {carrier}.{detail}{rest}"))
        }
    }
}

fn of_several(facts: &Facts, parcels: &[Parcel]) -> Headline {
    let n = parcels.len();
    let count = |wanted: &dyn Fn(Status) -> bool| parcels.iter().filter(|parcel| wanted(parcel.folded().status)).count();
    let arrived = count(&|status| status == Status::Delivered);
    let out = count(&|status| status == Status::OutForDelivery);
    let waiting = count(&|status| status == Status::AvailableForPickup);
    let troubled = parcels.iter().filter(|parcel| parcel.problem().is_some()).count();
    let moving = parcels.iter().filter(|parcel| parcel.was_scanned()).count();
    let all = facts.order.is_all_packed();
    let mut rest = Vec::new();
    if troubled > 0 {
        let sentence = match (troubled, arrived) {
            (t, _) if t == n => format!("There is a problem with all {n} of your parcels"),
            (t, 0) => format!("There is a problem with {t} of your {n} parcels"),
            (1, a) => format!("{} arrived, and there is a problem with another", of(a, n, "has", "have")),
            (t, a) => format!("{} arrived, and there is a problem with {t} others", of(a, n, "has", "have")),
        };
        return say(Tone::Bad, sentence, "");
    }
    if !all {
        rest.push("More of your order is still to be packed.".to_owned());
    }
    if arrived == n {
        let sentence = if all { "Your order has arrived".to_owned() } else { "Part of your order has arrived".to_owned() };
        let all_parcels = if n == 2 { "Both".to_owned() } else { format!("All {n}") };
        rest.insert(0, format!("{all_parcels} parcels were delivered."));
        return say(Tone::Good, sentence, rest.join(" "));
    }
    let mut days: Vec<_> = parcels.iter().filter_map(Parcel::expected_to_show).map(|expected| expected.current).collect();
    days.sort_unstable();
    // "The last one" is only known when every parcel that is still to come has a day.
    let (which, day) = if days.len() + arrived == n { ("last", days.last()) } else { ("next", days.first()) };
    if let Some(day) = day.filter(|day| **day >= facts.day_of(facts.now)) {
        rest.insert(0, format!("The {which} one is expected {}.", facts.day(*day)));
    }
    let mut tone = Tone::Calm;
    let sentence = if arrived > 0 {
        tone = Tone::Good;
        format!("{} arrived", of(arrived, n, "has", "have"))
    } else if waiting > 0 {
        format!("{} ready to collect", of(waiting, n, "is", "are"))
    } else if out > 0 {
        format!("{} out for delivery", of(out, n, "is", "are"))
    } else if moving == n {
        format!("Your {n} parcels are on their way")
    } else if moving > 0 {
        format!("{} on the way", of(moving, n, "is", "are"))
    } else {
        rest.insert(0, format!("Its {n} parcels wait for their first scan."));
        if all { "Your order is packed".to_owned() } else { "Part of your order is packed".to_owned() }
    };
    say(tone, sentence, rest.join(" "))
}

/// "1 of your 2 parcels has", "All 3 of your parcels have": the verb goes with the first number.
fn of(some: usize, n: usize, one: &str, many: &str) -> String {
    match some {
        1 => format!("1 of your {n} parcels {one}"),
        _ if some == n => format!("All {n} of your parcels {many}"),
        _ => format!("{some} of your {n} parcels {many}"),
    }
}

fn out_since(facts: &Facts, parcel: &Parcel) -> String {
    let carrier = parcel.carrier_name();
    match parcel.folded().since {
        Some(at) if facts.day_of(at) == facts.day_of(facts.now) => {
            format!("{} has it on the vehicle today.", sentence_case(&carrier))
        }
        Some(at) => format!("{} said so on {}; there is no newer news.", sentence_case(&carrier), facts.moment(at)),
        None => String::new(),
    }
}

/// When a parcel is expected, as a sentence that stays honest after the day has passed.
#[must_use]
pub fn expected(facts: &Facts, parcel: &Parcel) -> Option<String> {
    let day = parcel.expected_to_show()?.current;
    Some(if day >= facts.day_of(facts.now) {
        format!("Expected {}.", facts.day(day))
    } else {
        format!(
            "It was expected {} and is late. {} has named no new day.",
            words::day(day),
            sentence_case(&parcel.carrier_name())
        )
    })
}

/// Who says that it is expected then, and why that day moved.
#[must_use]
pub fn expected_why(facts: &Facts, parcel: &Parcel) -> Option<String> {
    let expected = parcel.expected_to_show()?;
    let carrier = shown(&parcel.carrier_name(), NAME_CHARS_MAX);
    let is_late = expected.current < facts.day_of(facts.now);
    let by = match expected.by {
        // That it has named no new day is said beside the day.
        Basis::Carrier if is_late => return None,
        Basis::Carrier => format!("{} says so.", sentence_case(&carrier)),
        Basis::Lane => "By then eight of ten parcels on this way have arrived.".to_owned(),
        Basis::Promise => format!("{} has promised it.", facts.shop_name()),
    };
    let because = match expected.because.filter(|_| expected.current != expected.first) {
        None | Some(Cause::Other) => return Some(by),
        Some(Cause::Carrier) => format!("of a delay at {carrier}"),
        Some(Cause::Merchant) => format!("of a delay at {}", facts.shop_name()),
        Some(Cause::Customer) => "it could not be handed over".to_owned(),
        Some(Cause::Customs) => "of customs".to_owned(),
        Some(Cause::Weather) => "of the weather".to_owned(),
    };
    Some(format!("{by} The day moved because {because}."))
}

/// With a capital at the beginning: "the carrier" opens a sentence where no name is known.
#[must_use]
pub fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
