//! Carriers: one code for each however it is spelled, its name, its own page, and whose number a number may be.

mod aliases;
mod links;
mod names;
mod numbers;

use crate::id::{CarrierCode, TrackingNumber};
pub use links::tracking_url;
pub use numbers::{Candidate, Check, OTHERS_MAX, candidates, detect, others};

/// The longest code kept of a carrier nobody knows.
const CODE_CHARS_MAX: usize = 40;

/// The code of a carrier from whatever somebody wrote: `"FedEx"`, `"fedex"`, `"UPS®"`, `"La Poste – Colissimo"`. A word that
/// names nobody (`"Other"`) is `unknown`; a carrier that is not in our tables has the code that its name makes.
#[must_use]
pub fn code(written: &str) -> CarrierCode {
    let folded = folded(written);
    let known = aliases::known(written, &folded).unwrap_or(&folded);
    known.parse().unwrap_or_else(|_| unknown())
}

/// The code of the carrier that somebody named for this number; `None` when they named nobody. Of a group that writes one name
/// on the numbers of several networks (`"DHL"`), the number's form tells which.
#[must_use]
pub fn told(written: &str, number: &TrackingNumber) -> Option<CarrierCode> {
    let code = Some(code(written)).filter(|code| !is_unknown(code))?;
    let group = GROUPS.iter().find(|(word, _)| aliases::letters(word).eq(aliases::letters(written)));
    let Some((_, members)) = group else { return Some(code) };
    let fits = |candidate: &Candidate| members.contains(&candidate.carrier.as_str());
    Some(candidates(number).into_iter().find(fits).map_or(code, |candidate| candidate.carrier))
}

/// Names of groups, and the carriers that are called so.
const GROUPS: &[(&str, &[&str])] = &[
    ("dhl", &["dhl_express", "dhl_germany", "dhl_ecommerce", "dhl_parcel_uk", "dhl_benelux"]),
    ("hermes", &["hermes_germany", "evri"]),
    ("dpd", &["dpd", "dpd_uk"]),
    ("la poste", &["colissimo", "chronopost"]),
];

/// The carrier of a number nobody named a carrier for, as far as the number alone tells. Who knows what the shop ships with
/// asks [`detect`].
#[must_use]
pub fn guess(number: &TrackingNumber) -> CarrierCode {
    detect(number, &[])
}

/// The code that stands for "nobody knows".
#[must_use]
pub fn unknown() -> CarrierCode {
    known("unknown")
}

/// Whether a code says that nobody knows.
#[must_use]
pub fn is_unknown(code: &CarrierCode) -> bool {
    code.as_str() == "unknown"
}

/// The code of a table's row.
fn known(code: &'static str) -> CarrierCode {
    match code.parse() {
        Ok(code) => code,
        Err(_) => unreachable!("every row of the tables keeps the rule of a carrier code"),
    }
}

/// The name people know, for pages and letters.
#[must_use]
pub fn display_name(code: &CarrierCode) -> String {
    let named = names::NAMES.iter().find(|(known, _)| *known == code.as_str());
    named.map_or_else(|| code.as_str().replace('_', " "), |(_, name)| (*name).to_owned())
}

/// A name as a code: small letters and digits, and one underscore for everything between them.
fn folded(written: &str) -> String {
    let mut folded = String::with_capacity(written.len().min(CODE_CHARS_MAX));
    for c in written.trim().chars() {
        if folded.len() >= CODE_CHARS_MAX {
            break;
        }
        let before = folded.len();
        folded.extend(aliases::plain(c));
        let is_between = folded.len() == before && !c.is_alphanumeric();
        if is_between && !folded.is_empty() && !folded.ends_with('_') {
            folded.push('_');
        }
    }
    folded.truncate(CODE_CHARS_MAX);
    folded.truncate(folded.trim_end_matches('_').len());
    folded
}

#[cfg(test)]
mod tests;
