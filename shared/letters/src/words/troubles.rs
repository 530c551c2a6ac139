//! What went wrong with a parcel, and what the person who waits for it can do now.

use crate::clean;
use domain::{
    parcel::{EpisodeKind, Problem},
    status::{Cause, Status},
};

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

/// What went wrong in words, with what to do now. Codes nobody has words for are told as what they are: a problem of
/// which no more is known.
#[must_use]
pub fn trouble(problem: &Problem, carrier_name: &str, shop_name: &str) -> Trouble {
    let who = Who::new(carrier_name, shop_name);
    match problem {
        Problem::Carrier { status, sub, .. } => match status {
            Status::Exception => exception(sub.code(), &who),
            Status::AttemptFailed => attempt(sub.code(), &who),
            Status::Returning => returning(sub.code(), &who),
            Status::Returned => returned(sub.code(), &who),
            Status::Expired => expired(&who),
            Status::Pending
            | Status::InfoReceived
            | Status::InTransit
            | Status::OutForDelivery
            | Status::AvailableForPickup
            | Status::Delivered
            | Status::Cancelled => general(&who),
        },
        Problem::Episode(episode) => of_time(episode.kind, &who),
    }
}

/// What it comes from, as it stands after "because of": "bad weather".
#[must_use]
pub fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Carrier => "a delay at the carrier",
        Cause::Merchant => "a delay at the shop",
        Cause::Customer => "a problem with the address or the handover",
        Cause::Customs => "a check by customs",
        Cause::Weather => "bad weather",
        Cause::Other => "something that was not explained",
    }
}

/// The two who can help, as they stand in a sentence.
struct Who {
    /// "UPS", "the carrier".
    carrier: String,
    /// The same at the beginning of a sentence.
    the_carrier: String,
    /// "Demo Shop", "the shop".
    shop: String,
    /// The same at the beginning of a sentence: a name keeps its own first letter.
    the_shop: String,
}

impl Who {
    fn new(carrier: &str, shop: &str) -> Self {
        let named = |text: String| (!text.is_empty()).then_some(text);
        let carrier = named(clean::line(carrier, clean::NAME_CHARS_MAX)).unwrap_or_else(|| "the carrier".to_owned());
        let shop = named(clean::line(shop, clean::SHOP_CHARS_MAX));
        let the_shop = shop.clone().unwrap_or_else(|| "The shop".to_owned());
        Self { the_carrier: clean::capital(&carrier), carrier, shop: shop.unwrap_or_else(|| "the shop".to_owned()), the_shop }
    }
}

fn say(headline: impl Into<String>, explanation: impl Into<String>, what_now: impl Into<String>) -> Trouble {
    Trouble { headline: headline.into(), explanation: explanation.into(), what_now: what_now.into() }
}

fn exception(code: &str, who: &Who) -> Trouble {
    let Who { carrier, the_carrier, shop, the_shop } = who;
    match code {
        "delayed_carrier" => say(
            "Your parcel is delayed",
            format!("{the_carrier} reports a delay. The parcel is still on its way to you."),
            format!("You do not need to do anything. If nothing has moved for three working days, write to {shop}."),
        ),
        "delayed_weather" => say(
            "Bad weather is delaying your parcel",
            format!("{the_carrier} cannot move parcels as planned because of the weather. Yours is still on its way to you."),
            "You do not need to do anything. It continues as soon as the roads are open again.",
        ),
        "delayed_external" => say(
            "Your parcel is held up by outside events",
            format!("{the_carrier} reports a delay it cannot help, such as a strike, a closed road or a public holiday."),
            format!("You do not need to do anything. If nothing has moved for five working days, write to {shop}."),
        ),
        "delayed_customs" => say(
            "Customs is still checking your parcel",
            "The parcel is waiting to be cleared by customs, which can take several days.",
            "You do not need to do anything now. If customs asks for papers or a payment, we will tell you.",
        ),
        "customs_info_required" => say(
            "Customs needs information about your parcel",
            "The parcel cannot pass customs until something is added, such as an invoice or a tax number.",
            format!(
                "Contact {carrier} with your tracking number and give them what is missing. Parcels that wait too long are sent back. If you need an invoice, ask {shop}."
            ),
        ),
        "duties_unpaid" => say(
            "Duties or taxes are due on your parcel",
            "The parcel is only handed over after import duties or taxes have been paid.",
            format!(
                "Pay {carrier} on its own website, or as its notice says; do not pay through links in messages you did not expect. If {shop} told you that duties were included, write to them first."
            ),
        ),
        "held" => say(
            "Your parcel is being held",
            format!(
                "{the_carrier} is keeping the parcel for the moment, for example over a holiday or because somebody asked for it."
            ),
            format!(
                "If you did not ask for this, you do not need to do anything yet. If nothing has moved for three working days, write to {shop}."
            ),
        ),
        "address_incorrect" => say(
            "There is a problem with the address on your parcel",
            format!("{the_carrier} could not find the address as it is written on the parcel."),
            format!(
                "Check the delivery address of your order and tell {shop} soon what is missing or wrong: flat, entrance, company, postcode. Otherwise the parcel may be sent back."
            ),
        ),
        "customer_moved" => say(
            "Your name was not found at the address",
            format!("{the_carrier} was told, or believes, that you have moved."),
            format!(
                "Tell {shop} soon whether the address is right or where the parcel should go. A name on the bell or letter box helps {carrier} find you."
            ),
        ),
        "refused" => say(
            "Your parcel was refused at the door",
            format!("{the_carrier} reports that somebody did not accept it. Refused parcels normally go back to the sender."),
            format!("If this was not meant to happen, write to {shop} soon and say what you would like instead."),
        ),
        "unclaimed" => say(
            "Your parcel was not collected",
            "Nobody collected the parcel from where it was waiting. Such parcels are sent back after some days.",
            format!(
                "Ask {carrier} today, with your tracking number, whether it can still be collected. If it is already on its way back, write to {shop}."
            ),
        ),
        "damaged" => say(
            "Your parcel was damaged on the way",
            format!("{the_carrier} reports damage. We do not know whether what is inside is affected."),
            format!(
                "{the_shop} can see this and has to settle it with {carrier}. If the parcel still arrives, photograph the box and the contents, and write to {shop}."
            ),
        ),
        "lost" => say(
            "Your parcel seems to be lost",
            format!("{the_carrier} cannot find it any more."),
            format!(
                "You do not need to search for it. Write to {shop} and say whether you want it sent again or your money back; the claim against {carrier} is theirs to make."
            ),
        ),
        "destroyed" => say(
            "Your parcel was destroyed on the way",
            format!("{the_carrier} reports that the parcel was destroyed or disposed of. It will not arrive."),
            format!("Write to {shop} and say whether you want it sent again or your money back."),
        ),
        "prohibited" => say(
            "Your parcel may not be carried further",
            format!("{the_carrier} says that what is inside may not be sent this way or not into this country."),
            format!("{the_shop} can see this and has to find another way. Write to them and say what you would like instead."),
        ),
        "missorted" => say(
            "Your parcel took a wrong turn",
            format!("It was sorted to the wrong place, and {carrier} is redirecting it. This can cost a few days."),
            "You do not need to do anything.",
        ),
        "rejected_by_carrier" => say(
            "The carrier did not accept your parcel",
            format!("{the_carrier} would not take the parcel, for example because of its size, its packing or its label."),
            format!(
                "You do not need to do anything: {shop} can see this and has to send it again. If you hear nothing in two working days, write to them."
            ),
        ),
        "security" => say(
            "Your parcel was stopped for a security check",
            format!("{the_carrier} or an authority is inspecting the parcel and gives no details."),
            format!(
                "You do not need to do anything; nobody can hurry this. If nothing has moved for five working days, write to {shop}."
            ),
        ),
        "undeliverable" => say(
            "Your parcel cannot be delivered",
            format!("{the_carrier} reports that it cannot deliver this parcel and has stopped trying."),
            format!("Write to {shop} and say whether you want it sent again, perhaps to another address, or your money back."),
        ),
        _ => general(who),
    }
}

fn attempt(code: &str, who: &Who) -> Trouble {
    let Who { carrier, the_carrier, shop, .. } = who;
    match code {
        "recipient_unavailable" => say(
            "Nobody was there to take your parcel",
            format!("{the_carrier} tried to deliver it and met nobody."),
            format!(
                "{the_carrier} normally tries again. If nobody will be there, choose another day or a pickup point with {carrier}."
            ),
        ),
        "business_closed" => say(
            "The address was closed when your parcel came",
            format!("{the_carrier} tried to deliver it and found the place closed."),
            format!("{the_carrier} normally tries again on a working day. If the opening hours are unusual, tell {carrier}."),
        ),
        "no_access" => say(
            "The driver could not reach your door",
            format!(
                "{the_carrier} tried to deliver your parcel but could not get in: a gate, an entrance code or a bell without a name."
            ),
            format!(
                "Tell {carrier}, with your tracking number, how to get in, or choose a pickup point. It normally tries again."
            ),
        ),
        "notice_left" => say(
            "The carrier left you a notice",
            format!("{the_carrier} tried to deliver your parcel and left a card that says what happens next."),
            format!(
                "Do what the card says: collect the parcel or choose another day. No card? Ask {carrier} with your tracking number."
            ),
        ),
        "signature_required" => say(
            "Your parcel needs a signature",
            format!("{the_carrier} tried to deliver it but nobody who may sign for it was there."),
            format!("Make sure that an adult can sign at the next attempt, or ask {carrier} for a pickup point."),
        ),
        "payment_required" => say(
            "A payment was due at the door",
            format!("{the_carrier} tried to deliver your parcel but an amount that is due was not paid."),
            format!(
                "Ask {carrier} how much is due and what for. If you have paid for everything already, write to {shop} before you pay again."
            ),
        ),
        "id_failed" => say(
            "Your identity or age could not be confirmed",
            format!("{the_carrier} may hand this parcel over only to a person who shows a document."),
            format!(
                "Have a passport or identity card with the name on the parcel ready at the next attempt, or ask {carrier} where to collect it."
            ),
        ),
        "post_office_attempt" => say(
            "The post office could not deliver your parcel",
            format!("The post office that delivers for {carrier} tried and could not hand it over."),
            "Ask your post office with the tracking number: it often keeps the parcel for you to collect.",
        ),
        "final_attempt" => say(
            "The last attempt to deliver your parcel failed",
            format!("{the_carrier} will not try again by itself, and the parcel may soon go back."),
            format!(
                "Contact {carrier} today with your tracking number and ask where it can be collected. If that fails, write to {shop}."
            ),
        ),
        _ => say(
            "Your parcel could not be delivered yet",
            format!("{the_carrier} tried to deliver it without success and did not say why."),
            format!("{the_carrier} normally tries again. To be sure, ask {carrier} with your tracking number."),
        ),
    }
}

fn returning(code: &str, who: &Who) -> Trouble {
    let Who { carrier, the_carrier, shop, .. } = who;
    let what_now = format!("Write to {shop} and say whether you want it sent again or your money back.");
    match code {
        "requested" => say(
            "Your parcel has been called back",
            format!("{the_carrier} was asked to bring it back to {shop}."),
            format!("If you do not know why, write to {shop}."),
        ),
        "in_transit" => say(
            format!("Your parcel is on its way back to {shop}"),
            format!("{the_carrier} is not delivering it to you but carrying it back to the sender."),
            what_now,
        ),
        "out_for_delivery" => say(
            format!("Your parcel is about to arrive back at {shop}"),
            format!("{the_carrier} could not deliver it to you, and it is on the vehicle to the sender."),
            what_now,
        ),
        _ => say(
            format!("Your parcel is going back to {shop}"),
            format!("It was not delivered to you, and {carrier} is returning it to the sender."),
            what_now,
        ),
    }
}

fn returned(code: &str, who: &Who) -> Trouble {
    let Who { carrier, the_carrier, shop, .. } = who;
    let what_now = format!("Write to {shop} and say whether you want it sent again or your money back.");
    match code {
        "to_sender" => say(
            format!("Your parcel is back at {shop}"),
            format!("{the_carrier} could not deliver it to you and has brought it back to the sender."),
            what_now,
        ),
        _ => say("Your parcel was returned", format!("It did not reach you; {carrier} reports that it was returned."), what_now),
    }
}

fn expired(who: &Who) -> Trouble {
    let Who { the_carrier, shop, .. } = who;
    say(
        "There is no more news about your parcel",
        format!("{the_carrier} has not reported anything for so long that tracking has stopped. We do not know where it is."),
        format!("If the parcel has not reached you, write to {shop}."),
    )
}

/// Trouble that time or a person brought.
fn of_time(kind: EpisodeKind, who: &Who) -> Trouble {
    let Who { carrier, the_carrier, shop, .. } = who;
    match kind {
        EpisodeKind::Disputed => say(
            "You told us that your parcel did not arrive",
            format!("Whatever {carrier} reports, {shop} has to look for it now. A search can take several days."),
            format!(
                "You do not need to search any further. If it turns up after all, tell {shop}. If you hear nothing in two working days, write to them."
            ),
        ),
        EpisodeKind::PresumedLost => say(
            "Your parcel may be lost",
            format!(
                "{the_carrier} has not scanned it for so long that we have to presume it lost. Now and then such a parcel still turns up."
            ),
            format!(
                "You do not need to search for it: {shop} can see this and has to look into it with {carrier}. If you hear nothing in two working days, write to them and say whether you want it sent again or your money back."
            ),
        ),
        EpisodeKind::DeliveryRetracted => say(
            "The carrier took its delivery report back",
            format!(
                "{the_carrier} first reported that your parcel was delivered and then took that back. We do not know yet where it is."
            ),
            format!(
                "If you have the parcel, all is well. If not, you do not need to search for it: {shop} can see this and has to ask {carrier}. If you hear nothing in two working days, write to them."
            ),
        ),
        EpisodeKind::NoMovement => say(
            "Your parcel has not moved for some days",
            format!(
                "{the_carrier} has not scanned it for longer than usual. Two or three working days between scans are normal within a country, and about a week across borders. Scans are sometimes missed, so it may be closer than it looks."
            ),
            format!(
                "You do not need to do anything yet; {shop} can see this. If nothing has moved for three more working days, write to them."
            ),
        ),
        EpisodeKind::OverduePromise => say(
            "Your parcel is later than expected",
            format!(
                "The day on which it was expected has passed, and {carrier} has not named a new one. Late does not mean lost."
            ),
            format!("You do not need to do anything yet. If nothing has moved for three working days, write to {shop}."),
        ),
        EpisodeKind::LabelWithoutScan => say(
            "Your parcel has a label but no scan yet",
            format!(
                "A label was made, but {carrier} has not scanned the parcel. It may not have left {shop} yet, or a scan was missed."
            ),
            format!(
                "You do not need to do anything: {shop} can see this and has to look for it. If you hear nothing in two working days, write to them."
            ),
        ),
    }
}

fn general(who: &Who) -> Trouble {
    let Who { the_carrier, the_shop, .. } = who;
    say(
        "There is a problem with your parcel",
        format!("{the_carrier} reports a problem and gives no details."),
        format!("{the_shop} can see this. If you hear nothing in two working days, write to them."),
    )
}
