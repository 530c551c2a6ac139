//! What the sentences of DHL's companies say, in the languages they are known to write; and the letters of DHL Express.

use crate::meaning::{Row, Rule};
use domain::status::Status as S;

/// The rules of a status. A parcel before its way and one of which DHL knows nothing have none: their sentences are not to be
/// trusted.
pub(super) fn rules_of(status: &str) -> &'static [Rule] {
    match status {
        "transit" => TRANSIT,
        "delivered" => DELIVERED,
        "failure" => FAILURE,
        _ => &[],
    }
}

/// The more telling first: what was posted at a locker is not ready at one.
const TRANSIT: &[Rule] = &[
    ("posted", &["posted by the sender", "taken from the packstation", "eingeliefert"], S::InTransit, "accepted"),
    ("not_home", &["not home", "nicht angetroffen", "niet thuis", "absent"], S::AttemptFailed, "recipient_unavailable"),
    ("attempted", &["attempt", "zustellversuch", "bezorgpoging"], S::AttemptFailed, "other"),
    ("returning", &["return", "rücksendung", "zurück an", "retour"], S::Returning, "in_transit"),
    (
        "out_for_delivery",
        &[
            "out for delivery",
            "with courier",
            "with the courier",
            "with delivery courier",
            "delivery vehicle",
            "in zustellung",
            "in der zustellung",
            "zustellfahrzeug",
            "bezorger is onderweg",
            "wordt vandaag bezorgd",
            "en cours de livraison",
            "en reparto",
            "in consegna",
        ],
        S::OutForDelivery,
        "on_vehicle",
    ),
    ("locker", &["packstation", "locker"], S::AvailableForPickup, "locker"),
    (
        "pickup",
        &[
            "ready for pick",
            "ready for collect",
            "available for pick",
            "abholbereit",
            "zur abholung bereit",
            "servicepoint",
            "service point",
        ],
        S::AvailableForPickup,
        "pickup_point",
    ),
    (
        "cleared",
        &[
            "clearance processing complete",
            "cleared customs",
            "customs cleared",
            "released by customs",
            "verzollung abgeschlossen",
        ],
        S::InTransit,
        "customs_cleared",
    ),
    ("duties", &["duties", "duty payment", "zollgebühr"], S::Exception, "duties_unpaid"),
    ("customs", &["customs", "clearance", "zoll", "douane"], S::InTransit, "customs_started"),
    ("hold", &["on hold"], S::Exception, "held"),
    ("damaged", &["damaged", "beschädigt", "beschadigd"], S::Exception, "damaged"),
    ("delayed", &["delay", "verzöger", "vertraagd"], S::Exception, "delayed_carrier"),
    ("address", &["address information", "incorrect address", "adresse unvollständig"], S::Exception, "address_incorrect"),
    ("picked_up", &["picked up"], S::InTransit, "picked_up"),
    ("departed", &["departed"], S::InTransit, "departed"),
    ("arrived", &["arrived"], S::InTransit, "arrived"),
];

const DELIVERED: &[Rule] = &[
    (
        "back",
        &["returned to sender", "returned to the sender", "returned to shipper", "zurück an den absender"],
        S::Returned,
        "to_sender",
    ),
    ("neighbour", &["neighbour", "neighbor", "nachbar", "buren", "buurman", "buurvrouw"], S::Delivered, "to_neighbour"),
    ("locker", &["packstation", "locker"], S::Delivered, "locker"),
    ("reception", &["reception", "front desk"], S::Delivered, "reception"),
    ("safe_place", &["safe place", "ablageort", "drop-off location"], S::Delivered, "safe_place"),
    ("collected", &["picked up by", "collected by", "abgeholt", "opgehaald"], S::Delivered, "collected"),
    ("door", &["letterbox", "mailbox", "briefkasten", "brievenbus"], S::Delivered, "at_door"),
    ("signed", &["signed by", "signed for"], S::Delivered, "signed"),
];

const FAILURE: &[Rule] = &[
    ("refused", &["refus", "annahme verweigert", "geweigerd"], S::Exception, "refused"),
    (
        "unclaimed",
        &["not collected", "not picked up", "unclaimed", "nicht abgeholt", "niet opgehaald"],
        S::Exception,
        "unclaimed",
    ),
    ("returning", &["return", "rücksendung", "zurück an", "retour"], S::Returning, "in_transit"),
    ("lost", &["lost", "verloren"], S::Exception, "lost"),
    ("damaged", &["damaged", "beschädigt", "beschadigd"], S::Exception, "damaged"),
    ("destroyed", &["destroyed", "disposed", "vernichtet"], S::Exception, "destroyed"),
    ("address", &["address", "adres"], S::Exception, "address_incorrect"),
    ("customs", &["customs", "zoll", "douane"], S::Exception, "delayed_customs"),
];

/// The letters of DHL Express' own API. Two of them are seen in payloads, `PU` and `OK`; lists of the others disagree in public, and
/// these are what most say.
pub(super) const EXPRESS: &[Row] = &[
    ("PU", S::InTransit, "picked_up"),
    ("PL", S::InTransit, "other"),
    ("DF", S::InTransit, "departed"),
    ("AF", S::InTransit, "arrived"),
    ("AR", S::InTransit, "arrived"),
    ("WC", S::OutForDelivery, "on_vehicle"),
    ("OK", S::Delivered, "other"),
    ("CC", S::AvailableForPickup, "depot"),
    ("OH", S::Exception, "held"),
    ("NH", S::AttemptFailed, "recipient_unavailable"),
    ("BA", S::Exception, "address_incorrect"),
    ("RD", S::Exception, "refused"),
    ("RT", S::Returned, "to_sender"),
];
