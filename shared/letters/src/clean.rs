//! Taming of text that strangers wrote: one line, bounded, visible characters only, nothing a mail client makes a link of.

/// The longest name shown of a person.
pub(crate) const NAME_CHARS_MAX: usize = 64;
/// The longest name of a shop in a sentence.
pub(crate) const SHOP_CHARS_MAX: usize = 60;
/// The longest subject; mail clients show 40 to 80.
pub(crate) const SUBJECT_CHARS_MAX: usize = 150;

/// The text on one line: controls and line breaks become spaces, invisible and direction-changing characters go,
/// and what is longer than `chars_max` ends in an ellipsis.
pub(crate) fn line(text: &str, chars_max: usize) -> String {
    let mut out = String::new();
    let mut n_chars = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            gap = n_chars > 0;
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        let width = 1 + usize::from(gap);
        if n_chars + width > chars_max {
            while n_chars >= chars_max && out.pop().is_some() {
                n_chars -= 1;
            }
            out.push('…');
            return out;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        out.push(c);
        n_chars += width;
    }
    out
}

/// A stranger's text on one line, broken invisibly where a mail client would make a link of it: a product called
/// `evil.example/win` stays text.
pub(crate) fn outside(text: &str, chars_max: usize) -> String {
    let line = line(text, chars_max);
    let chars: Vec<char> = line.chars().collect();
    let mut out = String::with_capacity(line.len());
    for (at, c) in chars.iter().enumerate() {
        out.push(*c);
        let after_word = at > 0 && chars[at - 1].is_alphanumeric();
        let next = |ahead: usize| chars.get(at + ahead).copied().unwrap_or(' ');
        let breaks = match c {
            '.' => after_word && next(1).is_alphabetic() && next(2).is_alphabetic(),
            ':' => next(1) == '/' && next(2) == '/',
            '@' => after_word && next(1).is_alphanumeric(),
            _ => false,
        };
        if breaks {
            out.push('\u{200c}');
        }
    }
    out
}

/// Paragraphs of a text the shop wrote, each on one line, `chars_max` characters in all.
pub(crate) fn paragraphs(text: &str, chars_max: usize) -> Vec<String> {
    let mut left = chars_max;
    let mut out = Vec::new();
    for part in text.lines() {
        let part = line(part, left);
        if part.is_empty() {
            continue;
        }
        left = left.saturating_sub(part.chars().count());
        out.push(part);
        if left == 0 {
            break;
        }
    }
    out
}

/// A name to greet with, or `None` when what stands there is none: empty, without a letter, or somebody's advertisement.
pub(crate) fn name(text: &str) -> Option<String> {
    let line = line(text, NAME_CHARS_MAX);
    let advertises =
        line.contains(['/', '@', '<', '>']) || line.to_lowercase().contains("www.") || outside(&line, NAME_CHARS_MAX) != line;
    (line.chars().any(char::is_alphabetic) && !advertises).then_some(line)
}

/// The text with its first letter large, for the beginning of a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Characters that are not seen, or that turn the text around them. The two joiners stay: Persian and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_bounded() {
        assert_eq!(line("  a\r\nBcc: x\t\u{0}b ", 50), "a Bcc: x b");
        assert_eq!(line("abcdef", 6), "abcdef");
        assert_eq!(line("abcdefg", 6), "abcde…");
        assert_eq!(line("abcde fg", 6), "abcde…");
        assert_eq!(line("\u{202e}gpj.exe", 50), "gpj.exe");
        assert_eq!(line("abc", 0), "…");
    }

    #[test]
    fn nothing_is_left_to_make_a_link_of() {
        assert_eq!(outside("see https://evil.example now", 80), "see https:\u{200c}//evil.\u{200c}example now");
        assert_eq!(outside("Dr. Who, size 3.5, a.m.", 80), "Dr. Who, size 3.5, a.m.");
        assert_eq!(outside("a@b.example", 80), "a@\u{200c}b.\u{200c}example");
    }

    #[test]
    fn a_name_is_a_name_or_nothing() {
        assert_eq!(name(" Mary-Jane "), Some("Mary-Jane".to_owned()));
        assert_eq!(name("J.R."), Some("J.R.".to_owned()));
        assert_eq!(name("李"), Some("李".to_owned()));
        for nobody in ["", "  ", "---", "You won! evil.example", "http://x", "me@x.example", "<b>"] {
            assert_eq!(name(nobody), None, "{nobody}");
        }
        assert_eq!(name(&"x".repeat(500)).map(|name| name.chars().count()), Some(NAME_CHARS_MAX));
    }
}
