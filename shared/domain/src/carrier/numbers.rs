//! Whose number a number may be: the forms of carriers' numbers, and the check digits that prove some of them.
//!
//! A form says how a number begins and ends, how long it is and of what it consists. A check digit that fits proves it; where
//! the form tells nothing without its check digit (twelve digits), a number whose check digit does not fit has not that form.

mod checks;
mod forms;
mod posts;

use super::{code, is_unknown, known, unknown};
use crate::id::{CarrierCode, TrackingNumber};
use forms::{FORMS, Form};

/// Other carriers that a number is looked for under.
pub const OTHERS_MAX: usize = 10;
/// Carriers of a shop's list that go before those whose numbers look alike without proof.
const LIKELIEST_MAX: usize = 4;
/// The carriers that people name most often, rightly or not.
const USUAL: [&str; 8] = ["ups", "usps", "fedex", "dhl_express", "dhl_germany", "royal_mail", "dpd", "gls"];

/// How sure it is that a number is a carrier's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Its check digit fits.
    Proven,
    /// It looks like one.
    Plausible,
}

/// A carrier whose number a number may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub carrier: CarrierCode,
    /// How sure that is.
    pub check: Check,
}

/// Every carrier whose number this may be, each once: proven ones first, and among equals the more widespread ones.
#[must_use]
pub fn candidates(number: &TrackingNumber) -> Vec<Candidate> {
    among(FORMS, number.as_str().as_bytes())
}

/// The candidates by some forms. The order of the forms does not matter: each has its rank.
fn among(forms: &[Form], number: &[u8]) -> Vec<Candidate> {
    let mut found: Vec<(Check, u8, &'static str)> = posts::of(number);
    found.extend(forms.iter().filter_map(|form| Some((form.check(number)?, form.rank, form.carrier))));
    found.sort_unstable();
    let mut out: Vec<Candidate> = Vec::with_capacity(found.len());
    for (check, _, carrier) in found {
        if out.iter().all(|candidate| candidate.carrier.as_str() != carrier) {
            out.push(Candidate { carrier: known(carrier), check });
        }
    }
    out
}

/// The carrier of a number that nobody named a carrier for. What a check digit proves goes before what only looks alike; among
/// equals the shop's own list decides, the likeliest first.
///
/// A list none of whose carriers fits invents nothing, and without it a form that several carriers have tells nothing.
#[must_use]
pub fn detect(number: &TrackingNumber, prior: &[CarrierCode]) -> CarrierCode {
    let candidates = candidates(number);
    let Some(best) = candidates.first().map(|candidate| candidate.check) else { return unknown() };
    let equals = || candidates.iter().filter(|candidate| candidate.check == best).map(|candidate| &candidate.carrier);
    let listed = prior.iter().map(|listed| code(listed.as_str())).find(|listed| equals().any(|carrier| carrier == listed));
    let is_clear = best == Check::Proven || (equals().count() == 1 && is_telling(number));
    let told = || equals().next().filter(|_| is_clear).cloned();
    listed.or_else(told).unwrap_or_else(unknown)
}

/// Whether a number is so made that only few others look like it: a dozen digits are anybody's.
fn is_telling(number: &TrackingNumber) -> bool {
    let letters = number.as_str().bytes().filter(u8::is_ascii_alphabetic).count();
    letters >= 2 || (letters > 0 && number.as_str().len() >= 13) || number.as_str().len() >= 18
}

/// The other carriers under which a number may be known that somebody called `told`'s: at most [`OTHERS_MAX`], the likeliest
/// first; none when `told` itself is not among those that may be.
///
/// It works both ways: who is found from a second one finds that from it.
#[must_use]
pub fn others(number: &TrackingNumber, told: &CarrierCode, prior: &[CarrierCode]) -> Vec<CarrierCode> {
    // Who would be detected is always among them.
    let mut may_be = vec![unknown()];
    let detected = Some(detect(number, prior)).filter(|code| !is_unknown(code));
    let candidates = candidates(number);
    let (proven, plausible): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|it| it.check == Check::Proven);
    let listed: Vec<CarrierCode> = prior.iter().map(|listed| code(listed.as_str())).filter(|code| !is_unknown(code)).collect();
    let (likeliest, rest) = listed.split_at(listed.len().min(LIKELIEST_MAX));
    let proven = proven.into_iter().map(|it| it.carrier);
    let plausible = plausible.into_iter().map(|it| it.carrier);
    let in_turn = detected
        .into_iter()
        .chain(proven)
        .chain(likeliest.iter().cloned())
        .chain(plausible)
        .chain(rest.iter().cloned())
        .chain(USUAL.into_iter().map(known));
    for carrier in in_turn {
        if may_be.len() > OTHERS_MAX {
            break;
        }
        if !may_be.contains(&carrier) {
            may_be.push(carrier);
        }
    }
    if !may_be.contains(told) {
        return Vec::new();
    }
    may_be.retain(|carrier| carrier != told);
    may_be
}

#[cfg(test)]
mod tests;
