//! Who is let in: vectors computed elsewhere (Python's HMAC), two secrets, exact windows, and every way to be refused.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::{
    CarrierSource::{self, EasyPost, Shippo, Standard},
    Delivery, Refusal,
};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use proptest::prelude::*;
use support::{PATH, SECRET, now, verify, verify_at};

const BODY: &[u8] = "{\"id\":1,\"name\":\"Café \\/ socks\"}\n".as_bytes();
/// Composed here and decomposed by the scheme: `é` and the ligature `ﬁ` both change.
const EASYPOST_SECRET: &str = "clé-ﬁn";
const SHIPPO_SECRET: &str = "shippo_doorstep_tests";

type Signed = Vec<(&'static str, String)>;

fn easypost_v1() -> Signed {
    vec![("X-Hmac-Signature", "hmac-sha256-hex=d8608242b0aa88da4dec94ae146e1e0b4a287420f19f6648fb7420027a66ddac".to_owned())]
}

fn easypost_v2() -> Signed {
    vec![
        ("x-hmac-signature-v2", "hmac-sha256-hex=0f166e0a9459cbc6688f93c77603f21cc3e8fd6465c1e073a967857b7593968a".to_owned()),
        ("x-path", PATH.to_owned()),
        ("x-timestamp", "Mon, 16 Nov 2026 17:12:04 -0000".to_owned()),
    ]
}

fn easypost_v2_plus() -> Signed {
    vec![
        ("x-hmac-signature-v2", "hmac-sha256-hex=d649ef5d64b41d4ee9a9968d3a61472b12025cf71776c82a61d38a8e64552451".to_owned()),
        ("x-path", PATH.to_owned()),
        ("x-timestamp", "Mon, 16 Nov 2026 17:12:04 +0000".to_owned()),
    ]
}

fn shippo() -> Signed {
    vec![("Shippo-Auth-Signature", "t=1794849124,v1=9a8f5098cc9f354d986472b3298eeabdb9954798f0aeac5ef6e2374690b2a8b8".to_owned())]
}

fn standard() -> Signed {
    vec![
        ("webhook-signature", "v1,R0dFoyEIG65buZh4OupgTASu+Gf8Pr66vfNLRreG8qE=".to_owned()),
        ("webhook-id", "msg_1".to_owned()),
        ("webhook-timestamp", "1794849124".to_owned()),
    ]
}

/// Source, secret and headers of [`BODY`]; the signature is the first header.
fn vectors() -> Vec<(CarrierSource, &'static str, Signed)> {
    vec![
        (EasyPost, EASYPOST_SECRET, easypost_v1()),
        (EasyPost, EASYPOST_SECRET, easypost_v2()),
        (EasyPost, EASYPOST_SECRET, easypost_v2_plus()),
        (Shippo, SHIPPO_SECRET, shippo()),
        (Standard, SECRET, standard()),
    ]
}

#[test]
fn signatures_made_elsewhere_are_right() {
    for (source, secret, headers) in vectors() {
        assert_eq!(verify(source, &headers, BODY, now(), &[secret]), Ok(()), "{headers:?}");
        assert_eq!(verify(source, &headers, BODY, now(), &["whsec_b3RoZXI=", secret]), Ok(()), "{headers:?}");
        assert_eq!(verify(source, &headers, BODY, now(), &[secret, ""]), Ok(()), "{headers:?}");
        assert_eq!(verify(source, &headers, BODY, now(), &["whsec_b3RoZXI="]), Err(Refusal::BadSignature), "{headers:?}");
        assert_eq!(verify(source, &headers, BODY, now(), &[]), Err(Refusal::BadSignature), "{headers:?}");
        assert_eq!(verify(source, &headers, BODY, now(), &[""]), Err(Refusal::BadSignature), "{headers:?}");
        assert_eq!(verify(source, &[], BODY, now(), &[secret]), Err(Refusal::Unsigned), "{source}");
    }
}

#[test]
fn what_we_sign_is_let_in_within_the_window_and_not_a_second_beyond() {
    for (source, secret) in [(EasyPost, EASYPOST_SECRET), (Shippo, SHIPPO_SECRET), (Standard, SECRET)] {
        let delivery = Delivery { method: "POST", path: PATH, query: "", headers: &[("a", "b")], body: BODY, now: now() };
        let headers = source.sign(&delivery, "msg_1", secret);
        for (off, want) in [(-301, Err(Refusal::Stale)), (-300, Ok(())), (0, Ok(())), (300, Ok(())), (301, Err(Refusal::Stale))] {
            assert_eq!(verify(source, &headers, BODY, now() + SignedDuration::from_secs(off), &[secret]), want, "{source} {off}");
        }
    }
}

#[test]
fn the_second_signature_of_easypost_is_never_skipped() {
    let both = |v2: Signed| [easypost_v1(), v2].concat();
    let check =
        |headers: &Signed, want| assert_eq!(verify(EasyPost, headers, BODY, now(), &[EASYPOST_SECRET]), want, "{headers:?}");
    check(&both(easypost_v2()), Ok(()));
    let changed = |name: &str, value: &str| -> Signed {
        both(easypost_v2()).into_iter().map(|(n, old)| if n == name { (n, value.to_owned()) } else { (n, old) }).collect()
    };
    let absent = |name: &str| -> Signed { both(easypost_v2()).into_iter().filter(|(n, _)| *n != name).collect() };
    check(&changed("x-hmac-signature-v2", "hmac-sha256-hex=00"), Err(Refusal::BadSignature));
    check(&changed("x-hmac-signature-v2", ""), Err(Refusal::BadSignature));
    check(&changed("x-timestamp", "Mon, 16 Nov 2026 17:12:05 -0000"), Err(Refusal::BadSignature));
    check(&changed("x-path", "/webhooks/demo/carrier/shippo"), Err(Refusal::BadSignature));
    check(&absent("x-timestamp"), Err(Refusal::BadSignature));
    check(&absent("x-path"), Err(Refusal::BadSignature));
    // Without it the first one is asked for.
    check(&absent("x-hmac-signature-v2"), Ok(()));
    check(&changed("X-Hmac-Signature", "hmac-sha256-hex=00"), Ok(()));
}

#[test]
fn a_delivery_to_another_door_or_method_is_refused() {
    let headers = easypost_v2();
    let other = "/webhooks/other/carrier/easypost";
    assert_eq!(verify_at(EasyPost, other, "", &headers, BODY, now(), &[EASYPOST_SECRET]), Err(Refusal::BadSignature));
    let put = Delivery { method: "PUT", path: PATH, query: "", headers: &headers, body: BODY, now: now() };
    assert_eq!(EasyPost.verify(put, &[EASYPOST_SECRET.to_owned()]).err(), Some(Refusal::BadSignature));
    let lower = Delivery { method: "post", ..put };
    assert!(EasyPost.verify(lower, &[EASYPOST_SECRET.to_owned()]).is_ok());
}

#[test]
fn shippo_names_its_header_in_two_ways_and_may_send_several_signatures() {
    let check = |name: &'static str, value: &str, want| {
        assert_eq!(verify(Shippo, &[(name, value.to_owned())], BODY, now(), &[SHIPPO_SECRET]), want, "{value}");
    };
    let right = shippo().remove(0).1;
    let (at, mac) = right.split_once(',').unwrap();
    check("Shippo-Signature", &right, Ok(()));
    check("shippo-auth-signature", &right, Ok(()));
    check("Shippo-Auth-Signature", &format!("{at}, v0=1, v1=00, {mac}"), Ok(()));
    check("Shippo-Auth-Signature", &right.replace("v1=", "v1=FF"), Err(Refusal::BadSignature));
    check("Shippo-Auth-Signature", &right.replace("v1=", "v0="), Err(Refusal::BadSignature));
    check("Shippo-Auth-Signature", mac, Err(Refusal::BadSignature));
    check("Shippo-Auth-Signature", &format!("{right},t=1794849125"), Err(Refusal::BadSignature));
    check("Shippo-Auth-Signature", &right.replace("t=1794849124", "t=1794849124000"), Err(Refusal::BadSignature));
    check("Shippo-Auth-Signature", "", Err(Refusal::BadSignature));
}

#[test]
fn shippo_may_be_known_by_its_url_unless_a_signature_is_there() {
    let check = |query: &str, headers: &[(&str, String)], want| {
        assert_eq!(verify_at(Shippo, PATH, query, headers, BODY, now(), &["old", SHIPPO_SECRET]), want, "{query}");
    };
    check("token=shippo_doorstep_tests", &[], Ok(()));
    check("token=old", &[], Ok(()));
    check("token=wrong", &[], Err(Refusal::BadSignature));
    check("", &[], Err(Refusal::Unsigned));
    check("token=shippo_doorstep_tests", &[("Shippo-Signature", "t=1,v1=00".to_owned())], Err(Refusal::BadSignature));
    assert_eq!(verify_at(EasyPost, PATH, "token=s", &[], BODY, now(), &["s"]), Err(Refusal::Unsigned));
}

#[test]
fn a_url_names_a_source_or_nothing() {
    for source in CarrierSource::ALL {
        assert_eq!(source.as_str().parse(), Ok(*source));
    }
    assert!("EasyPost".parse::<CarrierSource>().is_err());
    assert!("17track".parse::<CarrierSource>().is_err());
}

#[test]
fn recorded_signatures_are_right() {
    for (provider, source) in
        [("easypost v1", EasyPost), ("easypost v2", EasyPost), ("shippo", Shippo), ("standard-webhooks", Standard)]
    {
        for (secret, headers, body) in support::recorded::vectors(provider) {
            let value = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
            let second = value("webhook-timestamp").or(value("Shippo-Auth-Signature").map(|text| &text[2..12]));
            let second = second.map(|text| text.parse().unwrap());
            let second = second.or(value("x-timestamp").map(|text| rfc2822::parse(text).unwrap().timestamp().as_second()));
            let at = second.map_or(now(), |second| Timestamp::from_second(second).unwrap());
            let path = value("x-path").unwrap_or(PATH);
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            let result = |body: &[u8]| verify_at(source, path, "", &headers, body, at, &["whsec_b3RoZXI=", &secret]);
            assert_eq!(result(&body), Ok(()), "{provider}");
            assert_eq!(result(&[&body[..], b" "].concat()), Err(Refusal::BadSignature), "{provider}");
        }
    }
}

proptest! {
    #[test]
    fn one_flipped_bit_of_anything_signed_is_refused(which in 0usize..5, part in 0usize..4, at in 0usize..200, bit in 0u8..7) {
        let (source, secret, mut headers) = vectors().swap_remove(which);
        let mut body = BODY.to_vec();
        if part < headers.len() {
            let mut text = headers[part].1.clone().into_bytes();
            let before = text.clone();
            // The last digit of base64 and its padding carry bits that mean nothing; all others count.
            let length = if source == Standard && part == 0 { text.len() - 2 } else { text.len() };
            text[at % length] ^= 1 << bit;
            // Hexadecimal digits may be of either case, and space around them is forgiven.
            prop_assume!(part > 0 || !text.eq_ignore_ascii_case(&before));
            headers[part].1 = String::from_utf8(text).unwrap();
        } else {
            let at = at % body.len();
            body[at] ^= 1 << bit;
        }
        prop_assert!(verify(source, &headers, &body, now(), &[secret]).is_err(), "{:?}", headers);
    }
}
