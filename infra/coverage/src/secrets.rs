//! Secrets to try the doors with: of each form that a source may want, and a key of its own where it signs with one.

use crate::{Source, root};
use std::sync::OnceLock;

/// What a source signs with, and what its door proves it by: the same, unless it has a key of its own.
#[derive(Debug, Clone)]
pub struct Secret {
    /// What the source has.
    pub signs: String,
    /// What the door has.
    pub proves: String,
}

/// A text, the base64 of Standard Webhooks, a client and its secret.
const TEXTS: [&str; 3] =
    ["doorstep-tries-6c2a17f0d9b4", "whsec_ZG9vcnN0ZXAtdHJpZXMtb25seS02YzJhMTdmMGQ5YjQ=", "tries:doorstep-6c2a17f0d9b4"];
/// The key that the tests of `signatures` sign with, and its public half as a key set.
const KEY: [&str; 2] =
    ["shared/signatures/tests/keys/rsa_tests_only.pem", "shared/signatures/tests/keys/rsa_tests_only.jwks.json"];

/// The secrets to try with a source, its own key first if it has one. Not each is of a form that it takes.
#[must_use]
pub fn of(source: Source) -> &'static [Secret] {
    static SECRETS: OnceLock<(Vec<Secret>, Vec<Secret>)> = OnceLock::new();
    let (texts, all) = SECRETS.get_or_init(|| {
        let same = |text: &str| Secret { signs: text.to_owned(), proves: text.to_owned() };
        let texts: Vec<Secret> = TEXTS.into_iter().map(same).collect();
        let all = key().into_iter().chain(texts.iter().cloned()).collect();
        (texts, all)
    });
    if source.keys_at().is_some() { all } else { texts }
}

fn key() -> Option<Secret> {
    let [signs, proves] = KEY.map(|file| std::fs::read_to_string(root().join(file)).ok());
    Some(Secret { signs: signs?, proves: proves? })
}
