//! What every page we show has in common: headers, same-site judgement, nonces of forms, form fields, colours, the head, how long
//! ago something was.
//!
//! No page of its own and nothing of one audience: what only customers or only staff see is in their function.

pub mod ago;
pub mod answer;
pub mod colour;
pub mod form;
pub mod nonce;
pub mod policy;
pub mod sender;
pub mod text;

use domain::locale::Locale;

/// How every page in English begins: how it is to be read, and that nobody lists it. The title and the style follow.
pub const HEAD: &str = concat!("<!doctype html>\n<html lang=\"en\">\n", include_str!("../templates/head.html"));

/// The same of a page in this language: who reads it aloud has to know which.
#[must_use]
pub fn head(locale: Locale) -> String {
    format!("<!doctype html>\n<html lang=\"{}\">\n{}", locale.code(), include_str!("../templates/head.html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_in_which_language_it_is() {
        assert_eq!(head(Locale::En), HEAD);
        assert!(head(Locale::De).starts_with("<!doctype html>\n<html lang=\"de\">\n<head>\n"));
    }
}
