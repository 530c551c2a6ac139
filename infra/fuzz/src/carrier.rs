//! What holds of everything that a carrier's delivery or answer is read as.

use crate::{NOW, is_clean, survives_the_queue};
use carriers::{CarrierParsed, CarrierSource, TOPIC_CHARS_MAX, reread};
use domain::{
    id::ParcelKey,
    parcel::{Parcel, ParcelReport},
    scan::{CODE_CHARS_MAX, PLACE_CHARS_MAX, Scan, TEXT_CHARS_MAX},
    status::{SUB_STATUSES, Status, SubStatus},
};
use jiff::{SignedDuration, Timestamp};

/// The newest 200, and of each of the twelve statuses the first and the last.
const SCANS_MAX: usize = 200 + 2 * 12;
/// Codes that are counted of a report, and their length.
const UNKNOWN_CODES_MAX: usize = 20;
const UNKNOWN_CHARS_MAX: usize = 72;
const SERVICE_CHARS_MAX: usize = 40;
/// Half of the largest message that a queue takes.
const REPORT_BYTES_MAX: usize = 512 * 1024;
/// Less than the 400 kB that DynamoDB takes.
const ROW_BYTES_MAX: usize = 300 * 1024;
/// The longest id or proof of a handshake that is passed on.
const HANDSHAKE_CHARS_MAX: usize = 4096;
/// Nothing was carried before, and nothing is told of more than a year ahead; a second more hides no tie.
const FIRST: Timestamp = Timestamp::constant(946_684_800, 0);
const AHEAD_MAX: SignedDuration = SignedDuration::from_secs(366 * 24 * 3600 + 1);

/// Holds for whatever was read.
pub fn check(source: CarrierSource, parsed: CarrierParsed) {
    match parsed {
        CarrierParsed::Reports(reports) => reports.into_iter().for_each(|told| report(source, told)),
        CarrierParsed::Unknown { topic } => is_clean(&topic, TOPIC_CHARS_MAX, "a topic"),
        CarrierParsed::Handshake { subscription, proof } => {
            is_clean(&subscription, HANDSHAKE_CHARS_MAX, "a subscription");
            is_clean(&proof, HANDSHAKE_CHARS_MAX, "a proof");
        }
    }
}

fn report(source: CarrierSource, told: ParcelReport) {
    assert_eq!(told.source, source.as_str());
    assert!(told.scans.len() <= SCANS_MAX, "{} scans", told.scans.len());
    assert!(told.unknown_codes.len() <= UNKNOWN_CODES_MAX);
    told.unknown_codes.iter().for_each(|code| is_clean(code, UNKNOWN_CHARS_MAX, "an unknown code"));
    told.service.iter().for_each(|service| is_clean(service, SERVICE_CHARS_MAX, "a service"));
    is_possible(told.reported_at);
    told.scans.iter().for_each(|told| scan(source, source.as_str(), told));
    survives_the_queue(&told, REPORT_BYTES_MAX);
    fold(source, ParcelReport { received_at: Some(NOW), ..told });
}

/// The row of the parcel is bounded, told twice it is the same, and what it keeps is read again.
fn fold(source: CarrierSource, told: ParcelReport) {
    let shop = "demo".parse().expect("a shop");
    let key = ParcelKey { shop, carrier: told.carrier.clone(), number: told.number.clone() };
    let once = Parcel::new(key).told(&told);
    assert_eq!(once.clone().told(&told), once);
    once.scans.iter().for_each(|kept| scan(source, &kept.source, kept));
    survives_the_queue(&once, ROW_BYTES_MAX);
    let _shown = (once.folded(), once.milestones());
}

fn scan(source: CarrierSource, name: &str, told: &Scan) {
    is_clean(&told.code, CODE_CHARS_MAX, "a code");
    is_clean(&told.text, TEXT_CHARS_MAX, "a text");
    is_clean(&told.place, PLACE_CHARS_MAX, "a place");
    is_possible(told.at);
    let meaning = (told.status, told.sub.clone());
    if source != CarrierSource::Standard {
        is_a_word_of_ours(&meaning);
    }
    // Of words that nobody knows, nothing is decided.
    let again = reread(name, &told.code, &told.text).unwrap_or((Status::Pending, SubStatus::other()));
    assert_eq!(again, meaning, "{name}: `{}` `{}`", told.code, told.text);
}

fn is_possible(at: Timestamp) {
    assert!(at >= FIRST && at.duration_since(NOW) <= AHEAD_MAX, "{at}");
}

/// Pages and letters have words for it. Our own format lets senders say finer ones; no table does.
pub fn is_a_word_of_ours((status, sub): &(Status, SubStatus)) {
    let subs = SUB_STATUSES.iter().find(|(known, _)| known == status).map(|(_, subs)| *subs).unwrap_or_default();
    assert!(sub.code() == "other" || subs.contains(&sub.code()), "{status} {} is not in the vocabulary", sub.code());
}
