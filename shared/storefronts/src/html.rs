//! The character references of HTML that shops write into names.

/// Named references seen in names of products; others stay as they are.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("times", '×'),
    ("deg", '°'),
    ("frac12", '½'),
    ("reg", '®'),
    ("copy", '©'),
    ("trade", '™'),
    ("euro", '€'),
    ("pound", '£'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("agrave", 'à'),
    ("ccedil", 'ç'),
    ("ntilde", 'ñ'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("szlig", 'ß'),
];

/// The longest reference: `&#1114111;` without `&` and `;`.
const NAME_BYTES_MAX: usize = 8;

/// The text with its references read once: `&amp;ndash;` is the text `&ndash;`.
pub(crate) fn decoded(text: &str) -> String {
    replaced(text, |name| {
        let number =
            |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).filter(|c| !c.is_control());
        match name.strip_prefix('#') {
            Some(digits) => match digits.strip_prefix(['x', 'X']) {
                Some(digits) => number(digits, 16),
                None => number(digits, 10),
            },
            None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c),
        }
    })
}

/// What WordPress's `wp_specialchars_decode(text, ENT_QUOTES)` makes of a text: five characters, in the spellings it knows
/// (it knows `<` and `>` in decimal but not in hexadecimal).
pub(crate) fn wp_specialchars_decoded(text: &str) -> String {
    replaced(text, |name| match name.strip_prefix('#') {
        None => match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            _ => None,
        },
        Some(number) => match number.strip_prefix(['x', 'X']) {
            None => match number.trim_start_matches('0') {
                "38" => Some('&'),
                "60" => Some('<'),
                "62" => Some('>'),
                "34" => Some('"'),
                "39" => Some('\''),
                _ => None,
            },
            Some(digits) => match digits.trim_start_matches('0') {
                "26" => Some('&'),
                "22" => Some('"'),
                "27" => Some('\''),
                _ => None,
            },
        },
    })
}

fn replaced(text: &str, read: impl Fn(&str) -> Option<char>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].find(';').filter(|end| *end <= NAME_BYTES_MAX).map(|end| &rest[1..=end]);
        match name.and_then(|name| read(name).map(|c| (c, name.len()))) {
            Some((c, len)) => {
                out.push(c);
                rest = &rest[len + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_read_as_a_browser_shows_them() {
        let check = |text: &str, want: &str| assert_eq!(decoded(text), want);
        check("Fell Jacket &ndash; Colour: Slate", "Fell Jacket – Colour: Slate");
        check("Tom &amp; Ana&#8217;s mug &#x2764;", "Tom & Ana’s mug ❤");
        check("&amp;ndash;", "&ndash;");
        check("R&D; A & B; &nothing; &#0; &#xD800; &", "R&D; A & B; &nothing; &#0; &#xD800; &");
    }

    #[test]
    fn a_secret_is_decoded_as_wordpress_does() {
        let check = |text: &str, want: &str| assert_eq!(wp_specialchars_decoded(text), want);
        check("a&amp;b", "a&b");
        check("a&b", "a&b");
        check("&lt;&gt;&quot;&#039;&#39;&#x27;&#X0027;&#060;&#x26;", "<>\"''''<&");
        check("&amp;amp;", "&amp;");
        check("&ndash;&apos;&AMP;&#x3c;&#65;", "&ndash;&apos;&AMP;&#x3c;&#65;");
    }

    proptest! {
        #[test]
        fn any_text_can_be_decoded(text in "(&|#|x|;|amp|[0-9a-f]|é|\\PC){0,30}") {
            let _ = (decoded(&text), wp_specialchars_decoded(&text));
        }
    }
}
