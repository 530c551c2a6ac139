//! The exact difference of two JSON documents, path by path, without what belongs to a person.

use serde_json::Value as Json;

/// Whatever stands under a field of this name is a person's: that it differs is said, never what it is. The sentence of a
/// carrier (`text`) may name who signed.
const PERSONAL: [&str; 5] = ["customer", "ship_to", "answers", "note", "text"];
/// The longest value shown.
const VALUE_CHARS_MAX: usize = 80;
/// The longest arrays that are matched element by element; of longer ones, the one place is compared with the same place.
const MATCHED_MAX: usize = 600;

/// Every difference, a line each: `report.lines[0].paid.minor: 1999 → 2099`; `+` is new, `-` is gone.
#[must_use]
pub fn lines(before: &Json, after: &Json) -> Vec<String> {
    let mut out = Vec::new();
    compare(&mut Place::default(), Some(before), Some(after), &mut out);
    out
}

/// A text from outside on one line of bounded length: what a terminal would obey is left out.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut chars = text.chars().filter(|c| !c.is_control());
    let kept: String = chars.by_ref().take(VALUE_CHARS_MAX).collect();
    if chars.next().is_some() { kept + "…" } else { kept }
}

/// Where in the document.
#[derive(Default)]
struct Place {
    path: String,
    /// How many of the fields on the way are personal.
    personal: usize,
}

impl Place {
    /// Goes into a part of it, and comes back.
    fn within(&mut self, step: &str, is_personal: bool, look: impl FnOnce(&mut Self)) {
        let here = self.path.len();
        self.path.push_str(step);
        self.personal += usize::from(is_personal);
        look(self);
        self.personal -= usize::from(is_personal);
        self.path.truncate(here);
    }

    fn field(&mut self, name: &str, look: impl FnOnce(&mut Self)) {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.within(&format!("{dot}{}", plain(name)), PERSONAL.contains(&name), look);
    }

    fn element(&mut self, index: usize, look: impl FnOnce(&mut Self)) {
        self.within(&format!("[{index}]"), false, look);
    }
}

fn compare(place: &mut Place, before: Option<&Json>, after: Option<&Json>, out: &mut Vec<String>) {
    match (before, after) {
        (before, after) if before == after => {}
        // What one side has and the other has not is told leaf by leaf, so that no person's field hides in a larger value.
        (Some(Json::Object(_)) | None, Some(Json::Object(_)) | None) => {
            let empty = serde_json::Map::new();
            let old = before.and_then(Json::as_object).unwrap_or(&empty);
            let new = after.and_then(Json::as_object).unwrap_or(&empty);
            let fields = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
            for name in fields {
                place.field(name, |place| compare(place, old.get(name), new.get(name), out));
            }
        }
        (Some(Json::Array(_)) | None, Some(Json::Array(_)) | None) => {
            let list = |side: Option<&Json>| side.and_then(Json::as_array).cloned().unwrap_or_default();
            let (old, new) = (list(before), list(after));
            for pair in pairs(&old, &new) {
                let index = pair.new.or(pair.old).unwrap_or_default();
                let element = |list: &[Json], index: Option<usize>| index.and_then(|index| list.get(index).cloned());
                let (old, new) = (element(&old, pair.old), element(&new, pair.new));
                place.element(index, |place| compare(place, old.as_ref(), new.as_ref(), out));
            }
        }
        (Some(Json::Object(_) | Json::Array(_)), Some(_)) => {
            compare(place, before, None, out);
            compare(place, None, after, out);
        }
        (Some(_), Some(Json::Object(_) | Json::Array(_))) => {
            compare(place, before, None, out);
            compare(place, None, after, out);
        }
        (before, after) => out.push(leaf(place, before, after)),
    }
}

fn leaf(place: &Place, before: Option<&Json>, after: Option<&Json>) -> String {
    let path = &place.path;
    let shown = |value: &Json| match value {
        Json::String(text) => plain(text),
        other => plain(&other.to_string()),
    };
    match (before, after, place.personal > 0) {
        (Some(old), Some(new), false) => format!("{path}: {} → {}", shown(old), shown(new)),
        (None, Some(new), false) => format!("{path}: + {}", shown(new)),
        (Some(old), None, false) => format!("{path}: - {}", shown(old)),
        (Some(_), Some(_), true) => format!("{path}: changed"),
        (None, _, true) => format!("{path}: added"),
        (Some(_), None, true) => format!("{path}: removed"),
        (None, None, false) => path.clone(),
    }
}

/// The same element of two lists, or one that only one of them has.
#[derive(Debug, PartialEq, Eq)]
struct Pair {
    old: Option<usize>,
    new: Option<usize>,
}

/// Which elements of two lists belong together: the longest run of equal ones in order, and what stands between two of them
/// one after the other. So a scan that is new in the middle does not make every later one look changed.
fn pairs(old: &[Json], new: &[Json]) -> Vec<Pair> {
    let equal = if old.len().max(new.len()) > MATCHED_MAX { Vec::new() } else { matched(old, new) };
    let mut out = Vec::new();
    let (mut from_old, mut from_new) = (0, 0);
    for (at_old, at_new) in equal.into_iter().chain([(old.len(), new.len())]) {
        let (gap_old, gap_new) = (at_old - from_old, at_new - from_new);
        for step in 0..gap_old.max(gap_new) {
            let of = |from: usize, gap: usize| (step < gap).then_some(from + step);
            out.push(Pair { old: of(from_old, gap_old), new: of(from_new, gap_new) });
        }
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
    out
}

/// The places of a longest common subsequence.
fn matched(old: &[Json], new: &[Json]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    let mut longest = vec![0_usize; (old.len() + 1) * width];
    for (i, one) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            let (below, right) = (longest[(i + 1) * width + j], longest[i * width + j + 1]);
            longest[i * width + j] = if one == other { longest[(i + 1) * width + j + 1] + 1 } else { below.max(right) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            out.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_value_that_changed_is_shown_with_its_path() {
        let before = json!({"report": {"lines": [{"id": "1", "paid": {"minor": 1999, "currency": "USD"}}], "number": "#1"}});
        let after = json!({"report": {"lines": [{"id": "1", "paid": {"minor": 2099, "currency": "USD"}}], "number": "#1"}});
        assert_eq!(lines(&before, &after), ["report.lines[0].paid.minor: 1999 → 2099"]);
        assert_eq!(lines(&after, &after), [""; 0]);
    }

    #[test]
    fn what_is_new_or_gone_is_told_leaf_by_leaf() {
        let before = json!({"promise": "2026-11-20", "fulfilments": {}});
        let after = json!({"fulfilments": {"f1": {"state": "open", "lines": [["7", 2]]}}, "flag": null});
        let told = lines(&before, &after);
        assert_eq!(
            told,
            [
                "fulfilments.f1.lines[0][0]: + 7",
                "fulfilments.f1.lines[0][1]: + 2",
                "fulfilments.f1.state: + open",
                "promise: - 2026-11-20",
                "flag: + null",
            ]
        );
        assert_eq!(lines(&json!({"a": {"b": 1}}), &json!({"a": 2})), ["a.b: - 1", "a: + 2"]);
        assert_eq!(lines(&json!({"a": 2}), &json!({"a": {"b": 1}})), ["a: - 2", "a.b: + 1"]);
    }

    #[test]
    fn an_element_new_in_the_middle_leaves_the_others_alone() {
        let (one, two, three) = (json!({"at": 1}), json!({"at": 2}), json!({"at": 3}));
        let (old, new) = (json!({"scans": [one, three]}), json!({"scans": [one, two, three]}));
        assert_eq!(lines(&old, &new), ["scans[1].at: + 2"]);
        assert_eq!(lines(&new, &old), ["scans[1].at: - 2"]);
    }

    #[test]
    fn what_is_a_persons_is_never_shown() {
        let before = json!({"report": {"customer": {"email": "ann@mail.example", "phone": "+14155550132"}, "ship_to": null}});
        let after =
            json!({"report": {"customer": {"email": "bob@mail.example"}, "ship_to": {"street": "1 Elm St", "name": "Ann"}}});
        assert_eq!(
            lines(&before, &after),
            [
                "report.customer.email: changed",
                "report.customer.phone: removed",
                "report.ship_to: removed",
                "report.ship_to.name: added",
                "report.ship_to.street: added",
            ]
        );
    }

    #[test]
    fn a_terminal_obeys_nothing_from_outside() {
        let told = lines(&json!({"n": "a"}), &json!({"n": format!("\u{1b}[2J{}", "x".repeat(200))}));
        assert_eq!(told, [format!("n: a → [2J{}…", "x".repeat(77))]);
    }

    proptest! {
        #[test]
        fn no_part_of_a_person_is_ever_in_it(secret in "[A-Z]{12}", other in "[A-Z]{12}", swap in any::<bool>()) {
            let with = json!({"report": {"customer": {"email": secret, "names": [secret, {"x": secret}]}, "ship_to": {"city": secret}},
                "scans": [{"text": secret, "code": "1"}], "answers": [{"note": secret}]});
            let without = if swap { json!({"report": {"customer": {"email": other}}}) } else { json!({}) };
            for (one, two) in [(&with, &without), (&without, &with)] {
                let told = lines(one, two).join("\n");
                prop_assert!(!told.contains(&secret) && !told.contains(&other), "{told}");
                prop_assert!(!told.is_empty());
            }
        }
    }
}
