//! Reads the kept history of parcels again by today's tables, and says what that changes.
//!
//! Raw codes and texts are kept on every scan, so a mistake in a mapping can be repaired: the scans get their new meaning,
//! the fold is made again, and the difference is told in words before anything is written. A changed row goes through the
//! stream as every other: letters that it newly implies are sent, and are therefore listed too.

use domain::{
    announce::{Announcement, Change, announce},
    parcel::Parcel,
    status::Status,
};

/// What reading a parcel again changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The parcel as it would be.
    pub after: Parcel,
    /// What changes, one line each; no personal data.
    pub lines: Vec<String>,
}

/// What reading a parcel again would change, or `None` when every scan still means the same.
#[must_use]
pub fn difference(before: &Parcel) -> Option<Difference> {
    let after = before.clone().reread(|scan| carriers::reread(&scan.source, &scan.code, &scan.text));
    if after == *before {
        return None;
    }
    let (was, is) = (before.folded(), after.folded());
    let mut lines = Vec::new();
    for scan in after.scans.iter().filter(|scan| !before.scans.contains(scan)) {
        let old = before.scans.iter().find(|old| (old.at, &old.code, &old.text) == (scan.at, &scan.code, &scan.text));
        let old = old.map_or_else(|| "?".to_owned(), |old| words(old.status, old.sub.code()));
        lines.push(format!("scan {} {}: {old} -> {}", scan.at, scan.code, words(scan.status, scan.sub.code())));
    }
    if was != is {
        lines.push(format!("parcel: {} -> {}", words(was.status, was.sub.code()), words(is.status, is.sub.code())));
    }
    let codes = |parcel: &Parcel| parcel.problems().iter().map(|problem| problem.code().to_owned()).collect::<Vec<_>>();
    if codes(before) != codes(&after) {
        lines.push(format!("open problems: {:?} -> {:?}", codes(before), codes(&after)));
    }
    let change = Change::Parcel { before: Some(before.clone()), after: after.clone() };
    for announcement in announce(&change) {
        // Of the kinds that are off until a shop wants them, a shop that wants them thinks itself.
        if let Announcement::Letter(letter) = announcement
            && letter.kind.is_on_by_default()
        {
            lines.push(format!("letter that would be sent: {}", letter.kind.code()));
        }
    }
    Some(Difference { after, lines })
}

fn words(status: Status, sub: &str) -> String {
    format!("{status}.{sub}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        id::{OrderId, ParcelKey},
        parcel::{Destination, ParcelReport},
        scan::Scan,
        status::SubStatus,
    };

    fn parcel(code: &str, status: Status, sub: &str) -> Parcel {
        let shop: domain::id::ShopId = "demo".parse().unwrap();
        let key = ParcelKey { shop: shop.clone(), carrier: "ups".parse().unwrap(), number: "1Z999".parse().unwrap() };
        let at = "2026-11-02T09:00:00Z".parse().unwrap();
        let scan = Scan { code: code.into(), ..Scan::new(at, status, SubStatus::new(sub)) };
        let report = ParcelReport::new("easypost", &key, at, vec![scan]);
        let order = OrderId::of(&shop, "standard", "1");
        Parcel::new(key).linked(order.clone(), at).described(&order, &Destination::default()).told(&report)
    }

    #[test]
    fn what_was_unknown_then_and_is_known_now_is_told_before_it_is_written() {
        let kept = parcel("in_transit/weather_delay", Status::Pending, "other");
        let difference = difference(&kept).unwrap();
        assert_eq!(
            difference.lines,
            [
                "scan 2026-11-02T09:00:00Z in_transit/weather_delay: pending.other -> exception.delayed_weather",
                "parcel: info_received.label_created -> exception.delayed_weather",
                "open problems: [] -> [\"delayed_weather\"]",
                "letter that would be sent: delayed",
            ]
        );
        assert_eq!(super::difference(&difference.after), None, "read once more, nothing changes");
    }

    #[test]
    fn a_code_nobody_knows_stays_as_it_is() {
        assert_eq!(difference(&parcel("beamed/up", Status::Pending, "other")), None);
    }
}
