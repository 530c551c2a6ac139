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
        (
            Storefront::Medusa,
            SECRET,
            vec![
                ("webhook-id", "msg_1".to_owned()),
                ("webhook-timestamp", "1794849124".to_owned()),
                ("webhook-signature", "v1,R0dFoyEIG65buZh4OupgTASu+Gf8Pr66vfNLRreG8qE=".to_owned()),
            ],
        ),
        (
            Storefront::BigCommerce,
            "bc client secret",
            vec![
                ("webhook-id", "msg_1".to_owned()),
                ("webhook-timestamp", "1794849124".to_owned()),
                ("webhook-signature", "v1,5VfwPZ+hB8yv1BXm4KGJOSHz18uo+HmrK3vtuEbbCSo=".to_owned()),
            ],
        ),
        (
            Storefront::Stripe,
            "whsec_doorstep_tests",
            signed("Stripe-Signature", "t=1794849124,v1=cbe7833c357c23b39b38a1d37fbab784a81f103a742d6982eb8089b0647fda98"),
        ),
        (
            Storefront::Saleor,
            "saleor secret key",
            signed("Saleor-Signature", "831fb9bc334218b7a46d140aec572d689079f5ff5a17b6233e535f45aff97e91"),
        ),
    ]
}

/// The public half of a key that signed [`BODY`] with OpenSSL once and was thrown away.
const KEY_SET: &str = r#"{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"doorstep-tests-1","n":"vRjQCPveQQxSaR0e1VpFOfgR_3ziaB52AltFPNJH3jU8KNWW1eFQ2MHhrZxkYHAx4M0y50r_9KLd86VFKSJ6-10IlD2IckiesxB2tCtJeFRg2moOEMeDQR6tno43-WZs0Pgzz-TI87gJeEtwDbVc4LSI4S0-D8hC18DMHrLVZcJ9JfbtwuqUr3f6dIn1bRiF9KVuY3gSrfJ65Q2slqm11yQRHhQnnBE--Ct84aDfeVu8vesWRboNd0TKKuojv_CgYQKozggx6mdAEuvzemayGROKP8V7jZSSlHYqQR0BCWKBcGoGzwbJh4tCMNDk6DGWuamey0QUgQA2kt4SC-k-Rw","e":"AQAB"}]}"#;
const JWS: &str = "eyJhbGciOiJSUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il0sImtpZCI6ImRvb3JzdGVwLXRlc3RzLTEifQ..C-dw2xWAa4DvIGpHf09YX52AR8Jaetf0z9rqzzhK55P6TBXcoETtmu96mHRLSGMfDv-a3WYgi6pU9oRRd54k8UboKNRz-xkjCtlZLLEWqdXxYVBnq2yUdvc8Q4CzGywwwSnn4IqHYR9ywEQQpsTajBHExA5XxdxwoBgz0cSRy44qG7DEZ2sYFS1EFjOGjaq7qnDY1knkufQDZfoclh6WP-oJAQeBB5uUJdtjhSK9KzhFOIYPAdML9-xTmoe0-qvMfepgAju-XA9RAOUV_HT12Qb48qPRUlq8IRS2YelBnt9owXWbI4N4_up42EY22vHDmScmVc1CY-n90h39ZKzRqQ";

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
    }
}

/// API Gateway joins a repeated header with a comma: what was not let in alone is not let in beside another, nor the other way.
#[test]
fn a_repeated_header_does_not_weaken_the_proof() {
    for (storefront, secret, headers) in vectors() {
        let value = headers.last().unwrap().1.clone();
        let joined = |value: String| {
            let mut headers = headers.clone();
            headers.last_mut().unwrap().1 = value;
            verify(storefront, &headers, BODY, now(), &[secret])
        };
        let twice = joined(format!("{value},{value}"));
        // Stripe's header is a list by itself; the same pairs twice are the same pairs.
        assert_eq!(twice, if storefront == Storefront::Stripe { Ok(()) } else { Err(Refusal::BadSignature) }, "{storefront}");
        let forged = value.replace(['a', 'b', 'c'], "0");
        assert_eq!(joined(format!("{forged},{forged}")), Err(Refusal::BadSignature), "{storefront}");
    }
    let check = |header: String, want| {
        let headers = [("Stripe-Signature", header)];
        assert_eq!(verify(Storefront::Stripe, &headers, BODY, now(), &["whsec_doorstep_tests"]), want, "{headers:?}");
    };
    let mac = "cbe7833c357c23b39b38a1d37fbab784a81f103a742d6982eb8089b0647fda98";
    let wrong = "0".repeat(64);
    check(format!("t=1794849124,v1={wrong},v1={mac}"), Ok(()));
    check(format!("t=1794849124,v1={wrong}, t=1794849124,v1={mac}"), Ok(()));
    check(format!("t=1794849124,v0={mac}"), Err(Refusal::BadSignature));
    check(format!("t=1794849124,v0={mac},v1={wrong}"), Err(Refusal::BadSignature));
    // Two times: which of them was signed?
    check(format!("t=1794849124,v1={mac},t=1794849999"), Err(Refusal::BadSignature));
    check(format!("t=1794849999,v1={mac},t=1794849124"), Err(Refusal::BadSignature));
    check(format!("t=1794849125,v1={mac}"), Err(Refusal::BadSignature));
    check(format!("v1={mac}"), Err(Refusal::BadSignature));
    check(format!("t=,v1={mac}"), Err(Refusal::BadSignature));
    // Beyond the pairs that are read nothing counts.
    check(format!("t=1794849124,{}v1={mac}", format!("v1={wrong},").repeat(25)), Err(Refusal::BadSignature));
}

/// Sources that sign a time: five minutes either way, to the second.
#[test]
fn the_window_is_exact() {
    let timed = [Storefront::Standard, Storefront::Medusa, Storefront::BigCommerce, Storefront::Stripe];
    for (storefront, secret, headers) in vectors() {
        for (off, is_within) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
            let at = now() + jiff::SignedDuration::from_secs(off);
            let want = if is_within || !timed.contains(&storefront) { Ok(()) } else { Err(Refusal::Stale) };
            assert_eq!(verify(storefront, &headers, BODY, at, &[secret]), want, "{storefront} {off}");
        }
    }
}

/// A secret of one kind is of no use to another: not as base64, not trimmed, not with the prefix taken off.
#[test]
fn a_key_is_the_secret_as_each_source_takes_it() {
    let check = |storefront: Storefront, secret: &str| {
        let (_, _, headers) = vectors().into_iter().find(|(known, ..)| *known == storefront).unwrap();
        assert_eq!(verify(storefront, &headers, BODY, now(), &[secret]), Err(Refusal::BadSignature), "{storefront} {secret}");
    };
    check(Storefront::Stripe, "doorstep_tests");
    check(Storefront::BigCommerce, "YmMgY2xpZW50IHNlY3JldA==");
    check(Storefront::Standard, "Doorstep tests only, not a secret");
    check(Storefront::Saleor, "saleor secret key ");
}

#[test]
fn a_token_of_ours_is_a_proof_of_bigcommerce_and_of_nobody_else() {
    let token = |value: &str| vec![("X-Doorstep-Token", value.to_owned())];
    let secrets = ["bc client secret", "a long token"];
    for storefront in Storefront::ALL.iter().copied() {
        let want = if storefront == Storefront::BigCommerce { Ok(()) } else { Err(Refusal::Unsigned) };
        assert_eq!(verify(storefront, &token("a long token"), BODY, now(), &secrets), want, "{storefront}");
    }
    let check = |headers: &[(&str, String)], secrets: &[&str], want| {
        assert_eq!(verify(Storefront::BigCommerce, headers, BODY, now(), secrets), want, "{headers:?}");
    };
    check(&token("a long toke"), &secrets, Err(Refusal::BadSignature));
    check(&token("a long token,a long token"), &secrets, Err(Refusal::BadSignature));
    check(&token(""), &[""], Err(Refusal::BadSignature));
    check(&token("a long token"), &[], Err(Refusal::BadSignature));
    // Either proof will do: a wrong token beside a right signature, a right token beside a signature under a secret we lack.
    let (_, _, signed) = vectors().into_iter().find(|(storefront, ..)| *storefront == Storefront::BigCommerce).unwrap();
    check(&[signed.clone(), token("wrong")].concat(), &secrets, Ok(()));
    check(&[signed.clone(), token("a long token")].concat(), &["a long token"], Ok(()));
    check(&[signed, token("wrong")].concat(), &["a long token"], Err(Refusal::BadSignature));
    // The signature is under the secret's own bytes; the base64 of it is what their library is given, and no secret here.
    check(&[("webhook-signature", "v1,AAAA".to_owned())], &secrets, Err(Refusal::Unsigned));
}

#[test]
fn a_jws_under_saleors_public_key_is_a_proof() {
    let other = KEY_SET.replace("doorstep-tests-1", "doorstep-tests-2");
    let check = |header: &str, value: String, body: &[u8], secrets: &[&str], want| {
        assert_eq!(verify(Storefront::Saleor, &[(header, value.clone())], body, now(), secrets), want, "{header}: {value}");
    };
    let jws = || JWS.to_owned();
    check("Saleor-Signature", jws(), BODY, &[KEY_SET], Ok(()));
    check("X-Saleor-Signature", jws(), BODY, &[KEY_SET], Ok(()));
    check("Saleor-Signature", jws(), BODY, &["saleor secret key", "{}", KEY_SET], Ok(()));
    check("Saleor-Signature", jws(), b"{}", &[KEY_SET], Err(Refusal::BadSignature));
    check("Saleor-Signature", jws(), BODY, &[&other], Err(Refusal::UnknownKey));
    check("Saleor-Signature", jws(), BODY, &["saleor secret key"], Err(Refusal::UnknownKey));
    check("Saleor-Signature", jws(), BODY, &[], Err(Refusal::UnknownKey));
    check("Saleor-Signature", format!("{JWS},{JWS}"), BODY, &[KEY_SET], Err(Refusal::BadSignature));
    check("Saleor-Signature", JWS.replace("..", ".e30."), BODY, &[KEY_SET], Err(Refusal::BadSignature));
    // What is published can never be a secret: an HMAC under the text of the key set lets nobody in.
    let (storefront, nothing) = (Storefront::Saleor, [("a", "b")]);
    let unsigned = Delivery { method: "POST", path: "/", query: "", headers: &nothing, body: BODY, now: now() };
    assert!(storefront.sign(&unsigned, "", KEY_SET).is_empty());
    let forged = storefront.sign(&unsigned, "", "k").remove(0).1;
    check("Saleor-Signature", forged, BODY, &[KEY_SET], Err(Refusal::BadSignature));
    assert_eq!(Storefront::ALL.iter().filter(|one| one.keys_path().is_some()).count(), 1);
    assert_eq!(storefront.keys_path(), Some("/.well-known/jwks.json"));
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
    for storefront in Storefront::ALL.iter().filter(|one| **one != Storefront::WooCommerce) {
        check(*storefront, &[], b"webhook_id=17", false);
    }
}

#[test]
fn a_url_names_a_storefront_or_nothing() {
    for storefront in Storefront::ALL {
        assert_eq!(storefront.as_str().parse(), Ok(*storefront));
    }
    assert!("Shopify".parse::<Storefront>().is_err());
    assert!("commercetools".parse::<Storefront>().is_err());
}

#[test]
fn recorded_signatures_are_right() {
    let providers = [
        ("shopify", Storefront::Shopify),
        ("woocommerce", Storefront::WooCommerce),
        ("bigcommerce", Storefront::BigCommerce),
        ("stripe", Storefront::Stripe),
        ("standard-webhooks", Storefront::Standard),
        ("standard-webhooks", Storefront::Medusa),
    ];
    for (provider, storefront) in providers {
        for (secret, headers, body) in support::recorded::vectors(provider) {
            let timed = headers.iter().find_map(|(name, value)| match name.as_str() {
                "webhook-timestamp" => Some(value.as_str()),
                "Stripe-Signature" => value.strip_prefix("t=").and_then(|rest| rest.split(',').next()),
                _ => None,
            });
            let at = timed.map(|at| at.parse().unwrap());
            let at = at.map_or(now(), |second| Timestamp::from_second(second).unwrap());
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            assert_eq!(verify(storefront, &headers, &body, at, &["whsec_b3RoZXI=", &secret]), Ok(()), "{provider}");
            assert_eq!(verify(storefront, &headers, &[&body[..], b" "].concat(), at, &[&secret]), Err(Refusal::BadSignature));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn one_flipped_bit_of_body_or_signature_is_refused(which in 0usize..7, in_body: bool, at in 0usize..200, bit in 0u8..7) {
        let (storefront, secret, mut headers) = vectors().swap_remove(which);
        let mut body = BODY.to_vec();
        let last = headers.len() - 1;
        let before = headers[last].1.clone();
        let mut signature = before.clone().into_bytes();
        // The last digit of base64 and its padding carry bits that mean nothing; all others count.
        let is_hex = matches!(storefront, Storefront::Stripe | Storefront::Saleor);
        let length = if is_hex { signature.len() } else { signature.len() - 2 };
        if in_body {
            let at = at % body.len();
            body[at] ^= 1 << bit;
        } else {
            signature[at % length] ^= 1 << bit;
            headers[last].1 = String::from_utf8(signature).unwrap();
        }
        // Hexadecimal digits are the same in either case.
        let is_same = is_hex && !in_body && headers[last].1.eq_ignore_ascii_case(&before) && headers[last].1[..2] == before[..2];
        let is_digit_only = is_same && !(storefront == Storefront::Stripe && at % length < 16);
        prop_assert!(is_digit_only || verify(storefront, &headers, &body, now(), &[secret]).is_err());
    }

    #[test]
    fn one_flipped_bit_of_a_signed_time_or_id_is_refused(which in 0usize..3, header in 0usize..2, at in 0usize..40, bit in 0u8..7) {
        let mut timed: Vec<_> = vectors().into_iter().filter(|(_, _, headers)| headers.len() > 1).collect();
        let (storefront, secret, mut headers) = timed.swap_remove(which);
        let mut text = headers[header].1.clone().into_bytes();
        let at = at % text.len();
        text[at] ^= 1 << bit;
        headers[header].1 = String::from_utf8(text).unwrap();
        prop_assert!(verify(storefront, &headers, BODY, now(), &[secret]).is_err());
    }

    #[test]
    fn one_flipped_bit_of_a_jws_is_refused(at in 0usize..JWS.len() - 2, bit in 0u8..7) {
        let mut jws = JWS.as_bytes().to_vec();
        jws[at] ^= 1 << bit;
        let headers = [("Saleor-Signature", String::from_utf8(jws).unwrap())];
        prop_assert!(verify(Storefront::Saleor, &headers, BODY, now(), &[KEY_SET]).is_err());
    }
}
