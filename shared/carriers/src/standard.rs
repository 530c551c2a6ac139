//! Our own format, for carriers and warehouses we do not know: documented in `shared/storefronts/STANDARD.md`, and strict.

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{self, Told, Untimely},
    meaning::{self, Gathered, Heard, Message, SERVICE_CHARS_MAX, zone_of_line},
    unknown,
};
use domain::{
    order::ParcelName,
    scan::{CODE_CHARS_MAX, Scan},
    status::{SUB_STATUSES, Status, SubStatus},
};
use jiff::Timestamp;
use serde::Deserialize;
use signatures::{BadDelivery, Field, List, Part, Verified, standard};

pub(crate) const READER: Reader = Reader {
    verify: signatures::standard::verify,
    parse,
    parse_answer: None,
    grant: None,
    sign: |delivery, message_id, secret| {
        signatures::standard::sign(secret, message_id, delivery.now, delivery.body).into_iter().flatten().collect()
    },
    reread: |code, _| reread(code),
    headers_read: &[],
    keys_url: None,
    answers: Answers::usual(None),
    proof: "Standard Webhooks: HMAC-SHA256 of id, time and body",
    topics: &[Topic { name: "parcel.reported", used_for: "scans, expected day, last leg" }],
    codes,
};

/// The longest finer word: the longest of the vocabulary, and what a scan's code has room for beside the longest status.
const SUB_BYTES_MAX: usize = 27;

#[derive(Default, Deserialize)]
#[serde(default)]
struct ParcelData {
    carrier: Field,
    number: Field,
    updated_at: Field,
    expected: Field,
    full_history: Field,
    service: Field,
    last_mile: Part<LastMile>,
    scans: List<Part<ScanData>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LastMile {
    carrier: Field,
    number: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ScanData {
    at: Field,
    status: Field,
    sub: Field,
    code: Field,
    text: Field,
    place: Field,
}

pub(crate) fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    match standard::kind(verified)?.as_str() {
        "parcel.reported" => {}
        kind => return Ok(unknown(kind)),
    }
    let (sent_at, data): (_, ParcelData) = standard::open(verified)?;
    let (carrier, number) = meaning::name(&data.carrier, &data.number, "data.number")?;
    let expected = match data.expected.text() {
        Some(text) => Some(text.parse().map_err(|_| BadDelivery::bad("data.expected", "is not a date (YYYY-MM-DD)"))?),
        None => None,
    };
    let is_full_history = match data.full_history.text() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(BadDelivery::bad("data.full_history", "is not true or false")),
    };
    let last_mile = data.last_mile.get().map(|leg| meaning::name(&leg.carrier, &leg.number, "data.last_mile.number"));
    let last_mile = last_mile.transpose()?.map(|(carrier, number)| ParcelName { carrier, number });
    let received_at = verified.received_at();
    let reported_at = match data.updated_at.time("data.updated_at")? {
        Some(at) => clock::checked(at, "data.updated_at", received_at)?,
        None => clock::checked(sent_at, "timestamp", received_at)?,
    };
    let mut gathered = Gathered::default();
    for (at, row) in data.scans.required_rows("data.scans")? {
        gathered.add(scan(row, &format!("data.scans[{at}]"), received_at)?);
    }
    Ok(CarrierParsed::Reports(vec![gathered.report(Message {
        source: "standard",
        parcel: (carrier, number),
        heard: Heard::delivered(Some(reported_at), received_at),
        is_full_history,
        expected,
        service: data.service.cut(SERVICE_CHARS_MAX),
        last_mile,
    })]))
}

fn scan(row: &ScanData, path: &str, received_at: Timestamp) -> Result<Scan, BadDelivery> {
    let word = row.status.required(&format!("{path}.status"))?;
    let status = status(word).ok_or_else(|| BadDelivery::bad(format!("{path}.status"), "is none of the twelve statuses"))?;
    let sub = row.sub.text().unwrap_or(OTHER);
    if !is_sub(sub) {
        return Err(BadDelivery::bad(format!("{path}.sub"), format!("is not 1 to {SUB_BYTES_MAX} of a-z 0-9 _")));
    }
    let at_path = format!("{path}.at");
    let told = Told::read(&row.at).map_err(|why| match why {
        Untimely::Missing => BadDelivery::missing(at_path.as_str()),
        Untimely::Impossible => BadDelivery::bad(at_path.as_str(), "is not a time"),
    })?;
    let resolved = told.resolve(|| zone_of_line(row.place.text()?), || None, received_at);
    let (at, zone_known) = resolved.map_err(|_| BadDelivery::bad(at_path.as_str(), clock::IMPOSSIBLE))?;
    Ok(Scan {
        at,
        status,
        sub: SubStatus::new(sub),
        code: code(status, sub, row.code.text()),
        text: row.text.text().unwrap_or_default().to_owned(),
        place: row.place.text().unwrap_or_default().to_owned(),
        zone_known,
        source: String::new(),
        is_early: false,
    })
}

const OTHER: &str = "other";

fn status(word: &str) -> Option<Status> {
    Status::ALL.into_iter().find(|status| status.code() == word)
}

fn is_sub(word: &str) -> bool {
    (1..=SUB_BYTES_MAX).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// What a scan keeps as its code: the sender's two words, which are what its meaning was decided from, and then what it calls
/// it itself, as far as there is room.
fn code(status: Status, sub: &str, own: Option<&str>) -> String {
    let words = format!("{status}/{sub}");
    own.map_or_else(|| words.clone(), |own| format!("{words} {own}")).chars().take(CODE_CHARS_MAX).collect()
}

/// The meaning of a code that a scan of ours keeps.
pub(crate) fn reread(code: &str) -> Option<(Status, SubStatus)> {
    let (word, sub) = code.split(' ').next()?.split_once('/')?;
    Some((status(word)?, Some(sub).filter(|sub| is_sub(sub)).map(SubStatus::new)?))
}

fn codes() -> Vec<CodeMeaning> {
    let row = |status: Status, sub: &str| CodeMeaning { code: format!("{status}/{sub}"), status, sub: SubStatus::new(sub) };
    SUB_STATUSES.iter().flat_map(|(status, subs)| subs.iter().map(move |sub| row(*status, sub))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::status::SUB_STATUSES;

    #[test]
    fn every_word_of_the_vocabulary_is_taken_and_read_again_from_its_code() {
        for (status, subs) in SUB_STATUSES {
            for sub in subs.iter().chain([&OTHER]) {
                assert!(is_sub(sub), "{sub}");
                let longest = "X".repeat(100);
                for own in [None, Some("EVGPD"), Some("a/b c"), Some(longest.as_str())] {
                    let code = code(status, sub, own);
                    assert_eq!(reread(&code), Some((status, SubStatus::new(sub))), "{code}");
                }
            }
        }
        let longest = "x".repeat(SUB_BYTES_MAX);
        let code = code(Status::AvailableForPickup, &longest, Some("X"));
        assert_eq!(reread(&code), Some((Status::AvailableForPickup, SubStatus::new(&longest))));
        assert_eq!(["", "EVGPD", "in_transit", "beamed/up", "in_transit/At Door"].map(reread), [const { None }; 5]);
    }

    #[test]
    fn a_line_tells_its_zone_by_country_and_region() {
        let check = |line: &str, want: Option<&str>| assert_eq!(zone_of_line(line).map(String::from).as_deref(), want, "{line}");
        check("Cardiff, GB", Some("Europe/London"));
        check("Reno, NV, US", Some("America/Los_Angeles"));
        check("DE", Some("Europe/Berlin"));
        check("Reno, US", None);
        check("Cardiff", None);
        check("", None);
    }
}
