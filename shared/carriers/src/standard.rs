//! Our own format, for carriers and warehouses we do not know: documented in `shared/storefronts/STANDARD.md`, and strict.

use crate::{
    CarrierParsed,
    meaning::{self, Gathered},
    unknown,
};
use domain::{
    parcel::ParcelReport,
    scan::Scan,
    status::{Status, SubStatus},
};
use serde::Deserialize;
use signatures::{BadDelivery, Field, List, Part, Verified, standard};

/// The longest finer word; ours have up to 21 characters.
const SUB_BYTES_MAX: usize = 40;

#[derive(Default, Deserialize)]
#[serde(default)]
struct ParcelData {
    carrier: Field,
    number: Field,
    updated_at: Field,
    expected: Field,
    scans: List<Part<ScanData>>,
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
    let mut gathered = Gathered::default();
    for (at, row) in data.scans.required_rows("data.scans")? {
        gathered.add(scan(row, &format!("data.scans[{at}]"))?);
    }
    let (scans, unknown_codes) = gathered.finish();
    Ok(CarrierParsed::Reports(vec![ParcelReport {
        source: "standard".to_owned(),
        carrier,
        number,
        reported_at: data.updated_at.time("data.updated_at")?.unwrap_or(sent_at),
        scans,
        expected,
        unknown_codes,
        received_at: None,
        is_full_history: false,
        service: None,
        last_mile: None,
    }]))
}

fn scan(row: &ScanData, path: &str) -> Result<Scan, BadDelivery> {
    let word = row.status.required(&format!("{path}.status"))?;
    let status = Status::ALL.into_iter().find(|status| status.code() == word);
    let sub = row.sub.text().unwrap_or("other");
    if sub.len() > SUB_BYTES_MAX || !sub.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return Err(BadDelivery::bad(format!("{path}.sub"), "is not 1 to 40 of a-z 0-9 _"));
    }
    let at = row.at.text().map(|_| row.at.lenient_time().ok_or_else(|| BadDelivery::bad(format!("{path}.at"), "is not a time")));
    let (at, zone_known) = at.transpose()?.ok_or_else(|| BadDelivery::missing(format!("{path}.at")))?;
    Ok(Scan {
        at,
        status: status.ok_or_else(|| BadDelivery::bad(format!("{path}.status"), "is none of the twelve statuses"))?,
        sub: SubStatus::new(sub),
        code: row.code.text().unwrap_or_default().to_owned(),
        text: row.text.text().unwrap_or_default().to_owned(),
        place: row.place.text().unwrap_or_default().to_owned(),
        zone_known,
        source: String::new(),
        is_early: false,
    })
}
