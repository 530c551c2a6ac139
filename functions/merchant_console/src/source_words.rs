//! The console's words about sources: what they are called, why one could not be asked and what to do, what people may ask.

use domain::{
    carrier,
    id::{CarrierCode, ShopId},
    privacy::PrivacyWish,
};
use windows::text::{NAME_CHARS_MAX, shown};

/// What people call a source. A new one is told by its own word until it has a spelling here.
#[must_use]
pub fn name(source: &str) -> String {
    let name = match source {
        "standard" => "Standard Webhooks",
        "woocommerce" => "WooCommerce",
        "bigcommerce" => "BigCommerce",
        "commercetools" => "commercetools",
        "easypost" => "EasyPost",
        "aftership" => "AfterShip",
        "shipengine" => "ShipEngine",
        "shipstation" => "ShipStation",
        "17track" | "seventeentrack" | "track17" => "17TRACK",
        "dhl" => "DHL",
        _ => {
            let own = source.parse::<CarrierCode>().map(|code| carrier::display_name(&code));
            let mut letters = own.as_deref().unwrap_or(source).chars();
            let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
            return shown(&capital, NAME_CHARS_MAX);
        }
    };
    name.to_owned()
}

/// Why the orders of a storefront could not be compared, and what to do about it.
#[must_use]
pub fn failed(word: &str, shop: &ShopId, source: &str, url: Option<&str>) -> String {
    let name = name(source);
    let at = url.map(|url| format!(" It is {} now.", shown(url, NAME_CHARS_MAX))).unwrap_or_default();
    let setting = format!("\u{201c}sources.storefronts.{}.url\u{201d}", shown(source, NAME_CHARS_MAX));
    let key = format!("\u{201c}shops.{shop}.partner.{}\u{201d}", shown(source, NAME_CHARS_MAX));
    match word {
        "credentials" | "http_401" => {
            format!("{name} did not let us in. Put a valid key into the deployment\u{2019}s secret, as {key}.")
        }
        "http_403" => format!(
            "{name} let us in, but may not show us orders or webhooks (403). Give the key in {key} the right to read both, or make a new one."
        ),
        "http_404" | "http_410" => format!(
            "{name} has nothing at that address ({}). Correct {setting} in the shop\u{2019}s settings.{at}",
            word.trim_start_matches("http_")
        ),
        "http_402" | "http_423" => {
            format!("{name} has closed the shop for now ({}). Settle it there.", word.trim_start_matches("http_"))
        }
        "http_429" => format!("{name} asked us to be slower (429). It goes on by itself at the next full comparison."),
        "timeout" | "connect" | "dns" | "tls" | "unreachable" => format!(
            "{name} could not be reached ({word}). It is tried again each hour; if that lasts, check {setting} in the shop\u{2019}s settings.{at}"
        ),
        _ => match word.strip_prefix("http_") {
            Some(code) if code.starts_with('5') => {
                format!("{name} had trouble of its own ({}). It is tried again each hour.", shown(code, NAME_CHARS_MAX))
            }
            code => format!(
                "It could not be done ({}). It is tried again each hour; the log of the function \u{201c}sources\u{201d} says more.",
                shown(code.unwrap_or(word), NAME_CHARS_MAX)
            ),
        },
    }
}

/// What is asked about a person's data.
#[must_use]
pub fn privacy_wish(wish: PrivacyWish) -> &'static str {
    match wish {
        PrivacyWish::CustomerData => "A customer wants to see what you keep",
        PrivacyWish::CustomerErasure => "A customer wants to be forgotten",
        PrivacyWish::ShopErasure => "The shop has left: everything of it may go",
    }
}

/// What is to be done about it.
#[must_use]
pub fn privacy_next(wish: PrivacyWish) -> &'static str {
    match wish {
        PrivacyWish::CustomerData => {
            "Send them what you keep of them: the orders, and the pages and messages about each. Add what you keep elsewhere."
        }
        PrivacyWish::CustomerErasure => {
            "Here it is done by itself: name, addresses and what they wrote are erased from the orders it names. Do the same wherever else you keep them."
        }
        PrivacyWish::ShopErasure => "Who runs this deployment deletes the shop\u{2019}s rows, its settings and its secrets.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_called_as_people_call_it() {
        for (source, words) in [
            ("shopify", "Shopify"),
            ("woocommerce", "WooCommerce"),
            ("ups", "UPS"),
            ("royal_mail", "Royal Mail"),
            ("some_new_one", "Some new one"),
            ("<b>\u{202e}", "<b>"),
            ("", ""),
        ] {
            assert_eq!(name(source), words, "{source}");
        }
    }

    #[test]
    fn every_failure_says_what_to_do() {
        let shop: ShopId = "demo".parse().unwrap();
        let check = |word: &str, part: &str| {
            let said = failed(word, &shop, "shopify", Some("https://demo.myshopify.com"));
            assert!(said.contains(part), "{word}: {said}");
        };
        check("credentials", "as \u{201c}shops.demo.partner.shopify\u{201d}");
        check("http_401", "did not let us in");
        check("http_403", "the right to read both");
        check(
            "http_404",
            "\u{201c}sources.storefronts.shopify.url\u{201d} in the shop\u{2019}s settings. It is https://demo.myshopify.com now.",
        );
        check("http_429", "goes on by itself");
        check("http_503", "trouble of its own (503)");
        check("timeout", "could not be reached (timeout)");
        check("http_418", "(418). It is tried again each hour; the log");
        check("something_new", "(something_new)");
    }
}
