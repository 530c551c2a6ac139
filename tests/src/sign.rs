//! Signs webhooks as each source documents it, written here once more so that doors are not tested with their own hands.

use crate::repository;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// HMAC-SHA256 over the parts, one after the other.
#[must_use]
pub fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The headers by which `source` shows that a body is its own.
#[must_use]
pub fn headers(source: &str, path: &str, topic: &str, secret: &str, body: &[u8], now: Timestamp) -> Vec<(String, String)> {
    let key = secret.as_bytes();
    let seconds = now.as_second().to_string();
    let pairs = match source {
        "shopify" => vec![("x-shopify-topic", topic.to_owned()), ("x-shopify-hmac-sha256", BASE64.encode(mac(key, &[body])))],
        "woocommerce" => {
            vec![("x-wc-webhook-topic", topic.to_owned()), ("x-wc-webhook-signature", BASE64.encode(mac(key, &[body])))]
        }
        "easypost" => {
            let at = now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
            let second = mac(key, &[at.as_bytes(), b"POST", path.as_bytes(), body]);
            vec![
                ("x-hmac-signature", format!("hmac-sha256-hex={}", hex(&mac(key, &[body])))),
                ("x-hmac-signature-v2", format!("hmac-sha256-hex={}", hex(&second))),
                ("x-path", path.to_owned()),
                ("x-timestamp", at),
            ]
        }
        "shippo" => {
            let mac = hex(&mac(key, &[seconds.as_bytes(), b".", body]));
            vec![("shippo-auth-signature", format!("t={seconds},v1={mac}"))]
        }
        "aftership" => vec![("aftership-hmac-sha256", BASE64.encode(mac(key, &[body])))],
        "shipengine" => {
            // RSA is not written here once more: a library does it at both ends.
            let (at, key) = (now.to_string(), repository::text("shared/signatures/tests/keys/rsa_tests_only.pem"));
            let set: Json = serde_json::from_str(secret).unwrap();
            let signature = signatures::rsa_seal(&key, &[&at, "."], body).unwrap();
            let id = set["keys"][0]["kid"].as_str().unwrap().to_owned();
            vec![
                ("x-shipengine-rsa-sha256-key-id", id),
                ("x-shipengine-rsa-sha256-signature", signature),
                ("x-shipengine-timestamp", at),
            ]
        }
        "karrio" => vec![("x-event-id", secret.to_owned())],
        "seventeentrack" => {
            let digest = Sha256::new().chain_update(body).chain_update("/").chain_update(key).finalize();
            vec![("sign", hex(&digest))]
        }
        "ups" => vec![("credential", secret.to_owned())],
        "fedex" => vec![("fdx-signature", BASE64.encode(mac(key, &[body])))],
        "usps" => {
            let envelope: Json = serde_json::from_slice(body).unwrap();
            let part = |name: &str| envelope[name].as_str().unwrap().to_owned();
            vec![("x-hmac", BASE64.encode(mac(key, &[part("timestamp").as_bytes(), part("payload").as_bytes()])))]
        }
        "dhl" | "bigcommerce" => vec![("x-doorstep-token", secret.to_owned())],
        "stripe" => vec![("stripe-signature", format!("t={seconds},v1={}", hex(&mac(key, &[seconds.as_bytes(), b".", body]))))],
        "sendcloud" => vec![("sendcloud-signature", hex(&mac(key, &[body])))],
        "saleor" => vec![("saleor-signature", hex(&mac(key, &[body])))],
        "standard" | "medusa" => {
            let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).unwrap();
            let id = format!("msg_{}", hex(&mac(b"id", &[body, seconds.as_bytes()])[..8]));
            let mac = mac(&key, &[id.as_bytes(), b".", seconds.as_bytes(), b".", body]);
            vec![("webhook-id", id), ("webhook-timestamp", seconds), ("webhook-signature", format!("v1,{}", BASE64.encode(mac)))]
        }
        other => panic!("nobody here signs for {other}"),
    };
    let content_type = ("content-type".to_owned(), "application/json".to_owned());
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).chain([content_type]).collect()
}
