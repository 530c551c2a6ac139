//! Who is let in: vectors computed elsewhere (OpenSSL's and Python's HMAC), two secrets, and every way to be refused.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use jiff::Timestamp;
use proptest::prelude::*;
use storefronts::{Delivery, Refusal, Storefront};
use support::{SECRET, now, verify};

const BODY: &[u8] = "{\"id\":1,\"name\":\"Café \\/ socks\"}\n".as_bytes();

type Vector = (Storefront, &'static str, Vec<(&'static str, String)>);

/// Storefront, secret and headers of [`BODY`], from Python's `hmac`.
fn vectors() -> Vec<Vector> {
    let signed = |name, value: &str| vec![(name, value.to_owned())];
    vec![
        (
            Storefront::Shopify,
            "shpss_doorstep_tests",
            signed("X-Shopify-Hmac-Sha256", "OeqIAGZC/5Q0UkcmtrL2SJXcislMeS//IG5q9dF/GX8="),
        ),
        (
            Storefront::WooCommerce,
            "a&amp;b&lt;&quot;&#039;",
            signed("X-WC-Webhook-Signature", "LJ9JH+oBHozfuTYR10zUlVJ8tfhS6ihC1yQOrsGN+fc="),
        ),
        (
            Storefront::Standard,
            SECRET,
            vec![
                ("webhook-id", "msg_1".to_owned()),
                ("webhook-timestamp", "1794849124".to_owned()),
                ("webhook-signature", "v1,R0dFoyEIG65buZh4OupgTASu+Gf8Pr66vfNLRreG8qE=".to_owned()),
            ],
        ),
    ]
}

#[test]
fn signatures_made_elsewhere_are_right_and_ours_are_the_same() {
    for (storefront, secret, headers) in vectors() {
        assert_eq!(verify(storefront, &headers, BODY, now(), &[secret]), Ok(()), "{storefront}");
        let unsigned = Delivery { method: "POST", path: "/", query: "", headers: &headers, body: BODY, now: now() };
        assert_eq!(storefront.sign(&unsigned, "msg_1", secret), headers, "{storefront}");
    }
}

#[test]
fn either_of_two_secrets_will_do_and_no_secret_never() {
    for (storefront, secret, headers) in vectors() {
        assert_eq!(verify(storefront, &headers, BODY, now(), &["whsec_b3RoZXI=", secret]), Ok(()), "{storefront}");
        assert_eq!(verify(storefront, &headers, BODY, now(), &[secret, "whsec_b3RoZXI="]), Ok(()), "{storefront}");
        assert_eq!(verify(storefront, &headers, BODY, now(), &["whsec_b3RoZXI="]), Err(Refusal::BadSignature), "{storefront}");
        assert_eq!(verify(storefront, &headers, BODY, now(), &[]), Err(Refusal::BadSignature), "{storefront}");
        assert_eq!(verify(storefront, &headers, BODY, now(), &[""]), Err(Refusal::BadSignature), "{storefront}");
    }
}

/// HMAC-SHA256 with the empty key, which a forgotten secret would be.
#[test]
fn an_empty_secret_is_no_key() {
    let headers = [("X-Shopify-Hmac-Sha256", "thNnmggU2ex3L5XXeMNfxf8Wl8STcVZTxscSFEKSxa0=".to_owned())];
    assert_eq!(verify(Storefront::Shopify, &headers, b"", now(), &[""]), Err(Refusal::BadSignature));
}

#[test]
fn what_is_unsigned_or_signed_in_another_form_is_refused() {
    for (storefront, secret, headers) in vectors() {
        assert_eq!(verify(storefront, &[], BODY, now(), &[secret]), Err(Refusal::Unsigned), "{storefront}");
        let mut broken = headers.clone();
        broken.last_mut().unwrap().1 = "not base64 !".to_owned();
        assert_eq!(verify(storefront, &broken, BODY, now(), &[secret]), Err(Refusal::BadSignature), "{storefront}");
        // API Gateway joins a repeated header with a comma.
        let mut twice = headers.clone();
        let value = twice.last().unwrap().1.clone();
        twice.last_mut().unwrap().1 = format!("{value},{value}");
        assert_eq!(verify(storefront, &twice, BODY, now(), &[secret]), Err(Refusal::BadSignature), "{storefront}");
    }
}

#[test]
fn the_case_of_a_header_does_not_matter() {
    for (storefront, secret, headers) in vectors() {
        let lower: Vec<(String, String)> =
            headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
        let lower: Vec<(&str, String)> = lower.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        assert_eq!(verify(storefront, &lower, BODY, now(), &[secret]), Ok(()), "{storefront}");
    }
}

#[test]
fn only_the_unsigned_ping_of_woocommerce_is_a_greeting() {
    let check = |storefront: Storefront, headers: &[(&str, &str)], body: &[u8], want: bool| {
        let delivery = Delivery { method: "POST", path: "/", query: "", headers: &headers, body, now: now() };
        assert_eq!(storefront.greeting(&delivery), want, "{}", String::from_utf8_lossy(body));
    };
    check(Storefront::WooCommerce, &[], &support::event("woocommerce_ping.txt"), true);
    check(Storefront::WooCommerce, &[("x-wc-webhook-topic", "order.created")], b"webhook_id=17", false);
    check(Storefront::WooCommerce, &[], b"webhook_id=17\n", false);
    check(Storefront::WooCommerce, &[], b"webhook_id=", false);
    check(Storefront::WooCommerce, &[], b"webhook_id=1&x=2", false);
    check(Storefront::Shopify, &[], b"webhook_id=17", false);
    check(Storefront::Standard, &[], b"webhook_id=17", false);
}

#[test]
fn a_url_names_a_storefront_or_nothing() {
    for storefront in Storefront::ALL {
        assert_eq!(storefront.as_str().parse(), Ok(storefront));
    }
    assert!("Shopify".parse::<Storefront>().is_err());
    assert!("bigcommerce".parse::<Storefront>().is_err());
}

#[test]
fn recorded_signatures_are_right() {
    for (provider, storefront) in
        [("shopify", Storefront::Shopify), ("woocommerce", Storefront::WooCommerce), ("standard-webhooks", Storefront::Standard)]
    {
        for (secret, headers, body) in support::recorded::vectors(provider) {
            let at = headers.iter().find(|(name, _)| name == "webhook-timestamp").map(|(_, at)| at.parse().unwrap());
            let at = at.map_or(now(), |second| Timestamp::from_second(second).unwrap());
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            assert_eq!(verify(storefront, &headers, &body, at, &["whsec_b3RoZXI=", &secret]), Ok(()), "{provider}");
            assert_eq!(verify(storefront, &headers, &[&body[..], b" "].concat(), at, &[&secret]), Err(Refusal::BadSignature));
        }
    }
}

proptest! {
    #[test]
    fn one_flipped_bit_of_body_or_signature_is_refused(which in 0usize..3, in_body: bool, at in 0usize..200, bit in 0u8..7) {
        let (storefront, secret, mut headers) = vectors().swap_remove(which);
        let mut body = BODY.to_vec();
        let last = headers.len() - 1;
        let mut signature = headers[last].1.clone().into_bytes();
        let length = signature.len();
        if in_body {
            let at = at % body.len();
            body[at] ^= 1 << bit;
        } else {
            // The last digit of base64 and its padding carry bits that mean nothing; all others count.
            signature[at % (length - 2)] ^= 1 << bit;
            headers[last].1 = String::from_utf8(signature).unwrap();
        }
        prop_assert!(verify(storefront, &headers, &body, now(), &[secret]).is_err());
    }
}
