//! The parcels that a storefront names, and what is in them: free texts of people, of which what is no number is left out.

use crate::amounts;
use domain::{id::LineId, order::ParcelName};
use signatures::{BadDelivery, Field};
use std::collections::BTreeMap;

/// The parcels of pairs of carrier and number, each once, in order. A number field may hold several, separated by commas.
pub(crate) fn named<'a>(pairs: impl IntoIterator<Item = (Option<&'a str>, Option<&'a str>)>) -> Vec<ParcelName> {
    let mut out: Vec<ParcelName> = Vec::new();
    for (company, numbers) in pairs {
        for number in numbers.unwrap_or_default().split([',', ';']) {
            if let Ok(name) = ParcelName::read(company, number.trim())
                && !out.contains(&name)
            {
                out.push(name);
            }
        }
    }
    out
}

/// Which lines and how many pieces of each, from rows of place, line and number. Rows of one line are one; empty ones are none.
///
/// `path` is the list's, `line` the name of the field that says which line.
pub(crate) fn contents<'a>(
    rows: impl IntoIterator<Item = (usize, &'a Field, &'a Field)>,
    path: &str,
    line: &str,
) -> Result<Vec<(LineId, u32)>, BadDelivery> {
    let mut out: Vec<(LineId, u32)> = Vec::new();
    let mut places: BTreeMap<LineId, usize> = BTreeMap::new();
    for (at, id, quantity) in rows {
        let quantity = amounts::pieces(quantity, &format!("{path}[{at}].quantity"))?;
        if quantity == 0 {
            continue;
        }
        let id: LineId = id.read(&format!("{path}[{at}].{line}"))?;
        let place = *places.entry(id.clone()).or_insert(out.len());
        match out.get_mut(place) {
            Some((_, sum)) => *sum = sum.saturating_add(quantity),
            None => out.push((id, quantity)),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_line_are_one_and_empty_ones_are_none() {
        let (a, b, none) = (Field::of("1"), Field::of("2"), Field::of("0"));
        let rows = [(0, &a, &b), (1, &b, &none), (2, &a, &a), (4, &b, &a)];
        let lines = contents(rows, "items", "id").unwrap();
        let lines: Vec<_> = lines.iter().map(|(id, quantity)| (id.as_str(), *quantity)).collect();
        assert_eq!(lines, [("1", 3), ("2", 1)]);
        let error = contents([(7, &Field::default(), &a)], "items", "line_id").unwrap_err();
        assert_eq!(error.to_string(), "`items[7].line_id` is missing");
    }

    #[test]
    fn blank_repeated_and_unreadable_numbers_are_left_out() {
        let names = named([
            (Some("UPS"), Some("1z 999 aa1 01 2345 6784")),
            (Some("UPS"), Some("1Z999AA10123456784")),
            (Some("UPS"), Some("  ")),
            (Some("UPS"), None),
            (None, Some("see e-mail! (soon)")),
            (None, Some("9400111899223818218410, 9400111899223818218427")),
        ]);
        let names: Vec<_> = names.iter().map(|name| (name.carrier.as_str(), name.number.as_str())).collect();
        assert_eq!(
            names,
            // Whose a number without a carrier is, the desk decides, which knows the shop's own.
            [("ups", "1Z999AA10123456784"), ("unknown", "9400111899223818218410"), ("unknown", "9400111899223818218427")]
        );
    }
}
