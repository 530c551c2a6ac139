//! A shop's own words, looked at before a customer is written to in them.

use domain::settings::ShopSettings;
use letters::{Complaint, Weight};

/// What would be sent in the house's words instead, or would leave a customer without what the letter is for.
pub(crate) fn errors(settings: &ShopSettings) -> Vec<String> {
    complaints(settings, Weight::Error)
}

/// What works, and may cost more than meant.
#[must_use]
pub fn warnings(settings: &ShopSettings) -> Vec<String> {
    complaints(settings, Weight::Warning)
}

fn complaints(settings: &ShopSettings, weight: Weight) -> Vec<String> {
    let mut lines = Vec::new();
    for (kind, rules) in &settings.letters.kinds {
        for (locale, own) in &rules.words {
            let place = format!("letters.kinds.{}.words.{}", kind.code(), locale.code());
            let found = letters::lint(*kind, *locale, own);
            lines.extend(found.iter().filter(|complaint| complaint.weight == weight).map(|complaint| line(&place, complaint)));
        }
    }
    lines
}

fn line(place: &str, complaint: &Complaint) -> String {
    let at = complaint.line.map(|line| format!(", line {line}")).unwrap_or_default();
    format!("{place}.{}{at}: {}", complaint.field, complaint.what)
}
