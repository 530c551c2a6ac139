//! Text of others made fit to be shown: bounded, without characters that hide, reorder or steer. Escaping is askama's.

/// The longest title, variant or name shown.
pub const NAME_CHARS_MAX: usize = 160;
/// The longest sentence shown.
pub const SENTENCE_CHARS_MAX: usize = 600;

/// The text on one line, cut at `chars_max`, without control characters and without those that turn the direction of writing.
#[must_use]
pub fn shown(text: &str, chars_max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(chars_max * 4));
    let mut chars = text.trim().chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c));
    out.extend(chars.by_ref().take(chars_max));
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// As [`shown`], `None` when nothing is left.
#[must_use]
pub fn shown_if_any(text: &str, chars_max: usize) -> Option<String> {
    Some(shown(text, chars_max)).filter(|text| !text.is_empty())
}

/// What somebody typed in a field of one line, without what nobody types there: line breaks, other control characters, those
/// that turn the direction of writing.
#[must_use]
pub fn typed(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_steering(*c)).collect();
    plain.trim().to_owned()
}

/// The same of a field of several lines; however a browser ends them, they end in one way.
#[must_use]
pub fn typed_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    let plain: String = text.chars().filter(|c| *c == '\n' || !is_steering(*c)).collect();
    plain.trim().to_owned()
}

fn is_steering(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_cannot_turn_the_page_around() {
        assert_eq!(shown("  gift\u{202e}drac\u{0}\n\u{200b}box ", 40), "giftdrac box");
        assert_eq!(shown("abcdef", 3), "abc…");
        assert_eq!(shown_if_any(" \u{feff} ", 3), None);
    }

    #[test]
    fn what_is_typed_is_kept_without_what_steers() {
        assert_eq!(typed(" 12\r\nHigh\u{202e} St\u{0} "), "12  High St");
        assert_eq!(typed_lines(" Flat 3\r\n\u{2066}ring\ttwice\u{1b}\n"), "Flat 3\nring twice");
        assert_eq!(typed("\u{1f468}\u{200d}\u{1f469}"), "\u{1f468}\u{200d}\u{1f469}", "joiners are part of writing");
    }
}
