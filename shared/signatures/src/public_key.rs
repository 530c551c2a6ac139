//! Signatures of those who keep their key to themselves: RSA with SHA-256 under a key of a published set (JWK Set).
//!
//! The key sets are given as the texts that their owners publish. What the sender says of a key is used only to choose among
//! them: the algorithm is always the one of this file, and a key that says that it is for something else is not used.

use crate::{
    delivery::{Delivery, Refusal, Verified},
    read::{Field, List, Part},
};
use base64::{
    Engine as _,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig,
        general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    },
};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents},
};
use serde::Deserialize;

/// Key sets looked at. A source has one; while its keys change, we may hold the old one beside it.
const SETS_MAX: usize = 4;
/// The longest text of a set: sixteen keys of the longest kind.
const SET_BYTES_MAX: usize = 64 * 1024;
/// Keys read of one set. Publishers have one to four.
const KEYS_MAX: usize = 32;
/// Keys tried of one delivery that does not say which.
const TRIED_MAX: usize = 4;
/// The longest modulus: 8,192 bits, which is also what `ring` takes.
const MODULUS_BYTES_MAX: usize = 1024;
/// The longest name of a key.
const KEY_ID_BYTES_MAX: usize = 256;
/// The longest head and the longest signature of a JWS.
const JWS_BYTES_MAX: usize = 4096;

/// With or without padding, as the two ends of a wire disagree.
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Default, Deserialize)]
#[serde(default)]
struct KeySet {
    keys: List<Part<Jwk>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Jwk {
    kty: Field,
    kid: Field,
    r#use: Field,
    alg: Field,
    n: Field,
    e: Field,
}

/// A public key that verifies.
struct PublicKey {
    id: Option<String>,
    n: Vec<u8>,
    e: Vec<u8>,
}

impl PublicKey {
    /// The key of a row, when it is one for signatures of this kind.
    fn of(jwk: &Jwk) -> Option<Self> {
        let is = |field: &Field, want: &str| field.text().is_none_or(|text| text == want);
        if jwk.kty.text() != Some("RSA") || !is(&jwk.r#use, "sig") || !is(&jwk.alg, "RS256") {
            return None;
        }
        let number = |field: &Field| {
            let text = field.text()?;
            let bytes = if text.len() <= MODULUS_BYTES_MAX * 2 { URL_SAFE.decode(text).ok()? } else { return None };
            // Some publishers write a sign byte, which `ring` does not take.
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            bytes.get(zeros..).filter(|rest| !rest.is_empty() && rest.len() <= MODULUS_BYTES_MAX).map(<[u8]>::to_vec)
        };
        Some(Self { id: jwk.kid.text().map(str::to_owned), n: number(&jwk.n)?, e: number(&jwk.e)? })
    }

    fn is_right(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = RsaPublicKeyComponents { n: &self.n, e: &self.e };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
    }
}

/// The keys of these sets that verify; a key may also stand alone. A text that is neither has none.
fn keys(key_sets: &[String]) -> Vec<PublicKey> {
    let mut out = Vec::new();
    for text in key_sets.iter().filter(|text| text.len() <= SET_BYTES_MAX).take(SETS_MAX) {
        let set = serde_json::from_str::<KeySet>(text).unwrap_or_default();
        out.extend(set.keys.rows().take(KEYS_MAX).filter_map(|(_, jwk)| PublicKey::of(jwk)));
        out.extend(serde_json::from_str::<Jwk>(text).ok().as_ref().and_then(PublicKey::of));
    }
    out
}

/// Lets a delivery in when `claimed` (base64) is the RSA signature (PKCS #1 v1.5, SHA-256) of `before` and its exact body under
/// the key of this name.
///
/// # Errors
/// [`Refusal::UnknownKey`] when no set has a usable key of this name, [`Refusal::BadSignature`] when it is not its signature.
pub fn rsa_signed<'a>(
    delivery: Delivery<'a>,
    before: &[&str],
    claimed: &str,
    key_id: &str,
    key_sets: &[String],
) -> Result<Verified<'a>, Refusal> {
    if key_id.is_empty() || key_id.len() > KEY_ID_BYTES_MAX || claimed.len() > MODULUS_BYTES_MAX * 2 {
        return Err(Refusal::BadSignature);
    }
    let claimed = STANDARD.decode(claimed.trim()).map_err(|_| Refusal::BadSignature)?;
    let message = [before.concat().as_bytes(), delivery.body].concat();
    signed(delivery, &message, &claimed, Some(key_id), key_sets)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct JwsHead {
    alg: Field,
    kid: Field,
    /// Names of members that must be understood.
    crit: List<Field>,
    b64: Field,
}

/// Lets a delivery in when a header of it is a JWS (RFC 7515) over its exact body, which is left out between the two dots:
/// RS256, under a key of one of the sets. Its payload may be the body itself (`"b64": false`, RFC 7797, as Saleor signs) or the
/// body in base64.
///
/// # Errors
/// [`Refusal::UnknownKey`] when no set has a usable key of the name it tells, [`Refusal::BadSignature`] when it is no such JWS
/// or not of this body.
pub fn detached_jws<'a>(delivery: Delivery<'a>, header_value: &str, key_sets: &[String]) -> Result<Verified<'a>, Refusal> {
    let mut parts = header_value.trim().split('.');
    let (Some(head), Some(""), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(Refusal::BadSignature);
    };
    if head.len() > JWS_BYTES_MAX || signature.len() > JWS_BYTES_MAX {
        return Err(Refusal::BadSignature);
    }
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::BadSignature);
    let (said, signature) = (bytes(head)?, bytes(signature)?);
    let said: JwsHead = serde_json::from_slice(&said).map_err(|_| Refusal::BadSignature)?;
    let plain = match said.b64.text() {
        None | Some("true") => false,
        Some("false") => true,
        Some(_) => return Err(Refusal::BadSignature),
    };
    // A member that must be understood is `b64` or one that we do not know.
    if said.alg.text() != Some("RS256") || said.crit.iter().any(|name| name.text() != Some("b64")) {
        return Err(Refusal::BadSignature);
    }
    let body = if plain { delivery.body.to_vec() } else { URL_SAFE_NO_PAD.encode(delivery.body).into_bytes() };
    let message = [head.as_bytes(), b".", &body].concat();
    signed(delivery, &message, &signature, said.kid.text(), key_sets)
}

/// Every key of the name counts (a source may give a new one the old name); without a name, the first few.
fn signed<'a>(
    delivery: Delivery<'a>,
    message: &[u8],
    signature: &[u8],
    key_id: Option<&str>,
    key_sets: &[String],
) -> Result<Verified<'a>, Refusal> {
    let mut keys = keys(key_sets);
    keys.retain(|key| key_id.is_none_or(|id| key.id.as_deref() == Some(id)));
    keys.truncate(TRIED_MAX);
    if keys.is_empty() {
        return Err(Refusal::UnknownKey);
    }
    if keys.iter().any(|key| key.is_right(message, signature)) {
        Ok(Verified::proved(delivery))
    } else {
        Err(Refusal::BadSignature)
    }
}

/// The RSA signature in base64 of `before` and the body, with a private key (PKCS #8, as PEM or bare base64): for tests, which
/// play the source. Nothing when the text is no such key.
#[must_use]
pub fn rsa_seal(private_key: &str, before: &[&str], body: &[u8]) -> Option<String> {
    let message = [before.concat().as_bytes(), body].concat();
    Some(STANDARD.encode(rsa_signature(private_key, &message)?))
}

/// A detached JWS over the body (`"b64": false`), with a private key as [`rsa_seal`] takes it: for tests.
#[must_use]
pub fn detached_jws_seal(private_key: &str, key_id: &str, body: &[u8]) -> Option<String> {
    let key_id = serde_json::to_string(key_id).ok()?;
    let head = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"RS256","b64":false,"crit":["b64"],"kid":{key_id}}}"#));
    let signature = rsa_signature(private_key, &[head.as_bytes(), b".", body].concat())?;
    Some(format!("{head}..{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn rsa_signature(private_key: &str, message: &[u8]) -> Option<Vec<u8>> {
    let lines = private_key.lines().filter(|line| !line.starts_with("-----"));
    let der = STANDARD.decode(lines.flat_map(str::split_whitespace).collect::<String>()).ok()?;
    let pair = RsaKeyPair::from_pkcs8(&der).ok()?;
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
    Some(signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use proptest::prelude::*;

    const PRIVATE_KEY: &str = include_str!("../tests/keys/rsa_tests_only.pem");
    const KEY_SET: &str = include_str!("../tests/keys/rsa_tests_only.jwks.json");
    const BODY: &[u8] = "{\"id\":1,\"name\":\"Café \\/ socks\"}\n".as_bytes();
    /// Made by Python's `cryptography`, with the head that PyJWT writes for Saleor.
    const OF_SALEOR: &str = "eyJ0eXAiOiJKV1QiLCJraWQiOiJkb29yc3RlcC10ZXN0cyIsImFsZyI6IlJTMjU2IiwiYjY0IjpmYWxzZSwiY3JpdCI6WyJiNjQiXX0..q020sZSI-6GvIZF9BrXet45gpwkEl4xCaIcqd6f80nyAUR7Cp9WYuWxRGmx9FZHMHiFl1DbhNg_sYgUBEFFdVESKZtZ6kgeiCOPJ0LiFYy70Kga7NmLdasb8djk1oCavSZtd12dyNoaYyHRnbMk9-Bq0Spvg5rbsW5Zcs4K-F73qIvM2mCJjxgLr1O0BJul0Iv8Ublj9P3dAdcgyTT7o3LBo4JaOA4_3IyMxI39_11Gbc6ZP8IQz9IucuLfSz8NxgybWBTfkTVES9Yu-GwSDFuQr3VHn1IUgRgndXizRmHH4gxWFAWoWu6OXpaJ-SZhxFC-bSAyPm9BlM7MrAGpX1g";
    const OF_BASE64: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImRvb3JzdGVwLXRlc3RzIn0..xAoq7P98Ip24fi6wacNGirIqfKk8GfsoiA5kkdbKSna58zq5RVBNjYrkpLS821u_YOZl8NVPPmZrGx3coKe_YSrHth-2T_mo-lquuj0QzRZfxQ5BwMybXHuojWHZ4bz75PwitsDtw6LFY2ai2kfxGg9nrVVjzNLcYEuWZqkS_j6XoUEcLTjoA6lCDboFoy8H5IId2VYYbKFtfWHTTlVYDeqSeb7QAzztOP6jLbTauGSSew-RGSm08xZQ6xQbojQcRPOuaIBP0bWufD8QV_kW92_6uYm_VgsaxynwZ9zNN-Wh8VbY2oKq85xhYYZCJVikPq35drvjnRe-AOPcqkU6IQ";

    fn delivery(body: &[u8]) -> Delivery<'_> {
        Delivery { method: "POST", path: "/", query: "", headers: &[("a", "b")], body, now: Timestamp::UNIX_EPOCH }
    }

    fn jws(header: &str, body: &[u8], sets: &[&str]) -> Result<(), Refusal> {
        detached_jws(delivery(body), header, &sets.iter().map(ToString::to_string).collect::<Vec<_>>()).map(|_| ())
    }

    fn rsa(claimed: &str, key_id: &str, sets: &[&str]) -> Result<(), Refusal> {
        let sets: Vec<_> = sets.iter().map(ToString::to_string).collect();
        rsa_signed(delivery(BODY), &["at", "."], claimed, key_id, &sets).map(|_| ())
    }

    /// The set with one member of its key changed; with `null`, left out.
    fn set_with(member: &str, value: serde_json::Value) -> String {
        let mut set: serde_json::Value = serde_json::from_str(KEY_SET).unwrap();
        set["keys"][0][member] = value;
        set.to_string()
    }

    #[test]
    fn a_jws_made_elsewhere_is_right_and_only_over_its_body() {
        for header in [OF_SALEOR, OF_BASE64] {
            assert_eq!(jws(header, BODY, &[KEY_SET]), Ok(()));
            assert_eq!(jws(header, BODY, &["{}", KEY_SET]), Ok(()));
            assert_eq!(jws(&format!(" {header} "), BODY, &[KEY_SET]), Ok(()));
            assert_eq!(jws(header, &BODY[1..], &[KEY_SET]), Err(Refusal::BadSignature));
            assert_eq!(jws(header, b"", &[KEY_SET]), Err(Refusal::BadSignature));
            assert_eq!(jws(header, BODY, &[]), Err(Refusal::UnknownKey));
            assert_eq!(jws(header, BODY, &["", "not JSON", "[]", "{\"keys\":{}}"]), Err(Refusal::UnknownKey));
            for joined in [format!("{header},{header}"), format!("{header}, x"), header.replace("..", "."), format!("{header}.x")]
            {
                assert_eq!(jws(&joined, BODY, &[KEY_SET]), Err(Refusal::BadSignature));
            }
            for at in 0..header.len() - 1 {
                let mut text = header.as_bytes().to_vec();
                text[at] = if text[at] == b'A' { b'B' } else { b'A' };
                assert!(jws(&String::from_utf8(text).unwrap(), BODY, &[KEY_SET]).is_err(), "{at}");
            }
        }
    }

    #[test]
    fn the_head_of_a_jws_chooses_among_keys_and_nothing_else() {
        let check = |head: &str, want| {
            let head = URL_SAFE_NO_PAD.encode(head);
            let plain = rsa_signature(PRIVATE_KEY, &[head.as_bytes(), b".", BODY].concat()).unwrap();
            assert_eq!(jws(&format!("{head}..{}", URL_SAFE_NO_PAD.encode(plain)), BODY, &[KEY_SET]), want, "{head}");
        };
        let tail = r#""b64":false,"crit":["b64"]"#;
        check(&format!(r#"{{"alg":"RS256","kid":"doorstep-tests",{tail}}}"#), Ok(()));
        // Without a name, every key is tried.
        check(&format!(r#"{{"alg":"RS256",{tail}}}"#), Ok(()));
        check(&format!(r#"{{"alg":"RS256","kid":"new",{tail}}}"#), Err(Refusal::UnknownKey));
        for alg in ["none", "HS256", "RS512", "PS256", "rs256", ""] {
            check(&format!(r#"{{"alg":"{alg}","kid":"doorstep-tests",{tail}}}"#), Err(Refusal::BadSignature));
        }
        check(r#"{"alg":"RS256","b64":false,"crit":["b64","exp"]}"#, Err(Refusal::BadSignature));
        check(r#"{"alg":"RS256","b64":false,"crit":[{}]}"#, Err(Refusal::BadSignature));
        check(r#"{"alg":"RS256","b64":"perhaps"}"#, Err(Refusal::BadSignature));
        // The plain body under a head that says base64.
        check(r#"{"alg":"RS256","kid":"doorstep-tests"}"#, Err(Refusal::BadSignature));
        check(r#"{"alg":"RS256","alg":"none"}"#, Err(Refusal::BadSignature));
        check("[]", Err(Refusal::BadSignature));
        assert_eq!(jws(&format!("{}..AAAA", "A".repeat(5000)), BODY, &[KEY_SET]), Err(Refusal::BadSignature));
        assert_eq!(jws(&format!("e30..{}", "A".repeat(5000)), BODY, &[KEY_SET]), Err(Refusal::BadSignature));
    }

    #[test]
    fn what_a_test_signs_is_right() {
        let header = detached_jws_seal(PRIVATE_KEY, "doorstep-tests", BODY).unwrap();
        assert_eq!(jws(&header, BODY, &[KEY_SET]), Ok(()));
        let bare: String = PRIVATE_KEY.lines().filter(|line| !line.starts_with("--")).collect();
        assert_eq!(rsa(&rsa_seal(&bare, &["at", "."], BODY).unwrap(), "doorstep-tests", &[KEY_SET]), Ok(()));
        assert!(["", "no key", KEY_SET, "AAAA"].into_iter().all(|text| rsa_seal(text, &[], BODY).is_none()));
    }

    #[test]
    fn only_a_key_for_these_signatures_is_used() {
        let claimed = rsa_seal(PRIVATE_KEY, &["at", "."], BODY).unwrap();
        let check = |set: &str, want| assert_eq!(rsa(&claimed, "doorstep-tests", &[set]), want, "{set}");
        use serde_json::{Value, json};
        check(KEY_SET, Ok(()));
        check(&set_with("use", Value::Null), Ok(()));
        check(&set_with("alg", Value::Null), Ok(()));
        check(&set_with("use", json!("enc")), Err(Refusal::UnknownKey));
        check(&set_with("alg", json!("RS512")), Err(Refusal::UnknownKey));
        check(&set_with("kty", json!("EC")), Err(Refusal::UnknownKey));
        check(&set_with("kid", json!("other")), Err(Refusal::UnknownKey));
        check(&set_with("kid", Value::Null), Err(Refusal::UnknownKey));
        check(&set_with("n", json!(1)), Err(Refusal::UnknownKey));
        check(&set_with("n", json!("AQAB")), Err(Refusal::BadSignature));
        check(&set_with("n", json!("A".repeat(3000))), Err(Refusal::UnknownKey));
        check(&set_with("e", json!("")), Err(Refusal::UnknownKey));
        check(&set_with("e", json!("AAAA")), Err(Refusal::UnknownKey));
        check(&set_with("e", json!("AAEAAQ==")), Ok(()));
        check(&format!("{KEY_SET}{}", " ".repeat(SET_BYTES_MAX)), Err(Refusal::UnknownKey));
        assert_eq!(rsa(&claimed, "", &[KEY_SET]), Err(Refusal::BadSignature));
        assert_eq!(rsa(&claimed, &"x".repeat(300), &[KEY_SET]), Err(Refusal::BadSignature));
        assert_eq!(rsa(&"A".repeat(4096), "doorstep-tests", &[KEY_SET]), Err(Refusal::BadSignature));
        assert_eq!(rsa("", "doorstep-tests", &[KEY_SET]), Err(Refusal::BadSignature));
    }

    #[test]
    fn keys_and_sets_beyond_the_bounds_are_not_looked_at() {
        let claimed = rsa_seal(PRIVATE_KEY, &["at", "."], BODY).unwrap();
        let right: serde_json::Value = serde_json::from_str(KEY_SET).unwrap();
        let many = |before: usize| {
            let mut keys = vec![serde_json::json!({ "kty": "RSA", "kid": "x", "n": "AQAB", "e": "AQAB" }); before];
            keys.push(right["keys"][0].clone());
            serde_json::json!({ "keys": keys }).to_string()
        };
        assert_eq!(rsa(&claimed, "doorstep-tests", &[&many(KEYS_MAX - 1)]), Ok(()));
        assert_eq!(rsa(&claimed, "doorstep-tests", &[&many(KEYS_MAX)]), Err(Refusal::UnknownKey));
        assert_eq!(rsa(&claimed, "doorstep-tests", &["{}", "{}", "{}", KEY_SET]), Ok(()));
        assert_eq!(rsa(&claimed, "doorstep-tests", &["{}", "{}", "{}", "{}", KEY_SET]), Err(Refusal::UnknownKey));
        // Two keys of one name, while a source changes them.
        let wrong = set_with("n", right["keys"][0]["n"].as_str().unwrap().replacen('0', "1", 1).into());
        assert_eq!(rsa(&claimed, "doorstep-tests", &[&wrong, KEY_SET]), Ok(()));
        assert_eq!(rsa(&claimed, "doorstep-tests", &[&wrong]), Err(Refusal::BadSignature));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(header in "\\PC{0,60}", set in "\\PC{0,60}", at in 0usize..400, byte: u8) {
            let _ = jws(&header, BODY, &[&set, KEY_SET]);
            let _ = rsa(&header, &set, &[KEY_SET]);
            let mut set = KEY_SET.as_bytes().to_vec();
            let at = at % set.len();
            set[at] = byte;
            let _ = jws(OF_SALEOR, BODY, &[&String::from_utf8_lossy(&set)]);
        }
    }
}
