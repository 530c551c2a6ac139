//! The alphabet of text messages: what fits it, what becomes of the rest, and how many segments a text costs.

use unicode_normalization::UnicodeNormalization as _;

/// The default alphabet of GSM 03.38: one septet each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
                     ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension: two septets each.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How many segments a text message is billed as: 160 septets or 70 UTF-16 units in one, 153 or 67 in each of several.
#[must_use]
pub fn segments(text: &str) -> u8 {
    let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (costs, single, part) = match septets {
        Some(costs) => (costs, 160, 153),
        None => (text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    if costs.iter().sum::<usize>() <= single {
        return 1;
    }
    // Neither an escaped character nor a surrogate pair is cut in two by the end of a segment.
    let mut n_segments: u8 = 1;
    let mut used = 0;
    for cost in costs {
        if used + cost > part {
            n_segments = n_segments.saturating_add(1);
            used = 0;
        }
        used += cost;
    }
    n_segments
}

/// The text in the GSM alphabet, or `None` when it has letters that do not go into it (then its reader would see holes).
/// Signs that do not fit, emoji for one, are left out.
pub(crate) fn plain(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if septets(c).is_some() {
            out.push(c);
            continue;
        }
        if let Some(spelled) = spelled(c) {
            out.push_str(spelled);
            continue;
        }
        let before = out.len();
        out.extend(std::iter::once(c).nfkd().filter(|part| septets(*part).is_some()));
        if out.len() == before && c.is_alphanumeric() {
            return None;
        }
    }
    Some(out.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

fn septets(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// Letters and signs that Unicode does not take apart.
fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        '‘' | '’' | '‚' | '′' | '`' => "'",
        '“' | '”' | '„' | '«' | '»' => "\"",
        '–' | '—' | '‐' | '‑' | '−' => "-",
        '…' => "...",
        '·' | '•' => "-",
        '×' => "x",
        'Ł' => "L",
        'ł' => "l",
        'Đ' | 'Ð' => "D",
        'đ' | 'ð' => "d",
        'Œ' => "OE",
        'œ' => "oe",
        'Þ' => "Th",
        'þ' => "th",
        'ı' => "i",
        'ẞ' => "ß",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_counted_as_networks_count_them() {
        assert_eq!(segments(""), 1);
        assert_eq!(segments(&"a".repeat(160)), 1);
        assert_eq!(segments(&"a".repeat(161)), 2);
        assert_eq!(segments(&"a".repeat(306)), 2);
        assert_eq!(segments(&"a".repeat(307)), 3);
        assert_eq!(segments(&"€".repeat(80)), 1);
        assert_eq!(segments(&"€".repeat(153)), 3, "76 in each: no escape pair is cut");
        assert_eq!(segments(&"я".repeat(70)), 1);
        assert_eq!(segments(&"я".repeat(71)), 2);
        assert_eq!(segments(&"😀".repeat(35)), 1);
        assert_eq!(segments(&"😀".repeat(67)), 3, "33 in each: no surrogate pair is cut");
        assert_eq!(segments(&"a".repeat(1_000_000)), u8::MAX);
    }

    #[test]
    fn letters_are_spelled_or_refused() {
        assert_eq!(plain("Café Müller"), Some("Café Müller".to_owned()));
        assert_eq!(plain("Żabka – Łódź"), Some("Zabka - Lodz".to_owned()));
        assert_eq!(plain("Joe’s 🎁 Shop"), Some("Joe's Shop".to_owned()));
        assert_eq!(plain("Магазин 24"), None);
        assert_eq!(plain("快递"), None);
    }
}
